"""Who and what a moderator means: people as they are chosen from a list, mentioned or written, and messages by a link,
an id or their copy in Discord.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs._moderators import may_choose, now, person_of
from db import accounts, messages, people, sightings
from db.errors import AWAY, NotFound, Refused
from db.markup import escape
from db.messages import Message
from db.names import UNSAYABLE
from db.people import Person
from db.sightings import Seen

if TYPE_CHECKING:
    from cogs import Bot

CHOICES = 25
CHOICE_MAX = 100  # characters
PATIENCE = 2.0  # seconds; what is offered while somebody types is due within three
CHOSEN = re.compile(r"person:([0-9]{1,18})")
MENTION = re.compile(r"<@!?([0-9]{15,18}|[0-8][0-9]{18})>|([0-9]{15,18}|[0-8][0-9]{18})")
IN_DISCORD = re.compile(
    r"discord(?:app)?\.com/channels/[0-9]+/[0-9]+/([0-9]{15,18}|[0-8][0-9]{18})\b|\b([1-8]?[0-9]{17,18})$"
)
ON_THE_SITE = re.compile(
    r"/messages/([0-9]{1,18})\b|[?&]comment=([0-9]{1,18})\b|#comment-([0-9]{1,18})\b|^([0-9]{1,14})$"
)
NOBODY = "Nobody like that was seen on the site or in Discord. Choose one of those that are offered while you type."
SEVERAL = "Several people are called so. Choose one of those that are offered while you type."
NO_MESSAGE = "This message is not on the site."
Find = Callable[[], Awaitable[list[app_commands.Choice[str]]]]
AGES = ((86400, "d"), (3600, "h"), (60, "min"))


# People


async def lately(interaction: "discord.Interaction[Bot]", typed: str) -> list[app_commands.Choice[str]]:
    """People who were here lately, on the site and in Discord; to who is no moderator, none."""
    return await seen(interaction, typed, is_bannable=False)


async def seen(
    interaction: "discord.Interaction[Bot]", typed: str, *, is_bannable: bool
) -> list[app_commands.Choice[str]]:
    async def find() -> list[app_commands.Choice[str]]:
        pool, words = interaction.client.store.pool, UNSAYABLE.sub("", typed)
        found = await sightings.seen_lately(pool, words, CHOICES, is_bannable=is_bannable)
        return [app_commands.Choice(name=_choice(one, now()), value=f"person:{one.person_id}") for one in found]

    return await in_time(interaction, find)


async def in_time(interaction: "discord.Interaction[Bot]", find: Find) -> list[app_commands.Choice[str]]:
    """What is offered while a moderator types; nothing to others, and where the database is slow or away."""
    with suppress(TimeoutError, *AWAY):
        async with asyncio.timeout(PATIENCE):
            return await find() if await may_choose(interaction) else []
    return []


def _choice(seen: Seen, moment: datetime) -> str:
    where = "in Discord" if seen.source == "discord" else f"@{seen.username}" if seen.username else "visitor"
    mark = f" ({where}, {_ago((moment - seen.last_at).total_seconds())})"
    room = CHOICE_MAX - len(mark)
    return (seen.name if len(seen.name) <= room else f"{seen.name[: room - 1]}…") + mark


def _ago(seconds: float) -> str:
    for size, unit in AGES:
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "now"


async def chosen(interaction: "discord.Interaction[Bot]", typed: str) -> Person:
    """The person that the option `who` names: chosen, mentioned, by their Discord id, by their username or by the name
    that they are known under. Raises NotFound, and Refused (`ambiguous`) where several are called so.
    """
    pool, words = interaction.client.store.pool, UNSAYABLE.sub("", typed).strip()
    if match := CHOSEN.fullmatch(words):
        found = await _by_id(interaction, int(match[1]))
    elif match := MENTION.fullmatch(words):
        found = await _in_discord(interaction, int(match[1] or match[2]))
    else:
        name = words.removeprefix("@")
        found = await people.by_username(pool, name.lower()) or await _called(interaction, name)
    if found is None:
        raise NotFound(NOBODY)
    return found


async def _by_id(interaction: "discord.Interaction[Bot]", person_id: int) -> Person | None:
    """Also one whose account is closed."""
    pool = interaction.client.store.pool
    account = await accounts.get(pool, person_id)
    return account.person if account else await people.get(pool, person_id)


async def _in_discord(interaction: "discord.Interaction[Bot]", user_id: int) -> Person | None:
    known = await people.by_discord(interaction.client.store.pool, user_id)
    if known or interaction.guild is None:
        return known
    try:
        member = await interaction.guild.fetch_member(user_id)
    except discord.NotFound:
        return None
    return None if member.bot else await person_of(interaction, member)


async def _called(interaction: "discord.Interaction[Bot]", name: str) -> Person | None:
    found = await sightings.seen_lately(interaction.client.store.pool, name, CHOICES) if name else []
    alike = [one for one in found if one.name.casefold() == name.casefold()]
    if len(alike) > 1:
        raise Refused(SEVERAL, "ambiguous")
    return await _by_id(interaction, alike[0].person_id) if alike else None


# Messages


async def meant(interaction: "discord.Interaction[Bot]", typed: str) -> int:
    """The message that the option `message` names, by its link or id here or in Discord. Raises NotFound."""
    words = UNSAYABLE.sub("", typed).strip().strip("<>")
    if match := IN_DISCORD.search(words):
        return await on_the_site(interaction, int(match[1] or match[2]))
    if match := ON_THE_SITE.search(words):
        return int(next(one for one in match.groups() if one))
    raise NotFound(NO_MESSAGE)


async def on_the_site(interaction: "discord.Interaction[Bot]", discord_message_id: int) -> int:
    """The site's message that this one of Discord's is a copy of, or that is its copy; of several the first. Raises
    NotFound.
    """
    found = await messages.by_discord(interaction.client.store.pool, discord_message_id)
    if found is None:
        raise NotFound(NO_MESSAGE)
    return found[1]


async def lines_of(interaction: "discord.Interaction[Bot]", discord_message_id: int) -> list[Message]:
    """All that was said on the site and shares this message in Discord, for what is said quickly shares one; gone or
    not. Raises NotFound.
    """
    pool = interaction.client.store.pool
    found = await messages.by_discord(pool, discord_message_id)
    lines = await messages.lines_of(pool, discord_message_id)
    said = await messages.get(pool, found[0], lines or [found[1]]) if found else []
    if not said:
        raise NotFound(NO_MESSAGE)
    return said


async def author_of(interaction: "discord.Interaction[Bot]", discord_message_id: int) -> tuple[Person, Message]:
    """Who said what this message of Discord's holds. Raises NotFound, and Refused (`ambiguous`) for more than one."""
    said = await lines_of(interaction, discord_message_id)
    if len({one.author.id for one in said}) > 1:
        named = ", ".join(f"{escape(one.author.name)} (`person:{one.author.id}`)" for one in said)
        raise Refused(
            f"Several people speak in this message: {named}. `/mod ban` and `/mod who` take each.", "ambiguous"
        )
    person = await _by_id(interaction, said[0].author.id)
    if person is None:
        raise NotFound(NO_MESSAGE)
    return person, said[0]
