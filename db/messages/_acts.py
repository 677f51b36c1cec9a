"""Saying, and what may be done with what was said: from the site. All of it goes through the room's writer, so that one
order holds for all that happens in a room; what comes from Discord is in _hearing.py.
"""

import asyncio
import re
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from db import floods, gate
from db.emoji import check_key
from db.errors import AWAY, Refused, TooOften, Unavailable
from db.messages._extras import Attachment
from db.messages._shape import Message
from db.messages._uploads import uploads
from db.names import clean_content
from db.people import Person
from db.sanctions import Caller
from db.store import Store
from db.writer import DeleteOwn, EditOwn, NewMessage, React, Work

PATIENCE = 4.5  # seconds; whatever is asked is answered within 5
NONCE_MAX = 64
FILES_MAX = 4
UPLOAD = re.compile(r"[A-Za-z0-9_-]{22}")
NO_PICTURE = "One of the pictures is not here any more. Please add it again."


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


def check_pace_of_changes(store: Store, person: Person) -> None:
    """Each costs everybody as much as a message does, but one changes one's mind quicker than one writes."""
    limits = store.config.hangout
    wait = store.limits.changes.take(str(person.id), time.monotonic(), 2 * limits.rate, 4 * limits.burst)
    if wait:
        raise TooOften("That was quick. Give the others a moment to see it.", wait)


def _words(content: str, most: int, *, has_files: bool) -> str:
    return "" if has_files and not content.strip() else clean_content(content, most)


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
    session_id: int | None = None,
    reply_to: int | None = None,
    media: Sequence[str] = (),
    is_open: bool = True,
) -> Message:
    """Keeps what a person says in a room and tells everybody here; the same nonce again gives the same message.

    `network` and `session_id` are where it was said from; `media` are ids of pictures (db/media), which the words may
    then be without. In a chat, which is not `is_open`, no filter looks at the words.

    Raises Refused (`empty`, `too_long`, `nonce_conflict`, `room_locked`, `not_found`, `filtered`), Forbidden (`banned`,
    `muted`), Held when it waits for a moderator from here, TooOften, and after 4.5 seconds at the latest Unavailable:
    then the message may still have been kept, and saying it again with the same nonce is safe.
    """
    check_nonce(nonce)
    words = _words(content, store.config.hangout.content_max, has_files=bool(media))
    _check_pace(store, author, network)
    caller = Caller(author, network, session_id)
    speech = gate.Speech(room_id, caller, author, words, nonce, now, reply_to, media, is_open=is_open)
    try:
        async with asyncio.timeout(PATIENCE):
            return await _say(store, speech)
    except AWAY as error:
        raise Unavailable from error


async def _say(store: Store, speech: gate.Speech) -> Message:
    files, verdict = await _files(store, speech), await gate.admit(store, speech)
    new = NewMessage(
        author_id=speech.author.id,
        source="web",
        content=speech.content,
        created_at=speech.now,
        nonce=speech.nonce,
        reply_to_id=speech.reply_to,
        attachments=msgspec.to_builtins(files),
        apart=await floods.apart(store, speech),
    )
    message = await _put(store, speech.room_id, new)
    if verdict:
        await gate.note(store, verdict, message)
    return message


async def edit(
    store: Store,
    room_id: int,
    author: Person,
    message_id: int,
    content: str,
    now: datetime,
    *,
    network: str = "",
    session_id: int | None = None,
    is_open: bool = True,
) -> Message:
    """Changes the words of an own message, within `hangout.edit_window` seconds. The same words again change nothing.
    What would have had to wait for its words does not come in by an edit.

    Raises Refused (`not_found`, `not_yours`, `too_late`, `empty`, `too_long`, `filtered`), Forbidden (`banned`,
    `muted`), TooOften or Unavailable.
    """
    limits = store.config.hangout
    words = _words(content, limits.content_max, has_files=True)
    check_pace_of_changes(store, author)
    caller = Caller(author, network, session_id)
    speech = gate.Speech(room_id, caller, author, words, "", now, edits=message_id, is_open=is_open)
    edit_own = EditOwn(message_id, author.id, words, now, timedelta(seconds=limits.edit_window))
    try:
        async with asyncio.timeout(PATIENCE):
            await gate.admit(store, speech)
            return await _put(store, room_id, edit_own)
    except AWAY as error:
        raise Unavailable from error


async def delete(store: Store, room_id: int, author: Person, message_id: int, now: datetime) -> Message:
    """Deletes an own message, here and in Discord; one that was not sent there yet never will be.

    Raises Refused (`not_found`, `not_yours`), TooOften or Unavailable.
    """
    check_pace_of_changes(store, author)
    return await _done(store, room_id, DeleteOwn(message_id, author.id, now))


async def react(store: Store, room_id: int, person: Person, message_id: int, emoji: str, *, on: bool) -> Message:
    """Takes up an emoji on a message, or lays it down. Raises Refused (`not_found`, `bad_emoji`), Forbidden (`muted`),
    TooOften or Unavailable.
    """
    key = check_key(emoji)
    check_pace_of_changes(store, person)
    if on:
        await floods.check_new(store, person)
    return await _done(store, room_id, React(person.id, key, on, "web", message_id=message_id))


async def _files(store: Store, speech: gate.Speech) -> list[Attachment]:
    ids = speech.media
    if not ids:
        return []
    if not all(UPLOAD.fullmatch(one) for one in ids):
        raise Refused(NO_PICTURE, "not_found")
    if len(ids) > FILES_MAX or len(set(ids)) < len(ids):
        raise Refused(f"A message can have up to {FILES_MAX} different pictures.", "too_long")
    found = await uploads(store.pool, speech.author.id, speech.nonce, ids)
    if len(found) < len(ids):
        raise Refused(NO_PICTURE, "not_found")
    return found


async def _done(store: Store, room_id: int, work: Work) -> Message:
    try:
        async with asyncio.timeout(PATIENCE):
            return await _put(store, room_id, work)
    except AWAY as error:
        raise Unavailable from error


async def _put(store: Store, room_id: int, work: Work) -> Message:
    message = await store.writers.of(room_id).put(work)
    assert message, "only what is heard from Discord may be about nothing"
    return message
