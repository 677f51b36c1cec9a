"""Finding posts by their words: title before tags before text, without accents, as the site's language bends them."""

from datetime import datetime

import asyncpg

from db.excerpts import OPTIONS, START, marked
from db.posts._printing import search_by
from db.posts._rows import ENTRY, JOINS, entry_from
from db.posts._shape import Found, Hit
from db.store import Conn

WORDS_MAX = 200  # characters of what is looked for that count
# Where very many posts have the words, those that have them in their title or tags come first, then the newest: to
# weigh all would read the whole archive. With MANY that have them, enough are among the NEWEST.
WEIGHED, MANY, NEWEST = 100, 500, 2000
# Looking through a whole text for what to show of it takes longest. A single word is looked for where its stem stands
# first; if that is another word, or none, or there are several to find, it is the whole text.
BEFORE, AROUND = 250, 1000  # characters
NEARBY = f"""cross join lateral (
        select case when numnode(q.query) = 1 then strpos(lower(p.plain), trim('''' from q.query::text)) end as place
    ) as found_at cross join lateral (
        select case when place > 0 then ts_headline(
            $2::regconfig, substr(p.plain, greatest(1, place - {BEFORE}), {AROUND}), q.query, $6) end as words offset 0
    ) as nearby"""
SNIPPET = f"""case when strpos(nearby.words, '{START}') > 0 then nearby.words
    else ts_headline($2::regconfig, p.plain, q.query, $6) end"""
SHOWN = "p.deleted_at is null and p.state in ('published', 'scheduled')"  # or will be, in time
PAGES = f"{SHOWN} and p.published_at <= $1"


async def search(conn: Conn, words: str, now: datetime, limit: int, offset: int = 0, language: str = "en") -> Found:
    """Posts and pages that came out and have these words, the best first. `words` as people type them: "a phrase",
    or, -without. Nothing asked for finds nothing.
    """
    rows = await conn.fetch(
        f"""/* posts.search */ with asked as materialized (
            select websearch_to_tsquery($2::regconfig, $3) as query
        ), found as materialized (
            select p.id, p.published_at from posts p, asked q where {PAGES} and p.search @@ q.query limit {MANY}
        ), many as materialized (
            select count(*) = {MANY} as so from found
        ), alike as (
            (select p.id from posts p, asked q
                where {PAGES} and p.heads @@ q.query order by p.published_at desc limit {WEIGHED})
            union
            (select id from found where not (select so from many) order by published_at desc limit {WEIGHED})
            union
            (select n.id from asked q, (
                select p.id, p.published_at, p.search from posts p
                where (select so from many) and p.kind = 'post' and {SHOWN}
                order by p.published_at desc, p.id desc limit {NEWEST}
            ) as n where n.published_at <= $1 and n.search @@ q.query limit {WEIGHED})
        ), page as (
            select p.id, ts_rank_cd(p.search, q.query, 1) as weight, least(count(*) over (), {WEIGHED}) as total
            from alike l join posts p on p.id = l.id cross join asked q
            order by weight desc, p.published_at desc, p.id desc limit $4 offset $5
        ) select {ENTRY}, {SNIPPET} as snippet, page.total
        from page join posts p on p.id = page.id cross join asked q {JOINS} {NEARBY}
        order by page.weight desc, p.published_at desc, p.id desc""",
        now,
        search_by(language),
        words[:WORDS_MAX],
        limit,
        offset,
        OPTIONS,
    )
    return Found([_hit(row) for row in rows], rows[0]["total"] if rows else 0)


def _hit(row: asyncpg.Record) -> Hit:
    return Hit(entry_from(row), marked(row["snippet"]))


async def nearest_title(conn: Conn, words: str, now: datetime) -> str | None:
    """The title that looks most like what was asked for, where nothing was found; None when none does."""
    title: str | None = await conn.fetchval(
        f"""/* posts.nearest_title */ select p.title from posts p
        where {PAGES} and lower($2) <% (lower(p.title) || ' ' || p.slug)
        order by word_similarity(lower($2), lower(p.title)) desc, p.published_at desc limit 1""",
        now,
        words.strip()[:WORDS_MAX],
    )
    return title
