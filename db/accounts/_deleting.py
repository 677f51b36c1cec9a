"""The end of an account. What was said stays, under 'former member'; everything that was the person's own goes."""

from contextlib import suppress
from datetime import datetime

from db import chats, media, sanctions, sessions
from db.accounts._entering import confirm_password
from db.accounts._forgetting import forget_moderation, keep_kept_out, tell_moderators_anew, without
from db.accounts._queries import get
from db.errors import AWAY, Forbidden, NotFound, Refused
from db.events import ModNoticeDue, Noted, NoticeDue, Parted, PersonChanged
from db.networks import discord_hash
from db.people import Person
from db.store import Conn, Store

NAME = "former member"  # nobody can take it (db/names.py)
BATCH = 20_000  # messages that are looked through at once for the name of somebody mentioned


async def delete_own(store: Store, person: Person, password: str, username: str, now: datetime) -> None:
    """Deletes the account of somebody who shows that they mean it: by their password, or without one by their username.

    Raises Refused (`wrong_password`, `bad_username`), TooOften, and what `delete` does.
    """
    account = await get(store.pool, person.id)
    if account and account.password_hash is None and username.strip().lower() != person.username:
        raise Refused(f"Please write your username, {person.username}, to say that you mean it.", "bad_username")
    await confirm_password(store, person, password)
    await delete(store, person, now)


async def delete(store: Store, person: Person, now: datetime) -> None:
    """Deletes the account. Their sessions end at once. Raises Forbidden for the owner, NotFound for who has none."""
    if person.owner:
        raise Forbidden("This is the owner's house: their account stays as long as it does.", "forbidden")
    if person.discord_id is not None:
        await _forget_mentions(store, person.discord_id)
    async with store.pool.acquire() as conn, conn.transaction():
        await _lock(conn, person.id)
        ended = await sessions.remove_all(conn, person.id)
        await _delete_private(conn, person.id)
        if person.discord_id is not None:
            await keep_kept_out(conn, person.id, discord_hash(store.secret_key, person.discord_id), now)
        await _leave_posts(conn, person.id, now)
        parted = await _leave_rooms(conn, person.id, now)
        await _let_go_of_pictures(conn, person.id, now)
        await tell_moderators_anew(conn, person.id, now)
        await _forget_in_rows(conn, person)
        await forget_moderation(conn, person, NAME, now)
        await conn.execute(
            """/* accounts.become_nobody */ update people set name = $2, username = null, role = 'visitor',
                discord_id = case when id = $1 then null else discord_id end, picture = null
            where id = $1 or merged_into = $1""",
            person.id,
            NAME,
        )
        await conn.execute(
            """/* accounts.no_names */ delete from names_used
            where person_id in (select id from people where id = $1 or merged_into = $1)""",
            person.id,
        )
    sessions.announce_ended(store, ended)
    await sanctions.tell(store)
    for event in (*parted, PersonChanged(Person(person.id, NAME)), NoticeDue(), ModNoticeDue()):
        store.live.announce(event)
    with suppress(*AWAY):  # rooms that nobody is in any more; they are also looked for now and then
        await chats.remove_left(store, now)


async def _lock(conn: Conn, person_id: int) -> None:
    """Rooms, posts and comments before people, as others take them: then nobody waits for each other. From here on
    nobody gives this person a session, a request or a room.
    """
    await conn.execute(
        """/* accounts.lock_rooms */ select from rooms where id in (select room_id from members where person_id = $1)
        order by id for no key update""",
        person_id,
    )
    await conn.execute(
        """/* accounts.lock_liked */ select from posts where id in (select post_id from post_likes where person_id = $1)
        order by id for no key update""",
        person_id,
    )
    await conn.execute(
        "/* accounts.lock_comments */ select from comments where author_id = $1 order by id for update", person_id
    )
    found = await conn.fetchval(
        "/* accounts.lock */ select true from people where id = $1 and username is not null for update", person_id
    )
    if not found:
        raise NotFound


async def _delete_private(conn: Conn, person_id: int) -> None:
    """Whatever is theirs alone, or between them and one other."""
    await conn.execute(
        """/* accounts.delete_private */ with opened as (
            delete from links where person_id = $1
        ), posted as (
            delete from letters where person_id = $1
        ), asked as (
            delete from chat_requests where $1 in (from_id, to_id)
        ), excluded as (
            delete from visit_exclusions where person_id = $1
        ), blocked as (
            delete from blocks where $1 in (blocker_id, blocked_id)
        ) delete from accounts where person_id = $1""",
        person_id,
    )


