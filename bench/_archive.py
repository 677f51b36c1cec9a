"""A blog of any size, put into the database at once: posts with tags, words to find, and comments below each."""

from datetime import UTC, datetime

from db import people, posts
from db.store import Store

PER_POST = 10  # comments
BODY = """select string_agg(word, ' ') from (
    select (array['lamp','porch','pixel','river','letter','window','kettle','garden','evening','paper','owl','house',
        'winter','bread','music','cable'])[1 + (hashint8(($1 * 1000 + k)::bigint) & 15)] as word
    from generate_series(1, 400) as k) as words"""


async def written(store: Store, count: int, days: int) -> None:
    """So many posts by one author over the last so many days, with ten comments each. Every fiftieth has `lantern`."""
    author = await people.add_visitor(store.pool, "Ann")
    await store.pool.execute("update people set username = 'ann', role = 'author' where id = $1", author.id)
    await store.pool.execute("insert into accounts (person_id, created_at) values ($1, now())", author.id)
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute("set local statement_timeout = 0")
        await conn.execute(
            """insert into rooms (kind, seq, said)
            select 'comments', $2::integer, $2::integer from generate_series(1, $1::integer)""",
            count,
            PER_POST,
            timeout=300,
        )
        await conn.execute(
            f"""with numbered as (
                select n, r.id as room_id, ({BODY.replace("$1", "n")})
                    || case when n % 50 = 0 then ' lantern' else '' end as plain
                from generate_series(1, $1::integer) as n
                join (select id, row_number() over (order by id) as n from rooms where kind = 'comments') r using (n)
            ), made as (
                insert into posts (slug, author_id, state, title, body, tags, created_at, published_at, updated_at,
                    html, plain, excerpt, words, printed_by, room_id)
                select 'post-' || n, $2::bigint, 'published', 'The post with number ' || n, plain,
                    array['tag-' || (n % 20), 'all'], at, at, at, '<p>' || plain || '</p>', plain, left(plain, 280),
                    400, 'a benchmark', room_id
                from numbered, lateral (select now() - n * ($3::double precision / $1) * interval '1 day' as at) t
                returning id, slug
            ) insert into slugs (slug, post_id) select slug, id from made""",
            count,
            author.id,
            float(days),
            timeout=600,
        )
        await conn.execute(
            """update posts set heads = to_tsvector('site_english', title),
                search = setweight(to_tsvector('site_english', title), 'A') || to_tsvector('site_english', plain)""",
            timeout=600,
        )
        await conn.execute(
            """insert into messages (room_id, seq, author_id, source, nonce, content, created_at)
            select r.id, k, $1, 'web', r.id || ' ' || k, 'A comment of the usual length, number ' || k, now()
            from rooms r, generate_series(1, $2::integer) as k where r.kind = 'comments'""",
            author.id,
            PER_POST,
            timeout=600,
        )
    await store.pool.execute("vacuum analyze", timeout=600)
    assert await posts.count(store.pool, datetime.now(UTC)) == count
