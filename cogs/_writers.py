"""Who may write posts from Discord: the owner, and members with the role author who have linked Discord. The acts ask
again, and give an author their own posts only.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs._owners import is_owner, owner
from db import people, posts
from db.errors import Forbidden, NotFound
from db.names import UNSAYABLE
from db.people import Person
from db.posts import Moved, Post

if TYPE_CHECKING:
    from cogs import Bot

CHOICES = 25
CHOICE_MAX = 100  # characters
NOT_A_WRITER = "Only the owner of the site and its authors can write posts. An author links Discord on the site first."
MARKS = {"draft": " (draft)", "scheduled": " (scheduled)", "unlisted": " (unlisted)"}


async def writer(interaction: "discord.Interaction[Bot]") -> Person:
    """Whoever asks, as one who writes posts. Raises Forbidden for anybody else."""
    if is_owner(interaction):
        return await owner(interaction)
    pool = interaction.client.store.pool
    known = await people.by_discord(pool, interaction.user.id)
    person = await people.get(pool, known.id) if known else None
    if person is None or not person.is_member or not person.may_write_posts:
        raise Forbidden(NOT_A_WRITER, "not_yours")
    return person


async def chosen(interaction: "discord.Interaction[Bot]", person: Person, typed: str) -> Post:
    """The post that the option `post` names: by its address, an old one as well, or by its title. Raises NotFound for
    what is not theirs to edit.
    """
    pool, typed = interaction.client.store.pool, UNSAYABLE.sub("", typed).strip()
    slug = typed.strip("/").rpartition("/")[2].lower()
    found = await posts.find(pool, slug)
    if isinstance(found, Moved):
        found = await posts.by_slug(pool, found.slug)
    if found is None:
        titled = await posts.suggest(pool, person, typed, CHOICES)
        alike = [one for one in titled if one.title.casefold() == typed.casefold()]
        found = await posts.get(pool, alike[0].id) if len(alike) == 1 else None
    if not isinstance(found, Post) or not posts.may_edit(person, found):
        raise NotFound("There is no such post of yours. Choose one of those that are offered while you type.")
    return found


async def titles(interaction: "discord.Interaction[Bot]", typed: str) -> list[app_commands.Choice[str]]:
    """The posts that whoever types may edit; to others, none."""
    try:
        person = await writer(interaction)
    except Forbidden:
        return []
    found = await posts.suggest(interaction.client.store.pool, person, UNSAYABLE.sub("", typed), CHOICES)
    return [app_commands.Choice(name=_choice(one.title, one.state), value=one.slug) for one in found]


def _choice(title: str, state: str) -> str:
    mark = MARKS.get(state, "")
    room = CHOICE_MAX - len(mark)
    return (title if len(title) <= room else f"{title[: room - 1]}…") + mark


def now() -> datetime:
    return datetime.now(UTC)
