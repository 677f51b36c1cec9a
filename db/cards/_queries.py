"""Reading cards, their pictures, and how it is with their sources."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from db.cards._shape import Card, Cover, Picture, State, url_of

if TYPE_CHECKING:  # the store holds the cards
    import asyncpg

    from db.store import Conn

log = logging.getLogger(__name__)
PICTURES_MAX = 300  # of a card; more than it shows on a day, but for a source that makes them up
COLUMNS = "name, data, pictures, version, fetched_at, changed_at, is_fed"
STATE_COLUMNS = """name, version, fetched_at, changed_at, is_fed, next_at, held_until, is_wanted, taken_until,
    is_paused, failures, failing_since, last_error, told_id"""


def from_row(row: "asyncpg.Record") -> Card | None:
    """None for what is no card of ours, however it came there."""
    try:
        return msgspec.convert(dict(row), Card)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        log.warning("What is kept of the card %s cannot be read (%s): it is not shown", row["name"], error)
        return None


async def kept(conn: "Conn") -> list[Card]:
    """The last good answers, of whichever sources there were."""
    rows = await conn.fetch(f"/* cards.kept */ select {COLUMNS} from cards where data is not null")
    return [card for row in rows if (card := from_row(row))]


async def one(conn: "Conn", name: str) -> Card | None:
    row = await conn.fetchrow(f"/* cards.one */ select {COLUMNS} from cards where name = $1 and data is not null", name)
    return from_row(row) if row else None


async def states(conn: "Conn") -> list[State]:
    """How it is with each source that was ever asked, by name."""
    rows = await conn.fetch(f"/* cards.states */ select {STATE_COLUMNS} from cards order by name")
    return [State(**row) for row in rows]


async def state(conn: "Conn", name: str) -> State | None:
    row = await conn.fetchrow(f"/* cards.state */ select {STATE_COLUMNS} from cards where name = $1", name)
    return State(**row) if row else None


async def picture(conn: "Conn", card: str, name: str) -> Picture | None:
    row = await conn.fetchrow(
        """/* cards.picture */ select name, content_type, content, width, height, source from card_pictures
        where card = $1 and name = $2""",
        card,
        name,
    )
    return Picture(**row) if row else None


async def covers(conn: "Conn", card: str, sources: Iterable[str]) -> dict[str, Cover]:
    """Those of these addresses whose picture is kept already."""
    rows = await conn.fetch(
        """/* cards.covers */ select name, content_type, width, height, source from card_pictures
        where card = $1 and source = any($2)""",
        card,
        list(sources),
    )
    found = ((row["source"], url_of(card, row["name"], row["content_type"]), row) for row in rows)
    return {source: Cover(url, row["width"], row["height"]) for source, url, row in found}


async def add_picture(conn: "Conn", card: str, picture: Picture, now: datetime) -> None:
    """Keeps it; the same bytes from another address are the same picture."""
    await conn.execute(
        """/* cards.add_picture */ insert into card_pictures
            (card, name, content_type, content, width, height, source, wanted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (card, name) do update set source = excluded.source, wanted_at = excluded.wanted_at""",
        card,
        picture.name,
        picture.content_type,
        picture.content,
        picture.width,
        picture.height,
        picture.source,
        now,
    )


async def want_pictures(conn: "Conn", card: str, sources: Iterable[str], now: datetime, before: datetime) -> None:
    """These are shown; what was not since `before` goes, and what was wanted before very many others."""
    await conn.execute(
        """/* cards.want_pictures */ with wanted as (
            update card_pictures set wanted_at = $3 where card = $1 and source = any($2) returning name
        ) delete from card_pictures where card = $1 and not source = any($2) and (wanted_at < $4 or name in (
            select name from card_pictures where card = $1 order by wanted_at desc, name offset $5))""",
        card,
        list(sources),
        now,
        before,
        PICTURES_MAX,
    )
