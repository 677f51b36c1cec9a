"""What a writer does inside its transaction with what was said before: edits and deletions, from either side.

Each takes the room's next `seq` and returns the message as it is then; what is so already changes nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from db.errors import Forbidden, NotFound, Refused
from db.events import Changed
from db.markup import excerpt, hide_links
from db.writer._moderating import GONE, HideLinks, Remove, hide, put_on_record, remove, without_links
from db.writer._numbering import loaded, next_seq, told
from db.writer._reacting import ClearReactions, HearReactors, React, clear, hear_reactors, react
from db.writer._wiping import forget_errands, quote_anew, unapprove, wipe

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message


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
    """A message is gone from Discord, whoever wrote it: with it all lines that shared it. Of what was said on the site
    that is a case, for only a moderator can have done it; `is_told` in the moderators' channel as well.
    """

    discord_id: int
    at: datetime
    is_told: bool = True


Change = EditOwn | DeleteOwn | HearEdit | HearDeletion | React | ClearReactions | HearReactors | Remove | HideLinks
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
    content = await _as_moderated(conn, message.id, edit.content)
    if message.content == content:
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
        content,
        edit.at,
        seq,
    )
    if excerpt(message.content) != excerpt(content):
        await quote_anew(conn, [message.id])
    return await told(conn, room_id, "update", message.id)


async def _as_moderated(conn: "asyncpg.pool.PoolConnectionProxy", message_id: int, content: str) -> str:
    """Who had their links hidden does not bring them back by an edit."""
    is_hidden = await conn.fetchval(
        "/* writer.is_hidden */ select links_hidden from messages where id = $1", message_id
    )
    return hide_links(content) if is_hidden else content


async def _delete_own(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, delete: DeleteOwn) -> Result:
    message = await _own(conn, room_id, delete.message_id, delete.person_id)
    if message.deleted:
        return message, []
    changes = await wipe(conn, room_id, [message.id], delete.at)
    return changes[0].message, changes


async def _own(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_id: int, person_id: int) -> "Message":
    message = await loaded(conn, room_id, message_id)
    if message is None:
        raise NotFound(GONE)
    if message.author.id != person_id or message.source != "web":
        raise Forbidden("Only who said this can change it.", "not_yours")
    return message


async def _hear_edit(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, heard: HearEdit) -> Result:
    known = await conn.fetchrow(
        """/* writer.heard_before */ select id, content, attachments, extras, edited_at, links_hidden from messages
        where room_id = $1 and discord_id = $2 and part = 0 and source = 'discord' and deleted_at is null""",
        room_id,
        heard.discord_id,
    )
    if known is None:
        return None, []
    if known["links_hidden"]:
        heard = replace(heard, content=hide_links(heard.content), extras=without_links(heard.extras))
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
        await quote_anew(conn, [known["id"]])
    return await told(conn, room_id, "update", known["id"])


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
    await forget_errands(conn, [heard.discord_id])
    news = [row["id"] for row in rows if row["is_news"]]
    await put_on_record(conn, room_id, news, heard.at, is_told=heard.is_told)
    await unapprove(conn, news, heard.at, None)
    changes = await wipe(conn, room_id, news, heard.at)
    return changes[-1].message if changes else None, changes


DOERS: dict[type[Change], Callable[..., Awaitable[Result]]] = {
    EditOwn: _edit_own,
    DeleteOwn: _delete_own,
    HearEdit: _hear_edit,
    HearDeletion: _hear_deletion,
    React: react,
    ClearReactions: clear,
    HearReactors: hear_reactors,
    Remove: remove,
    HideLinks: hide,
}
