"""How posts are read from the database: one list of columns for lists, one for whole posts."""

from typing import Any

import asyncpg
import msgspec

from db.markdown import Heading
from db.posts._shape import Cover, Entry, Post, Writer

# `p` is the post, `a` its author, `c` its cover, `r` the room of its comments.
ENTRY = """p.id, p.kind, p.slug, p.author_id, a.name as author_name, a.owner as author_owner,
    a.username as author_username, a.picture as author_picture, p.state, p.title,
    case when p.summary <> '' then p.summary else p.excerpt end as summary, p.tags, c.id as cover, c.ext as cover_ext,
    c.width as cover_width, c.height as cover_height, c.widths as cover_widths, p.cover_alt, p.pinned, p.created_at,
    p.published_at, p.updated_at, p.revision, p.words, p.likes, coalesce(r.said, 0) as comments"""
WHOLE = f"{ENTRY}, p.body, p.summary as own_summary, p.html, p.contents, p.comments_days, p.room_id"
JOINS = """join people a on a.id = p.author_id left join rooms r on r.id = p.room_id
    left join media c on c.id = p.cover and c.released_at is null"""
TABLES = f"posts p {JOINS}"


def entry_from(row: asyncpg.Record) -> Entry:
    return Entry(*_entry_values(row))


def post_from(row: asyncpg.Record) -> Post:
    contents = tuple(msgspec.convert(row["contents"], list[Heading]))
    body = (row["body"], row["own_summary"], row["html"])
    values = (*_entry_values(row), *body, contents, row["comments_days"], row["room_id"])
    return Post(*values)


def _entry_values(row: asyncpg.Record) -> tuple[Any, ...]:
    """In the order of Entry's fields."""
    writer = Writer(*(row[f"author_{name}"] for name in ("id", "name", "owner", "username", "picture")))
    place = (row["cover"], row["cover_ext"], row["cover_width"], row["cover_height"])
    cover = Cover(*place, tuple(row["cover_widths"]), row["cover_alt"]) if row["cover"] else None
    names = ("pinned", "created_at", "published_at", "updated_at", "revision", "words", "likes", "comments")
    return (
        *(row[name] for name in ("id", "kind", "slug")),
        writer,
        *(row[name] for name in ("state", "title", "summary")),
        tuple(row["tags"]),
        cover,
        *(row[name] for name in names),
    )
