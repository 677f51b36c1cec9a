"""What a source answered is kept: in PostgreSQL, in memory, in Redis for the others; what changed is announced."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from db.cards import _queries as queries
from db.cards._shape import PICTURE_SIDE, Card, Cover, Data, Picture, Snapshot, checked
from db.events import CardsChanged, CardsDue

if TYPE_CHECKING:  # the store holds the cards
    import asyncpg

    from db.store import Conn, Store

UNWANTED = timedelta(days=1)  # after which a picture that no card shows goes
FED_PERIODS = 2.5  # so long is a source not asked after it came by itself


async def develop(store: "Store", brought: bytes, source: str) -> Picture:
    """A small still picture, made anew. Raises Refused (`bad_picture`), NoRoom, or Unavailable."""
    async with store.darkroom.developed(brought, side=PICTURE_SIDE) as developed:
        report, content = developed.report, developed.whole.read_bytes()
    name = hashlib.sha256(content).hexdigest()[:32]
    return Picture(name, report.content_type, content, report.width, report.height, source)


async def keep(
    store: "Store",
    name: str,
    snapshot: Snapshot,
    now: datetime,
    covers: Mapping[str, Picture] | None = None,
    *,
    next_at: datetime | None = None,
    is_fed: bool = False,
) -> Card:
    """Keeps a good answer, with those of its pictures that were brought; those that are kept already are found by
    their address. With `next_at` the source is let go until then; what came by itself (`is_fed`) puts off its next
    question. Announces CardsChanged if the card shows something else. Raises Refused for what no card can hold.
    """
    data = checked(snapshot.data)
    if is_fed and next_at is None:
        next_at = now + timedelta(seconds=store.config.sources[name].period * FED_PERIODS)
    async with store.pool.acquire() as conn, conn.transaction():
        await _lock(conn, name, now)
        shown = await _keep_pictures(conn, name, snapshot, now, covers or {})
        row = await _update(conn, name, data, shown, now, next_at, is_fed, snapshot.trouble)
    card = queries.from_row(row)
    assert card
    await _show(store, card, row["is_news"])
    if row["told_id"]:
        store.live.announce(CardsDue())  # those who were told that it fails are to be told that it is back
    return card


async def confirm(store: "Store", name: str, now: datetime) -> None:
    """The last answer is still true: whoever listens to its source would know."""
    row = await store.pool.fetchrow(
        f"""/* cards.confirm */ update cards set fetched_at = greatest(fetched_at, $2), failures = 0,
            failing_since = null, last_error = ''
        where name = $1 and data is not null returning {queries.COLUMNS}""",
        name,
        now,
    )
    if row and (card := queries.from_row(row)):
        await _show(store, card, is_news=False)


async def _lock(conn: "Conn", name: str, now: datetime) -> None:
    await conn.execute(
        "/* cards.lock */ insert into cards (name, next_at) values ($1, $2) on conflict (name) do nothing", name, now
    )
    await conn.execute("/* cards.lock */ select from cards where name = $1 for update", name)


async def _keep_pictures(
    conn: "Conn", name: str, snapshot: Snapshot, now: datetime, brought: Mapping[str, Picture]
) -> dict[str, Cover]:
    for picture in brought.values():
        await queries.add_picture(conn, name, picture, now)
    await queries.want_pictures(conn, name, snapshot.pictures.values(), now, now - UNWANTED)
    if not snapshot.pictures:
        return {}
    found = await queries.covers(conn, name, snapshot.pictures.values())
    return {key: found[source] for key, source in snapshot.pictures.items() if source in found}


async def _update(
    conn: "Conn",
    name: str,
    data: Data,
    pictures: Mapping[str, Cover],
    now: datetime,
    next_at: datetime | None,
    is_fed: bool,
    trouble: str,
) -> "asyncpg.Record":
    row = await conn.fetchrow(
        f"""/* cards.update */ with before as (
            select data is distinct from $2 or pictures is distinct from $3 as is_news from cards where name = $1
        ) update cards set data = $2, pictures = $3, fetched_at = $4, is_fed = $6,
            version = version + is_news::integer, changed_at = case when is_news then $4 else changed_at end,
            failures = 0, failing_since = null, last_error = $7, held_until = null, is_wanted = false,
            next_at = coalesce($5, next_at),
            taken_until = case when $5::timestamptz is null then taken_until end
        from before where name = $1 returning {queries.COLUMNS}, is_news, told_id""",
        name,
        data,
        pictures,
        now,
        next_at,
        is_fed,
        trouble,
    )
    assert row
    return row


async def _show(store: "Store", card: Card, is_news: bool) -> None:
    """Here, and to the others; a late answer does not take the place of a newer one."""
    there = store.cards.current.get(card.name)
    if there is None or card.version >= there.version:
        store.cards.current[card.name] = card
    await store.cards.fading.put(card.name, msgspec.json.encode(card))
    if is_news:
        store.live.announce(CardsChanged(card.name, card.version))