async def _leave_posts(conn: Conn, person_id: int, now: datetime) -> None:
    """What they wrote for everybody stays. Their likes go, and comments that nobody let in yet; of the others what
    could tell where they were written from; and of a ban all but the network that it is about. The moderators'
    channel forgets the words that are gone.
    """
    await conn.execute(
        """/* accounts.leave_posts */ with unliked as (
            delete from post_likes where person_id = $1 returning post_id
        ), counted as (
            update posts set likes = greatest(likes - 1, 0) where id in (select post_id from unliked)
        ), commented as (
            update comments set network = null, content = '', digest = null,
                state = case state when 'approved' then state else 'deleted' end,
                decided_at = coalesce(decided_at, $2), notice_wanted = notice_wanted + 1,
                notice_state = case when notice_state = 'sent' and state <> 'approved' then 'due' else notice_state end
            where author_id = $1
        ), unbanned as (
            delete from sanctions where person_id = $1 and network is null
        ) update sanctions set person_id = null, reason = '' where person_id = $1 and network is not null""",
        person_id,
        now,
    )


async def _leave_rooms(conn: Conn, person_id: int, now: datetime) -> list[object]:
    """Their chats are closed for the other, who keeps what was said. Returns what is to be announced."""
    rows = await conn.fetch(
        """/* accounts.leave_rooms */ with gone as (
            delete from members where person_id = $1 returning room_id
        ) update rooms set closed_at = coalesce(closed_at, $2) where id in (select room_id from gone)
        returning id, case when low_id = $1 then high_id else low_id end as other_id""",
        person_id,
        now,
    )
    for row in rows:
        await chats.release_pictures(conn, row["id"], now)
    return [event for row in rows for event in (Parted(row["id"]), Noted(row["other_id"]))]


async def _let_go_of_pictures(conn: Conn, person_id: int, now: datetime) -> None:
    """Those that messages hold stay with them, and are nobody's; the others go."""
    rows = await conn.fetch(
        """/* accounts.own_pictures */ select id from media where person_id = $1 and not used
        union select picture from people where id = $1 and picture is not null""",
        person_id,
    )
    await media.release(conn, [row["id"] for row in rows], now)
    await conn.execute(
        "/* accounts.disown_pictures */ update media set person_id = null where person_id = $1", person_id
    )


async def _forget_in_rows(conn: Conn, person: Person) -> None:
    """Where a name stands in the middle of something: what the relay is just sending, and what was reported.

    A send of unknown outcome is then not found again and may come twice; that is the lesser evil, and rare.
    """
    await conn.execute(
        """/* accounts.forget_sent */ update messages set relay_said = null
        where relay_said is not null and (author_id = $1
            or reply_to_id in (select id from messages where author_id = $1))""",
        person.id,
    )
    rows = await conn.fetch(
        "/* accounts.reports_about */ select id, messages from reports where $1 in (reporter_id, reported_id)",
        person.id,
    )
    gone = {person.name, str(person.username), f"@{person.username}", str(person.discord_id), str(person.id)}
    for row in rows:
        await conn.execute(
            """/* accounts.forget_report */ update reports set messages = $2,
                reason = case when reporter_id = $3 then '' else reason end,
                network = case when reporter_id = $3 then null else network end,
                subject_id = case when kind = 'profile' then nullif(subject_id, $3) else subject_id end,
                reporter_id = nullif(reporter_id, $3), reported_id = nullif(reported_id, $3) where id = $1""",
            row["id"],
            without(row["messages"], gone, NAME),
            person.id,
        )


async def _forget_mentions(store: Store, discord_id: int) -> None:
    """The name that messages from Discord keep for a mention of this person; there is no index for it, so a part of
    the messages at a time.
    """
    last: int = await store.pool.fetchval("/* accounts.last_message */ select coalesce(max(id), 0) from messages")
    for after in range(0, last, BATCH):
        await store.pool.execute(
            """/* accounts.forget_mentions */ update messages set mentions = mentions #- array['users', $1],
                extras = extras #- array['forward', 'mentions', 'users', $1]
            where id > $2 and id <= $3
                and (mentions -> 'users' ? $1 or extras #> '{forward,mentions,users}' ? $1)""",
            str(discord_id),
            after,
            after + BATCH,
        )
