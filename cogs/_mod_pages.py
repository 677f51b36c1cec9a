"""Lists of /mod that are longer than an answer: a page of them, and buttons to what is older."""

from typing import TYPE_CHECKING

import discord

from cogs._buttons import Pressed, view_of
from cogs._case_words import paged, sanction
from cogs._moderators import moderator, now
from cogs._record_words import line
from db import cases, sanctions

if TYPE_CHECKING:
    from cogs import Bot

LISTED = 20
NO_CASES = "There are no cases yet."
NOBODY = "Nobody is banned or muted."
Page = tuple[str, list[Pressed]]


class Turn(Pressed, custom_id="mod:none:{before}"):
    """Shows the part of a list that comes after number `before`; 0 is its beginning."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        await moderator(interaction)
        text, buttons = await self.page(interaction.client)
        await interaction.edit_original_response(content=text, view=view_of(buttons))

    async def page(self, bot: "Bot") -> Page:
        raise NotImplementedError


class TurnCases(Turn, custom_id="mod:cases:{before}:{person}"):
    """`person` 0: about anybody."""

    async def page(self, bot: "Bot") -> Page:
        return await listed_cases(bot, self.numbers["person"], self.numbers["before"])


class TurnBans(Turn, custom_id="mod:bans:{before}"):
    async def page(self, bot: "Bot") -> Page:
        return await listed_bans(bot, self.numbers["before"])


async def listed_cases(bot: "Bot", person_id: int = 0, before: int = 0) -> Page:
    found = await cases.latest(bot.store.pool, person_id=person_id or None, before=before or None, limit=LISTED + 1)
    text, last = paged([(one.id, line(one)) for one in found], LISTED)
    return text or NO_CASES, turns(TurnCases, before, last, person=person_id)


async def listed_bans(bot: "Bot", before: int = 0) -> Page:
    found = await sanctions.current(bot.store.pool, now())
    left = [(one.sanction.id, sanction(one)) for one in found if not before or one.sanction.id < before]
    text, last = paged(left, LISTED)
    return text or NOBODY, turns(TurnBans, before, last)


def turns(
    kind: type[Turn], before: int, last: int | None, labels: tuple[str, str] = ("Newest", "Older"), **numbers: int
) -> list[Pressed]:
    """The buttons back to the beginning and on, where there is something."""
    back = [kind({"before": 0, **numbers}, labels[0])] if before else []
    return [*back, *([kind({"before": last, **numbers}, labels[1])] if last else [])]


PAGES = (TurnCases, TurnBans)
