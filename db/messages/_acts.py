"""Saying and hearing. Both go through the room's writer, so that one order holds for all that happens in a room."""

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from db import people
from db.errors import AWAY, UNFIT, Refused, TooOften, Unavailable
from db.markup import Mentions
from db.messages._extras import Attachment, Extras
from db.messages._shape import Message
from db.names import clean_content
from db.people import Person
from db.store import Store
from db.writer import NewMessage

log = logging.getLogger(__name__)
PATIENCE = 4.5  # seconds; a `send` is answered within 5
NONCE_MAX = 64


@dataclass(frozen=True, slots=True)
class Heard:
    """A message from the Discord channel. `author_name` is None when only a page of history, without nicknames,
    was read.
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


# Rules


def check_nonce(nonce: str) -> str:
    """The nonce, 1 to 64 characters that PostgreSQL can keep; raises Refused."""
    if not 1 <= len(nonce) <= NONCE_MAX or not nonce.isprintable():
        raise Refused("This message came without a usable mark of its own. Please send it again.", "bad_frame")
    return nonce


def _check_pace(store: Store, author: Person, network: str) -> None:
    limits, now = store.config.hangout, time.monotonic()
    wait = store.limits.people.take(str(author.id), now, limits.rate, limits.burst)
    wait = wait or store.limits.networks.take(network, now, limits.address_rate, limits.address_burst)
    if wait:
        raise TooOften("That was quick. Give the others a moment to read.", wait)


# Acts


async def say(
    store: Store,
    room_id: int,
    author: Person,
    content: str,
    nonce: str,
    now: datetime,
    *,
    network: str,
    reply_to: int | None = None,
) -> Message:
    """Keeps what a person says in a room and tells everybody here; the same nonce again gives the same message.

    `network` is where it was said from, for the pace. Raises Refused (`empty`, `too_long`, `nonce_conflict`,
    `room_locked`), TooOften, and after 4.5 seconds at the latest Unavailable: then the message may still have been
    kept, and saying it again with the same nonce is safe.
    """
    new = NewMessage(
        author_id=author.id,
        source="web",
        content=clean_content(content, store.config.hangout.content_max),
        created_at=now,
        nonce=check_nonce(nonce),
        reply_to_id=reply_to,
    )
    _check_pace(store, author, network)
    try:
        async with asyncio.timeout(PATIENCE):
            return await store.writers.of(room_id).put(new)
    except AWAY as error:
        raise Unavailable from error


async def hear(store: Store, room_id: int, heard: Sequence[Heard]) -> None:
    """Keeps what was said in the Discord channel, in the given order, each message once however often it is heard.

    Raises the driver's errors or Unavailable when the database is away: then hear them again. A message that the
    database refuses for itself is logged and left out, so that it does not keep the others away.
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


async def _authors(store: Store, heard: Sequence[Heard]) -> dict[int, int]:
    names = {one.author_discord_id: one for one in heard}
    async with store.pool.acquire() as conn:
        known = await people.known_discord_names(conn, list(names))
        wanted = {
            discord_id: one.author_name or known.get(discord_id) or one.fallback_name
            for discord_id, one in names.items()
        }
        return await people.keep_discord(conn, wanted, store.owner_id)


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
    )
