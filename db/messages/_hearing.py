"""Hearing: what was said, changed, deleted and reacted with in the Discord channel. Called by cogs/hearing.py.

All acts here may be told the same thing any number of times. They raise the driver's errors or Unavailable when the
database is away: then tell them again.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from db import media, people
from db.emoji import key_of
from db.errors import UNFIT
from db.events import ModNoticeDue
from db.markup import Mentions
from db.messages._extras import Attachment, Extras
from db.messages._queries import file_ids
from db.store import Store
from db.writer import ClearReactions, HearDeletion, HearEdit, HearReactors, NewMessage, React, Work

log = logging.getLogger(__name__)
LINES_MAX = 10  # messages gone at once, of each of which the moderators get a line
HOUSE = 0  # the Discord id of the house itself, which is nobody's


@dataclass(frozen=True, slots=True)
class Heard:
    """A message from the Discord channel, as it is now. `author_name` is None when only a page of history, without
    nicknames, was read. `kind` is `said` or `system`. Without `channel_id` it is from the room's present channel.
    """

    discord_id: int
    author_discord_id: int
    author_name: str | None
    fallback_name: str
    content: str
    created_at: datetime
    mentions: Mentions = field(default_factory=Mentions)
    attachments: tuple[Attachment, ...] = ()
    reply_to_discord_id: int | None = None
    kind: str = "said"
    extras: Extras = field(default_factory=Extras)
    edited_at: datetime | None = None
    channel_id: int | None = None


# Acts


async def hear(store: Store, room_id: int, heard: Sequence[Heard]) -> None:
    """Keeps what was said in the Discord channel, in the given order, each message once however often it is heard.

    A message that the database refuses for itself is logged and left out, so that it does not keep the others away.
    """
    if not heard:
        return
    authors = await _authors(store, heard)
    writer = store.writers.of(room_id)
    puts = (writer.put(_from_discord(one, authors[one.author_discord_id])) for one in heard)
    for one, result in zip(heard, await asyncio.gather(*puts, return_exceptions=True), strict=True):
        if isinstance(result, UNFIT):
            log.error("A message from Discord cannot be kept and is left out (%d)", one.discord_id)
        elif isinstance(result, BaseException):
            raise result


async def hear_edit(store: Store, room_id: int, heard: Heard) -> bool:
    """Brings a message of Discord's up to date: its words only when `edited_at` is newer than what is known, its files
    and cards always. False when there is no such message here.
    """
    work = HearEdit(
        heard.discord_id,
        heard.content,
        _as_kept(heard.mentions),
        _as_kept(heard.attachments),
        _as_kept(heard.extras),
        heard.edited_at,
    )
    try:
        return await store.writers.of(room_id).put(work) is not None
    except UNFIT:
        log.error("An edit from Discord cannot be kept and is left out (%d)", heard.discord_id)
        return True


async def hear_deletions(store: Store, room_id: int, discord_ids: Sequence[int], now: datetime) -> None:
    """These messages are gone from Discord, whoever had written them, and with them what was kept of their files. Of
    many at once the moderators' channel has a line for the first alone; all are on record.
    """
    files, many = await file_ids(store.pool, room_id, list(discord_ids)), len(discord_ids) > LINES_MAX
    gone = [HearDeletion(one, now, is_told=not many or not place) for place, one in enumerate(discord_ids)]
    await _put_all(store, room_id, gone)
    store.live.announce(ModNoticeDue())
    await media.forget_discord_files(store, files)


async def hear_reaction(
    store: Store, room_id: int, discord_id: int, emoji: str, person: tuple[int, str | None], *, on: bool
) -> None:
    """Somebody in Discord, given as (user id, name or None where it is not known), reacted or took it back."""
    user_id, name = person
    known = await people.known_discord_names(store.pool, [user_id])
    if not (name or user_id in known):
        if not on:
            return  # who is not known here holds nothing here
        name = "Somebody in Discord"
    kept = await people.keep_discord(store.pool, {user_id: name or known[user_id]}, store.owner_id)
    await _put_all(store, room_id, [React(kept[user_id], key_of(emoji), on, "discord", discord_id=discord_id)])


async def hear_reactors(store: Store, room_id: int, discord_id: int, emoji: str, reactors: Mapping[int, str]) -> None:
    """Who holds an emoji in Discord, all of them, as {user id: name}; a name known here already is kept."""
    known = await people.known_discord_names(store.pool, list(reactors))
    kept = await people.keep_discord(store.pool, {**reactors, **known}, store.owner_id)
    await _put_all(store, room_id, [HearReactors(discord_id, key_of(emoji), tuple(kept[one] for one in reactors))])


async def hear_reactions_cleared(store: Store, room_id: int, discord_id: int, emoji: str | None = None) -> None:
    """A moderator took all reactions away, or all of one emoji."""
    await _put_all(store, room_id, [ClearReactions(discord_id, key_of(emoji) if emoji else None)])


async def hear_mirror_cleared(store: Store, room_id: int, discord_id: int, emoji: str) -> None:
    """A moderator took the bot's own reaction away, by which those of the site are shown in Discord."""
    await _put_all(store, room_id, [ClearReactions(discord_id, key_of(emoji), "web")])


async def _put_all(store: Store, room_id: int, work: Sequence[Work]) -> None:
    writer = store.writers.of(room_id)
    await asyncio.gather(*(writer.put(one) for one in work))


async def _authors(store: Store, heard: Sequence[Heard]) -> dict[int, int]:
    names = {one.author_discord_id: one for one in heard}
    async with store.pool.acquire() as conn:
        known = await people.known_discord_names(conn, list(names))
        wanted = {
            discord_id: one.author_name or known.get(discord_id) or one.fallback_name
            for discord_id, one in names.items()
        }
        return await people.keep_discord(conn, wanted, store.owner_id)


def _as_kept(value: object) -> Any:
    """As the database gives it back, with lists for tuples, so that the two can be compared."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _from_discord(heard: Heard, author_id: int) -> NewMessage:
    return NewMessage(
        author_id=author_id,
        source="discord",
        content=heard.content,
        created_at=heard.created_at,
        discord_id=heard.discord_id,
        mentions=msgspec.to_builtins(heard.mentions),
        attachments=msgspec.to_builtins(heard.attachments),
        reply_to_discord_id=heard.reply_to_discord_id,
        kind=heard.kind,
        extras=msgspec.to_builtins(heard.extras),
        edited_at=heard.edited_at,
        channel_id=heard.channel_id,
    )
