"""What a writer does inside its transaction with what was said before: edits and deletions, from either side.

Each takes the room's next `seq` and returns the message as it is then; what is so already changes nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from db.errors import Forbidden, NotFound, Refused
from db.events import Changed, Kind
from db.markup import excerpt
from db.writer._numbering import loaded, next_seq
from db.writer._reacting import ClearReactions, HearReactors, React, clear, hear_reactors, react

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message

GONE = "This message is not here any more."


@dataclass(frozen=True, slots=True)
class EditOwn:
    """A person on the site says something otherwise, within `window`."""

    message_id: int
    person_id: int
    content: str
    at: datetime
    window: timedelta


@dataclass(frozen=True, slots=True)
class DeleteOwn:
    message_id: int
    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class HearEdit:
    """A message in Discord as it is now. Its words count only with an `edited_at` newer than the one known; files and
    cards count always, for they arrive late.
    """

    discord_id: int
    content: str
    mentions: dict[str, Any]
    attachments: list[dict[str, Any]]
    extras: dict[str, Any]
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class HearDeletion:
    """A message is gone from Discord, whoever wrote it: with it all lines that shared it."""

    discord_id: int
    at: datetime


Change = EditOwn | DeleteOwn | HearEdit | HearDeletion | React | ClearReactions | HearReactors
Result = tuple["Message | Refused | None", list[Changed]]


async def change(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, one: Change) -> Result:
    """Does one change. A refusal is returned, not raised: the rest of the batch goes on."""
    try:
        return await DOERS[type(one)](conn, room_id, one)
    except Refused as refusal:
        return refusal, []


def is_writing(one: Change) -> bool:
    """Whether somebody on the site would say something by it. Taking back is never that."""
    return isinstance(one, EditOwn) or (isinstance(one, React) and one.on and one.source == "web")


async def _edit_own(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, edit: EditOwn) -> Result:
    message = await _own(conn, room_id, edit.message_id, edit.person_id)
    if message.deleted:
        raise NotFound(GONE)
    if message.content == edit.content:
        return message, []
    if edit.at - message.created_at > edit.window:
        raise Refused("This was said too long ago to be changed.", "too_late")
    if not edit.content and not message.attachments:
        raise Refused("There is nothing to say yet.", "empty")
    seq = await next_seq(conn, room_id, "update", message.id)
    await conn.execute(
        """/* writer.edit_own */ update messages set content = $2, edited_at = $3, seq = $4, revision = revision + 1
        where id = $1""",
        message.id,
        edit.content,
        edit.at,
        seq,
    )
    if excerpt(message.content) != excerpt(edit.content):
        await _quote_anew(conn, [message.id])
    return await _told(conn, room_id, "update", message.id)


async def _delete_own(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, delete: DeleteOwn) -> Result:
    message = await _own(conn, room_id, delete.message_id, delete.person_id)
    if message.deleted:
        return message, []
    return await _delete(conn, room_id, message.id, delete.at)


async def _own(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_id: int, person_id: int) -> "Message":
    message = await loaded(conn, room_id, message_id)
    if message is None:
        raise NotFound(GONE)
    if message.author.id != person_id or message.source != "web":
        raise Forbidden("Only who said this can change it.", "not_yours")
    return message


async def _delete(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_id: int, at: datetime) -> Result:
    """What was said is wiped, not only hidden. A send that has not begun is called off."""
    seq = await next_seq(conn, room_id, "delete", message_id)
    await conn.execute(
        """/* writer.delete */ with files as (
            select file ->> 'media' as id from messages m, jsonb_array_elements(m.attachments) as file where m.id = $1
        ), kept as (
            update post_pictures set own = true where media_id in (select id from files) returning media_id
        ), held as (
            update media set released_at = $2
            where id in (select id from files) and id not in (select media_id from kept)
        ), gone as (
            delete from reactions where message_id = $1
        ), unmirrored as (
            update mirrors set wanted = false where message_id = $1
        ), counted as (
            update rooms o set said = said - 1 from messages m
            where m.id = $1 and m.kind = 'said' and m.deleted_at is null and o.id = m.room_id
        )
        update messages set content = '', mentions = '{}', attachments = '[]', extras = '{}', reactions = '[]',
            deleted_at = $2, seq = $3, relay = case relay when 'pending' then 'cancelled' else relay end
        where id = $1""",
        message_id,
        at,
        seq,
    )
    await _quote_anew(conn, [message_id])
    return await _told(conn, room_id, "delete", message_id)


async def _quote_anew(conn: "asyncpg.pool.PoolConnectionProxy", message_ids: list[int]) -> None:
    """Our replies in Discord quote what they reply to; they have to quote it as it is now."""
    await conn.execute(
        """/* writer.quote_anew */ update messages set revision = revision + 1
        where reply_to_id = any($1) and source = 'web' and deleted_at is null""",
        message_ids,
    )


async def _hear_edit(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, heard: HearEdit) -> Result:
    known = await conn.fetchrow(
        """/* writer.heard_before */ select id, content, attachments, extras, edited_at from messages
        where room_id = $1 and discord_id = $2 and part = 0 and source = 'discord' and deleted_at is null""",
        room_id,
        heard.discord_id,
    )
    if known is None:
        return None, []
    is_newer = heard.edited_at is not None and (known["edited_at"] is None or heard.edited_at > known["edited_at"])
    has_more = heard.extras != known["extras"] or not _are_same_files(heard.attachments, known["attachments"])
    if not (is_newer or has_more):
        return await loaded(conn, room_id, known["id"]), []
    await conn.execute(
        """/* writer.hear_edit */ update messages set seq = $2, attachments = $3, extras = $4,
            content = case when $5 then $6 else content end,
            mentions = case when $5 then $7 else mentions end,
            edited_at = case when $5 then $8 else edited_at end
        where id = $1""",
        known["id"],
        await next_seq(conn, room_id, "update", known["id"]),
        heard.attachments,
        heard.extras,
        is_newer,
        heard.content,
        heard.mentions,
        heard.edited_at,
    )
    if is_newer and excerpt(heard.content) != excerpt(known["content"]):
        await _quote_anew(conn, [known["id"]])
    return await _told(conn, room_id, "update", known["id"])


def _are_same_files(some: list[dict[str, Any]], others: list[dict[str, Any]]) -> bool:
    """The links to them are signed anew each time they are read, and do not count."""
    return [{**one, "url": ""} for one in some] == [{**one, "url": ""} for one in others]


async def _hear_deletion(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, heard: HearDeletion) -> Result:
    rows = await conn.fetch(
        """/* writer.hear_deletion */ update messages set relay = case source when 'web' then 'deleted' else relay end
        where room_id = $1 and discord_id = $2 returning id, deleted_at is null as is_news""",
        room_id,
        heard.discord_id,
    )
    news = [row["id"] for row in rows if row["is_news"]]
    await _unapprove(conn, news, heard.at)
    changes: list[Changed] = []
    result: Message | Refused | None = None
    for message_id in sorted(news):
        result, made = await _delete(conn, room_id, message_id, heard.at)
        changes += made
    return result, changes


async def _unapprove(conn: "asyncpg.pool.PoolConnectionProxy", message_ids: list[int], at: datetime) -> None:
    """The comments that became these messages are gone with them, and the moderators' channel is to say so."""
    await conn.execute(
        """/* writer.unapprove */ update comments set state = 'deleted', content = '', digest = null, network = null,
            decided_at = $2, decided_by = null, notice_wanted = notice_wanted + 1, notice_at = null,
            notice_state = case when notice_state = 'sent' then 'due' else notice_state end
        where message_id = any($1)""",
        message_ids,
        at,
    )


async def _told(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, kind: Kind, message_id: int) -> Result:
    message = await loaded(conn, room_id, message_id)
    assert message
    return message, [Changed(room_id, message.seq, kind, message)]


DOERS: dict[type[Change], Callable[..., Awaitable[Result]]] = {
    EditOwn: _edit_own,
    DeleteOwn: _delete_own,
    HearEdit: _hear_edit,
    HearDeletion: _hear_deletion,
    React: react,
    ClearReactions: clear,
    HearReactors: hear_reactors,
}
