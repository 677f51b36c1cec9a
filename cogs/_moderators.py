"""Who moderates from Discord: the owner, and who holds a role that the owner named. Discord's own rights only decide
who sees the commands; here it is asked each time, and the acts ask again.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord

from cogs._owners import is_owner, owner
from cogs._reading import name_of
from db import moderators, people, times
from db.errors import Forbidden
from db.moderators import NOT_YOURS, Moderator
from db.people import Person

if TYPE_CHECKING:
    from cogs import Bot

SEEN_BY = discord.Permissions(moderate_members=True)  # who may time others out sees the commands


async def moderator(interaction: "discord.Interaction[Bot]") -> Moderator:
    """Whoever asks, as one who moderates. Raises Forbidden for anybody else, of whom nothing is kept."""
    if is_owner(interaction):
        return Moderator(await owner(interaction))
    pool, user = interaction.client.store.pool, interaction.user
    held = frozenset(role.id for role in getattr(user, "roles", ()) if not role.is_default())
    known = await people.by_discord(pool, user.id)
    person = await people.get(pool, known.id) if known else Person(0, name_of(user), user.id)
    if person is None:
        raise Forbidden(NOT_YOURS, "forbidden")
    await moderators.check(pool, Moderator(person, held))
    return Moderator(person if known else await person_of(interaction, user), held)


async def person_of(interaction: "discord.Interaction[Bot]", user: discord.abc.User) -> Person:
    """The person that this user of Discord is, known from now on if they were not."""
    store = interaction.client.store
    known = await people.by_discord(store.pool, user.id)
    if known is None:
        await people.keep_discord(store.pool, {user.id: name_of(user)}, store.owner_id)
        known = await people.by_discord(store.pool, user.id)
    assert known
    return known


async def begin(interaction: "discord.Interaction[Bot]") -> Moderator:
    """Answers that it is being worked on, for Discord waits three seconds only; then looks who it is."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    return await moderator(interaction)


async def until(interaction: "discord.Interaction[Bot]", words: str) -> datetime | None:
    """The moment that `for` names; None for no end. Raises Refused (`bad_time`)."""
    zone = interaction.client.store.config.site.timezone
    return await asyncio.to_thread(times.lasting, words, now(), zone)


async def may_choose(interaction: "discord.Interaction[Bot]") -> bool:
    """Whether whoever types is offered anything."""
    with suppress(Forbidden):
        await moderator(interaction)
        return True
    return False


def now() -> datetime:
    return datetime.now(UTC)
