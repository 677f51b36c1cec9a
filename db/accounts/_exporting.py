"""All that the site knows of a member, as one JSON document for them to take along; made piece by piece."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from db import sessions, visits
from db.accounts._queries import get
from db.accounts._shape import Account
from db.errors import NotFound, TooOften
from db.people import Person
from db.store import Conn, Store

BATCH = 500
COUNT, PERIOD = 6, 3600.0  # downloads of one person in so many seconds
POSTS_BATCH = 20  # of what may have 200,000 characters each
TABLES = (
    *("messages", "reactions", "chats", "requests", "blocks", "pictures", "posts", "comments", "likes"),
    *("names", "networks", "cases"),
)

# Each reads what comes after `$2`, at most `$3` rows in the order of the first column, which is not told.
MESSAGES = """/* accounts.own_messages */ select m.id as key, m.id::text as id,
        coalesce(r.slug, 'comments on ' || b.slug, 'chat ' || r.id) as room, m.source, m.content,
        m.reply_to_id::text as reply_to,
        (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', file ->> 'name', 'alt', file ->> 'alt',
            'picture', file ->> 'media'))), '[]') from jsonb_array_elements(m.attachments) as file) as files,
        m.created_at, m.edited_at, m.deleted_at
    from messages m join rooms r on r.id = m.room_id left join posts b on b.room_id = r.id
    where m.author_id = $1 and m.id > $2 order by m.id limit $3"""
REACTIONS = """/* accounts.own_reactions */ select message_id as key, message_id::text as message,
        array_agg(emoji order by created_at) as emoji, min(created_at) as created_at
    from reactions where person_id = $1 and message_id > $2 group by message_id order by message_id limit $3"""
CHATS = """/* accounts.own_chats */ select m.room_id as key, 'chat ' || m.room_id as room, p.username as "with",
        m.joined_at, m.left_at
    from members m join rooms r on r.id = m.room_id
    join people p on p.id = case when r.low_id = m.person_id then r.high_id else r.low_id end
    where m.person_id = $1 and m.room_id > $2 order by m.room_id limit $3"""
# What somebody else wrote, and what became of an own request, are theirs to tell.
REQUESTS = """/* accounts.own_requests */ select c.id as key, f.username as "from", t.username as "to",
        case when c.from_id = $1 then c.words end as words, c.created_at
    from chat_requests c join people f on f.id = c.from_id join people t on t.id = c.to_id
    where (c.from_id = $1 or (c.to_id = $1 and c.state <> 'unseen')) and c.id > $2 order by c.id limit $3"""
BLOCKS = """/* accounts.own_blocks */ select b.blocked_id as key, p.username, b.created_at
    from blocks b join people p on p.id = b.blocked_id
    where b.blocker_id = $1 and b.blocked_id > $2 order by b.blocked_id limit $3"""
PICTURES = """/* accounts.own_pictures */ select row_number() over (order by created_at, id) as key,
        '/media/' || id || '/full.' || ext as url, alt, size, width, height, created_at
    from media where person_id = $1 and digest is not null and released_at is null
    order by created_at, id offset $2 limit $3"""
POSTS = """/* accounts.own_posts */ select id as key, slug, kind, state, title, summary, tags, body, created_at,
        published_at, updated_at
    from posts where author_id = $1 and deleted_at is null and id > $2 order by id limit $3"""
# Once a comment is approved, its words are among the messages.
COMMENTS = """/* accounts.own_comments */ select c.id as key, p.slug as post, c.state, c.content,
        c.message_id::text as message, c.created_at
    from comments c join posts p on p.id = c.post_id
    where c.author_id = $1 and c.id > $2 order by c.id limit $3"""
LIKES = """/* accounts.own_likes */ select l.post_id as key, p.slug as post, l.created_at
    from post_likes l join posts p on p.id = l.post_id
    where l.person_id = $1 and l.post_id > $2 order by l.post_id limit $3"""
NAMES = """/* accounts.own_names */ select row_number() over (order by first_at, name) as key, name, first_at, last_at
    from names_used where person_id = $1 order by first_at, name offset $2 limit $3"""
NETWORKS = """/* accounts.own_networks */ select row_number() over (order by first_at, network) as key,
        encode(network, 'hex') as keyed_hash, first_at, last_at
    from sightings where person_id = $1 order by first_at, network offset $2 limit $3"""
# What moderators note for themselves is theirs, and so is who of them it was; what others said beside it is theirs.
CASES = """/* accounts.own_cases */ select id as key, id as number, kind, rule, reason, until,
        (select jsonb_agg(said) from jsonb_array_elements(evidence) as said where said ->> 'name' = person_name)
            as evidence, created_at
    from cases where person_id = $1 and not hidden and id > $2 order by id limit $3"""
STATEMENTS = dict(
    zip(
        TABLES,
        (MESSAGES, REACTIONS, CHATS, REQUESTS, BLOCKS, PICTURES, POSTS, COMMENTS, LIKES, NAMES, NETWORKS, CASES),
        strict=True,
    )
)


async def export(store: Store, person: Person, clock: float, now: datetime) -> AsyncIterator[bytes]:
    """The document's bytes. `clock` is of time.monotonic(). Raises TooOften, or NotFound for who has no account."""
    account = await get(store.pool, person.id)
    if account is None:
        raise NotFound
    wait = store.limits.exports.take(str(person.id), clock, COUNT, PERIOD)
    if wait:
        raise TooOften("You have just taken your data along. Please come back in an hour.", wait)
    return _pieces(store, account, now)


async def _pieces(store: Store, account: Account, now: datetime) -> AsyncIterator[bytes]:
    person = account.person
    counted = not await visits.is_excluded(store.pool, person.id)
    head = {
        "site": store.config.public_url,
        "made_at": now,
        "account": {**_account(account), "visits_are_counted": counted},
    }
    head["sessions"] = [_session(one) for one in await sessions.of_person(store.pool, person.id, now)]
    yield msgspec.json.format(msgspec.json.encode(head), indent=1).removesuffix(b"\n}")
    for name, statement in STATEMENTS.items():
        yield f',\n "{name}": ['.encode()
        async for piece in _rows(store.pool, statement, person.id, POSTS_BATCH if name == "posts" else BATCH):
            yield piece
        yield b"]"
    yield b"\n}\n"


async def _rows(conn: Conn, statement: str, person_id: int, batch: int) -> AsyncIterator[bytes]:
    last, comma = 0, b"\n  "
    while True:
        rows = await conn.fetch(statement, person_id, last, batch)
        if rows:
            yield comma + b",\n  ".join(_line(row) for row in rows)
            last, comma = rows[-1]["key"], b",\n  "
        if len(rows) < batch:
            return


def _line(row: asyncpg.Record) -> bytes:
    return msgspec.json.encode({name: value for name, value in row.items() if name != "key"})


def _account(account: Account) -> dict[str, Any]:
    person = account.person
    return {
        "username": person.username,
        "name": person.name,
        "role": "owner" if person.owner else person.role,
        "discord_id": str(person.discord_id) if person.discord_id else None,
        "has_password": account.password_hash is not None,
        "about": account.about,
        "links": account.links,
        "may_ask": account.may_ask,
        "shows_reading": account.shows_reading,
        "shows_online": account.shows_online,
        "notify_discord": account.notify_discord,
        "created_at": account.created_at,
    }


def _session(one: sessions.Session) -> dict[str, Any]:
    return {"browser": one.data.get("agent", ""), "created_at": one.created_at, "seen_at": one.seen_at}
