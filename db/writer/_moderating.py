"""What a writer does inside its transaction for a moderator: messages go, or lose their links, whoever wrote them by
whichever door.

What the site said itself the relay brings up to date in Discord, as after its author's own change. With what others
wrote there the bot has an errand (db/outbox).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg

from db.errors import NotFound, Refused
from db.events import Changed
from db.markup import excerpt, hide_links
from db.writer._numbering import loaded, next_seq, told
from db.writer._wiping import quote_anew, unapprove, wipe

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message

GONE = "This message is not here any more."
NO_LINKS = "There is no link in this message."
FEW = 3  # of the site's messages, which the relay takes out of Discord by itself
Result = tuple["Message | Refused | None", list[Changed]]


@dataclass(frozen=True, slots=True)
class Remove:
    """These messages go; `by_id` is None for the house. Those that are gone already are passed over."""

    message_ids: Sequence[int]
    by_id: int | None
    at: datetime
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class HideLinks:
    """The message keeps its words and loses its links, and those that an edit brings."""

    message_id: int
    at: datetime
    case_id: int | None = None


async def remove(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, one: Remove) -> Result:
    rows = await conn.fetch(
        """/* writer.still_there */ select id from messages
        where room_id = $1 and id = any($2) and deleted_at is null order by id""",
        room_id,
        list(one.message_ids),
    )
    ids = [row["id"] for row in rows]
    if not ids:
        return NotFound(GONE), []
    await unapprove(conn, ids, one.at, one.by_id)
    changes = await wipe(conn, room_id, ids, one.at)
    await _send_out(conn, ids, "delete", one.case_id, one.at)
    return changes[-1].message, changes


async def put_on_record(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_ids: list[int], at: datetime, *, is_told: bool
) -> None:
    """A case for each of these that somebody said on the site and that Discord does not have any more: its author
    cannot delete it there, so a moderator did. The owner's own are theirs. To be called while the words are there.
    """
    from db import cases, messages  # noqa: PLC0415 - both are kept through the writer

    for one in await messages.get(conn, room_id, message_ids):
        if one.source == "web" and not one.author.owner:
            about = cases.Subject(one.author.id, room_id, one.id)
            evidence = [messages.shown(one)]
            await cases.open_case(
                conn, "remove", None, at, about=about, rule=cases.IN_DISCORD, evidence=evidence, is_told=is_told
            )


async def hide(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, one: HideLinks) -> Result:
    message = await loaded(conn, room_id, one.message_id)
    if message is None or message.deleted:
        raise NotFound(GONE)
    [known] = await conn.fetch(
        "/* writer.before_hiding */ select extras, links_hidden from messages where id = $1", one.message_id
    )
    content, extras = hide_links(message.content), without_links(known["extras"])
    if known["links_hidden"]:
        return message, []
    if content == message.content and extras == known["extras"]:
        raise Refused(NO_LINKS, "bad_parameter")
    await conn.execute(
        """/* writer.hide_links */ update messages set content = $2, extras = $3, links_hidden = true, seq = $4,
            revision = revision + 1 where id = $1""",
        message.id,
        content,
        extras,
        await next_seq(conn, room_id, "update", message.id),
    )
    if excerpt(message.content) != excerpt(content):
        await quote_anew(conn, [message.id])
    await _send_out(conn, [message.id], "suppress", one.case_id, one.at)
    return await told(conn, room_id, "update", message.id)


def without_links(extras: dict[str, Any]) -> dict[str, Any]:
    """What came with a message, without what Discord tells of its links, and with none in what was passed on."""
    kept = {name: part for name, part in extras.items() if name != "cards"}
    forward = kept.get("forward")
    if forward and "content" in forward:
        kept["forward"] = {**forward, "content": hide_links(forward["content"])}
    return kept


async def _send_out(
    conn: "asyncpg.pool.PoolConnectionProxy", message_ids: list[int], kind: str, case_id: int | None, at: datetime
) -> None:
    """The bot's errands with what others wrote in Discord. Many of the site's own are taken away by it as well, for
    their webhook takes them one by one; a few are left to the relay.
    """
    await conn.execute(
        """/* writer.send_out */ with there as (
            select m.discord_id, min(m.channel_id) as channel_id, min(m.source) as source from messages m
            where m.id = any($1) and m.discord_id > 0 and m.channel_id is not null
                and (m.source = 'discord' or (m.relay = 'sent' and not exists (
                    select from messages line where line.discord_id = m.discord_id and line.deleted_at is null)))
            group by m.discord_id
        ) insert into errands (discord_id, kind, channel_id, is_ours, case_id, next_at)
        select discord_id, $2, channel_id, source = 'web', $3, $4 from there
        where source = 'discord' or ($2 = 'delete' and (select count(*) from there) > $5)
        on conflict (discord_id, kind) do nothing""",
        message_ids,
        kind,
        case_id,
        at,
        FEW,
    )
