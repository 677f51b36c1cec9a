"""Posts that are out, as tests about something else need them: put into the database as they are."""

from datetime import datetime, timedelta
from typing import Any

from db import posts
from db.people import Person
from db.posts import Post, Writer
from db.store import Store
from tests.members import NOON

COLUMNS = (
    "id, kind, slug, state, title, summary, tags, pinned, created_at, published_at, updated_at, revision, words, likes"
)


async def a_post(store: Store, author: Person, slug: str = "first-light", **more: Any) -> Post:
    """A post that came out an hour before noon, with a room; `more` are columns."""
    at = NOON - timedelta(hours=1)
    room_id = await store.pool.fetchval("insert into rooms (kind) values ('comments') returning id")
    columns = {
        "slug": slug,
        "title": "First light",
        "author_id": author.id,
        "state": "published",
        "body": "Words.",
        "html": "<p>Words.</p>",
        "printed_by": "a test",
        "created_at": at,
        "published_at": at,
        "updated_at": at,
        "room_id": room_id,
    } | more
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    post_id = await store.pool.fetchval(
        f"insert into posts ({', '.join(columns)}) values ({places}) returning id", *columns.values()
    )
    await store.pool.execute("insert into slugs (slug, post_id) values ($1, $2)", columns["slug"], post_id)
    return await as_kept(store, post_id)


async def as_kept(store: Store, post_id: int) -> Post:
    row = await store.pool.fetchrow(
        f"select {COLUMNS}, author_id, body, html, comments_days, room_id from posts where id = $1", post_id
    )
    name = await store.pool.fetchrow("select name, owner, username from people where id = $1", row["author_id"])
    known = {key: row[key] for key in COLUMNS.split(", ")} | {"tags": tuple(row["tags"])}
    return Post(
        **known,
        author=Writer(row["author_id"], name["name"], name["owner"], name["username"], None),
        cover=None,
        comments=0,
        body=row["body"],
        own_summary="",
        html=row["html"],
        contents=(),
        comments_days=row["comments_days"],
        room_id=row["room_id"],
    )


async def texts_of(store: Store, post: Post) -> list[str]:
    """What each of its revisions says, the newest first."""
    found = [
        await posts.revision(store.pool, post.id, one.number) for one in await posts.revisions(store.pool, post.id)
    ]
    return [one.body for one in found if one]


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)
