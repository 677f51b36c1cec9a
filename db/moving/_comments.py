"""Comments move in with their post: as messages of its room that were never said anywhere, so no door hears of them."""

from datetime import timedelta

from db.moving._people import Names, shell_of
from db.moving._shape import Comment, Held, Thread, Waiting
from db.store import Conn


async def make_room(conn: Conn, post_id: int, thread: Thread | None) -> int:
    """The room of a post that has been out, numbered as if its comments had been said there."""
    comments = thread.comments if thread else []
    room_id: int = await conn.fetchval(
        """/* moving.make_room */ with made as (
            insert into rooms (kind, seq, said, locked) values ('comments', $2, $3, $4) returning id
        ) update posts set room_id = made.id from made where posts.id = $1 returning room_id""",
        post_id,
        len(comments),
        sum(one.deleted_at is None for one in comments),
        bool(thread and thread.locked),
    )
    return room_id


async def settle_thread(conn: Conn, post_id: int, thread: Thread, names: Names) -> None:
    room_id = await make_room(conn, post_id, thread)
    ids: list[int] = []
    for place, one in enumerate(thread.comments):
        ids.append(await _settle_comment(conn, room_id, post_id, place, one, _of(ids, one.reply_to), names))
        for held in one.held:
            await _settle_held(conn, ids[-1], held, one, names)
    await conn.execute(
        """/* moving.number */ insert into changes (room_id, seq, kind, message_id)
        select room_id, seq, case when deleted_at is null then 'create' else 'delete' end, id from messages
        where room_id = $1""",
        room_id,
    )
    for place, waiting in enumerate(thread.waiting):
        await _settle_waiting(conn, post_id, place, waiting, _of(ids, waiting.reply_to), names)


def _of(ids: list[int], place: int | None) -> int | None:
    return ids[place] if place is not None and 0 <= place < len(ids) else None


async def _settle_comment(
    conn: Conn, room_id: int, post_id: int, place: int, one: Comment, reply_to_id: int | None, names: Names
) -> int:
    message_id: int = await conn.fetchval(
        """/* moving.settle_comment */ insert into messages (room_id, seq, author_id, source, nonce, content, mentions,
            attachments, extras, reactions, reply_to_id, created_at, edited_at, deleted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning id""",
        room_id,
        place + 1,
        await shell_of(conn, names, one.author),
        one.source,
        f"moved {post_id} {place}" if one.source == "web" else None,
        one.content,
        one.mentions,
        one.attachments,
        one.extras,
        one.reactions,
        reply_to_id,
        one.created_at,
        one.edited_at,
        one.deleted_at,
    )
    return message_id


async def _settle_held(conn: Conn, message_id: int, held: Held, one: Comment, names: Names) -> None:
    """Several of one name are several people."""
    emoji = [reaction["emoji"] for reaction in one.reactions]
    order = emoji.index(held.emoji) if held.emoji in emoji else len(emoji)
    for place, name in enumerate(held.by):
        await conn.execute(
            """/* moving.settle_held */ insert into reactions (message_id, emoji, person_id, source, created_at)
            values ($1, $2, $3, $4, $5) on conflict do nothing""",
            message_id,
            held.emoji,
            await shell_of(conn, names, name, held.by[:place].count(name)),
            held.source,
            one.created_at + timedelta(microseconds=order),
        )


async def _settle_waiting(
    conn: Conn, post_id: int, place: int, one: Waiting, reply_to_id: int | None, names: Names
) -> None:
    await conn.execute(
        """/* moving.settle_waiting */ insert into comments (post_id, author_id, nonce, content, reply_to_id, held_for,
            created_at, notice_state)
        values ($1, $2, $3, $4, $5, $6, $7, 'none')""",
        post_id,
        await shell_of(conn, names, one.author),
        f"moved {post_id} waiting {place}",
        one.content,
        reply_to_id,
        one.held_for,
        one.created_at,
    )
