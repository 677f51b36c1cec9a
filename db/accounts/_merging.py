"""Two rows that turn out to be one person: what was said and done under the one belongs to the other from here.

The emptied row stays, with `merged_into`, for somebody may be writing under its number at this moment; db/writer asks
it for the right one. Used by _discord.py, inside its transaction.
"""

from asyncpg.pool import PoolConnectionProxy

from db import writer
from db.store import Conn

NAMELESS = "former name"

# What belongs to a person and moves as it is, once what would meet its own kind there is out of the way.
MOVES = (
    "/* merging.messages */ update messages set author_id = $2 where author_id = $1",
    "/* merging.reactions */ update reactions set person_id = $2 where person_id = $1",
    "/* merging.changes */ update changes set person_id = $2 where person_id = $1",
    "/* merging.media */ update media set person_id = $2 where person_id = $1",
    "/* merging.posts */ update posts set author_id = $2 where author_id = $1",
    "/* merging.revisions */ update revisions set person_id = $2 where person_id = $1",
    "/* merging.post_likes */ update post_likes set person_id = $2 where person_id = $1",
    "/* merging.comments */ update comments set author_id = $2 where author_id = $1",
    """/* merging.held */ update held h set author_id = $2 where author_id = $1 and not exists (
        select from held n where n.author_id = $2 and n.nonce = h.nonce)""",
    "/* merging.held_by */ update held set decided_by = $2 where decided_by = $1",
    "/* merging.decisions */ update comments set decided_by = $2 where decided_by = $1",
    "/* merging.sanctions */ update sanctions set person_id = $2 where person_id = $1",
    "/* merging.sanctions_by */ update sanctions set by_id = $2 where by_id = $1",
    "/* merging.cases */ update cases set person_id = $2 where person_id = $1",
    "/* merging.cases_by */ update cases set by_id = $2 where by_id = $1",
    "/* merging.reports_by */ update reports set reporter_id = $2 where reporter_id = $1",
    "/* merging.reports_about */ update reports set reported_id = $2 where reported_id = $1",
    "/* merging.reports_decided */ update reports set decided_by = $2 where decided_by = $1",
    "/* merging.profiles_reported */ update reports set subject_id = $2 where kind = 'profile' and subject_id = $1",
    "/* merging.raids_ended */ update raids set ended_by = $2 where ended_by = $1",
    "/* merging.filters */ update filters set added_by = $2 where added_by = $1",
    "/* merging.moderator_roles */ update moderator_roles set added_by = $2 where added_by = $1",
    "/* merging.links */ update links set person_id = $2 where person_id = $1",
    "/* merging.chain */ update people set merged_into = $2 where merged_into = $1",
)


# Queries


async def lock_rooms(conn: Conn) -> None:
    """Waits for what is being written in the rooms that Discord hears, and keeps anybody from writing meanwhile. Posts
    come before the rooms of their comments, as in db/comments: else the two could wait for each other.
    """
    await conn.execute(
        """/* merging.lock_posts */ select p.id from posts p join rooms o on o.id = p.room_id
        where o.channel_id is not null order by p.id for no key update of p"""
    )
    await conn.execute(
        """/* merging.lock_rooms */ select id from rooms where kind = 'public' or channel_id is not null
        order by id for no key update"""
    )


async def merge(conn: PoolConnectionProxy, old_id: int, new_id: int) -> list[int]:
    """Moves all that is of `old_id` to `new_id`; the Discord id and the owner's mark are left for the caller to give.
    Returns the rooms in which reactions had to be counted anew. To be called after `lock_rooms`.
    """
    twice = await conn.fetch(
        """/* merging.twice */ select distinct m.room_id, m.id from reactions o
        join reactions n on n.message_id = o.message_id and n.emoji = o.emoji and n.person_id = $2
        join messages m on m.id = o.message_id where o.person_id = $1 order by m.id""",
        old_id,
        new_id,
    )
    await conn.execute(
        """/* merging.same_reactions */ delete from reactions o using reactions n
        where o.person_id = $1 and n.person_id = $2
            and (n.message_id, n.emoji, n.source) = (o.message_id, o.emoji, o.source)""",
        old_id,
        new_id,
    )
    await _like_once(conn, old_id, new_id)
    await _take_letters(conn, old_id, new_id)
    await _exclude_once(conn, old_id, new_id)
    await _see_once(conn, old_id, new_id)
    for statement in MOVES:
        await conn.execute(statement, old_id, new_id)
    await conn.execute(
        """/* merging.leave_shell */ update people
        set discord_id = null, owner = false, name = $3, merged_into = $2 where id = $1""",
        old_id,
        new_id,
        NAMELESS,
    )
    await conn.execute("/* merging.no_names */ delete from names_used where person_id = $1", old_id)
    for row in twice:
        await writer.recount(conn, row["room_id"], row["id"])
    return sorted({row["room_id"] for row in twice})


async def _take_letters(conn: Conn, old_id: int, new_id: int) -> None:
    """What both would be told is told once."""
    await conn.execute(
        """/* merging.letters */ with moved as (
            insert into letters (person_id, kind, report_id, created_at, tries, next_at)
            select $2, kind, report_id, created_at, tries, next_at from letters where person_id = $1
            on conflict do nothing
        ) delete from letters where person_id = $1""",
        old_id,
        new_id,
    )


async def _like_once(conn: Conn, old_id: int, new_id: int) -> None:
    """A post that both like has one like from here on."""
    await conn.execute(
        """/* merging.same_likes */ with twice as (
            delete from post_likes o using post_likes n
            where o.person_id = $1 and n.person_id = $2 and n.post_id = o.post_id returning o.post_id
        ) update posts set likes = greatest(likes - 1, 0) where id in (select post_id from twice)""",
        old_id,
        new_id,
    )


async def _exclude_once(conn: Conn, old_id: int, new_id: int) -> None:
    """Who did not want to be counted still does not."""
    await conn.execute(
        """/* merging.exclusion */ with gone as (
            delete from visit_exclusions where person_id = $1 returning person_id
        ) insert into visit_exclusions (person_id) select $2 from gone on conflict (person_id) do nothing""",
        old_id,
        new_id,
    )


async def _see_once(conn: Conn, old_id: int, new_id: int) -> None:
    """Where they were seen, under which names, and in which raid: what both were is kept once."""
    await conn.execute(
        """/* merging.sightings */ with gone as (
            delete from sightings where person_id = $1 returning network, first_at, last_at
        ) insert into sightings (person_id, network, first_at, last_at)
        select $2, network, first_at, last_at from gone on conflict (person_id, network) do update
        set first_at = least(sightings.first_at, excluded.first_at),
            last_at = greatest(sightings.last_at, excluded.last_at)""",
        old_id,
        new_id,
    )
    await conn.execute(
        """/* merging.names */ insert into names_used (person_id, name, first_at, last_at)
        select $2, name, first_at, last_at from names_used where person_id = $1
        on conflict (person_id, name) do update set first_at = least(names_used.first_at, excluded.first_at),
            last_at = greatest(names_used.last_at, excluded.last_at)""",
        old_id,
        new_id,
    )
    await conn.execute(
        """/* merging.raids */ with gone as (
            delete from raid_people where person_id = $1 returning raid_id
        ) insert into raid_people (raid_id, person_id) select raid_id, $2 from gone on conflict do nothing""",
        old_id,
        new_id,
    )
