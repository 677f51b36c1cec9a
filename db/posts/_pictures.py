"""The pictures of a post: which it may show, and how long they are needed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from db import media
from db.markdown import Picture, pictures_in
from db.posts._shape import BadDraft, Draft
from db.store import Conn

NOT_THERE = "The picture {name} is not here any more, or it is not yours to show."


def all_of(draft: Draft) -> list[str]:
    """Media ids that the text names, and the cover."""
    return list(dict.fromkeys([*pictures_in(draft.body), *([draft.cover] if draft.cover else [])]))


async def described(conn: Conn, media_ids: Iterable[str], person_id: int = 0) -> dict[str, Picture]:
    """What the press has to know of these, as far as they are public, or this person's and not a chat's."""
    rows = await conn.fetch(
        """/* posts.described */ select id as media, ext, width, height, widths, alt from media
        where id = any($1) and released_at is null and room_id is null and (used or person_id = $2)""",
        list(media_ids),
        person_id,
    )
    return {row["media"]: Picture(**{**row, "widths": tuple(row["widths"])}) for row in rows}


async def with_alt(conn: Conn, draft: Draft) -> Draft:
    """The draft with a description of its cover: its own, or the one that the picture came with."""
    if draft.cover is None or draft.cover_alt:
        return draft
    alt = await conn.fetchval("/* posts.alt_of */ select alt from media where id = $1", draft.cover)
    return replace(draft, cover_alt=alt or "")


async def check(conn: Conn, person_id: int, draft: Draft) -> None:
    """Raises BadDraft when there is a picture that this person may not show: neither their own nor public."""
    asked = all_of(draft)
    rows = await conn.fetch(
        """/* posts.may_show */ select id from media
        where id = any($1) and released_at is null and room_id is null and (used or person_id = $2)""",
        asked,
        person_id,
    )
    for missing in set(asked) - {row["id"] for row in rows}:
        raise BadDraft("cover" if missing == draft.cover else "body", NOT_THERE.format(name=missing))


async def take(conn: Conn, post_id: int, person_id: int, draft: Draft) -> None:
    """From here on the post needs its pictures. One that nothing used before is its own. Raises BadDraft as `check`."""
    asked = sorted(all_of(draft))
    await conn.execute("/* posts.lock_pictures */ select from media where id = any($1) order by id for update", asked)
    await check(conn, person_id, draft)
    await conn.execute(
        """/* posts.take_pictures */ with mine as (
            update media set used = true where id = any($2) and not used returning id
        ) insert into post_pictures (post_id, media_id, own)
        select $1, asked.id, exists (select from mine where mine.id = asked.id) from unnest($2::text[]) as asked (id)
        on conflict do nothing""",
        post_id,
        asked,
    )


async def let_go(conn: Conn, post_id: int, now: datetime) -> None:
    """The post needs no picture any more. What was its own becomes that of another post that shows it, or goes.

    Locked in one order, as in `take`: two posts that show the same pictures may go at once.
    """
    await conn.execute(
        """/* posts.lock_let_go */ select from media
        where id in (select media_id from post_pictures where post_id = $1) order by id for update""",
        post_id,
    )
    rows = await conn.fetch(
        "/* posts.let_go */ delete from post_pictures where post_id = $1 returning media_id, own", post_id
    )
    own = [row["media_id"] for row in rows if row["own"]]
    await media.release(conn, own, now)
