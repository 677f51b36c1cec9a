"""Banning all who came with a raid: the button shows who that is, and asks once."""

import io
from collections.abc import Sequence
from typing import Any

import discord

from cogs._buttons import Pressed, view_of
from cogs._case_words import fitted, name, quote
from cogs._moderators import begin, moderator, now
from db import raids
from db.errors import NotFound
from db.raids import Comer, Raid

SHOWN_MAX = 20  # names; all of more are in a file
NOBODY = "Nobody is left who came with it and is not banned."
NO_ONE_BANNED = "Nobody was banned."


class BanRaiders(Pressed, custom_id="mod:raid:ban:{id}"):
    """Bans nobody yet."""

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await begin(interaction)
        found = await raids.comers(interaction.client.store.pool, self.numbers["id"])
        if not found:
            raise NotFound(NOBODY)
        numbers = {**self.numbers, "last": found[-1].number}
        offered = [BanThese(numbers, f"Ban these {len(found)}", discord.ButtonStyle.danger), Spare(self.numbers, "No")]
        files = [as_file(found)] if len(found) > SHOWN_MAX else []
        await interaction.followup.send(question(found), view=view_of(offered), files=files, ephemeral=True)


class BanThese(Pressed, custom_id="mod:raid:these:{id}:{last}"):
    """Bans whom the message above it showed, and nobody who came later."""

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        by = await moderator(interaction)
        raid = await raids.ban_all(interaction.client.store, by, self.numbers["id"], now(), up_to=self.numbers["last"])
        await interaction.edit_original_response(content=outcome(raid), view=None)


class Spare(Pressed, custom_id="mod:raid:spare:{id}"):
    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(content=NO_ONE_BANNED, view=None, attachments=[])


def question(found: Sequence[Comer]) -> str:
    head = (
        f"Ban {'this one' if len(found) == 1 else f'these {len(found)}'} for 30 days, with the networks they came from?"
    )
    lines = [f"{name(one.name)}: {quote(one.words) if one.words else '*nothing yet*'}" for one in found[:SHOWN_MAX]]
    rest = len(found) - SHOWN_MAX
    more = [f"… and {rest} more; all of them are in the file."] if rest > 0 else []
    return "\n".join([head, fitted(lines, room=1700), *more])


def as_file(found: Sequence[Comer]) -> discord.File:
    lines = (f"{one.name}: {' '.join(one.words.split()) or '(nothing yet)'}\n" for one in found)
    return discord.File(io.BytesIO("".join(lines).encode()), "raid.txt")


def outcome(raid: Raid) -> str:
    who = "who came with the raid is" if raid.people == 1 else "who came with the raid are"
    return f"{raid.banned} of {raid.people} {who} banned now. `/mod unban` lets single ones in again."
