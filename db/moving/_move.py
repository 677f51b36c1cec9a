"""One move into the house: from where, for whom, and what has come of it so far."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec

from db import media, posts
from db.errors import Refused, Unavailable
from db.events import PostsChanged
from db.moving._comments import make_room, settle_thread
from db.moving._people import Names
from db.moving._report import Report
from db.moving._settling import Arrival, settle, taken
from db.moving._shape import Thread
from db.store import Store

UNFIT: tuple[type[Exception], ...] = (
    Refused,
    OSError,
    msgspec.DecodeError,
    msgspec.ValidationError,
    asyncpg.DataError,  # such as a zero among the letters
    asyncpg.IntegrityConstraintViolationError,  # the schema's own rules
)


@dataclass(slots=True)
class Move:
    """`root` is the folder, resolved."""

    root: Path
    names: Names
    now: datetime
    report: Report = field(default_factory=Report)


# Rules


def why(error: Exception) -> str:
    """What is said of a file that does not come along."""
    if isinstance(error, Refused):
        return error.sentence
    if isinstance(error, FileNotFoundError):
        return f"{Path(str(error.filename or error)).name} is not there"
    return "it cannot be read" if isinstance(error, OSError) else "it is not as an export has it"


# Acts


async def guarded(store: Store, move: Move, name: str, work: Awaitable[None]) -> None:
    """One file's part of the move; the rest goes on without it. Raises Unavailable when the house has no time."""
    del store
    try:
        await work
    except Unavailable:
        raise
    except UNFIT as error:
        move.report.say(name, why(error))


async def is_known(store: Store, move: Move, slugs: Sequence[str]) -> bool:
    known = await taken(store.pool, list(slugs))
    move.report.known += known
    return known


async def arrive(store: Store, move: Move, one: Arrival, thread: Thread | None = None) -> None:
    """Raises Refused, also for a text that cannot be drawn."""
    fresh = await posts.printed(store, one.draft.body)
    met = dict(move.names.known)
    try:
        async with store.pool.acquire() as conn, conn.transaction():
            post_id = await settle(conn, one, fresh, move.names)
            if thread is not None:
                await settle_thread(conn, post_id, thread, move.names)
            elif one.state != "draft" and one.draft.kind == "post":
                await make_room(conn, post_id, None)
    except BaseException:
        move.names.known = met  # whoever was met for this post alone is not there now
        raise
    move.report.posts += 1
    store.live.announce(PostsChanged(post_id))


@asynccontextmanager
async def new_pictures(store: Store, move: Move) -> AsyncIterator[list[str]]:
    """The ids of new pictures are put into the list; they go again when their post does not come after all."""
    new: list[str] = []
    try:
        yield new
    except BaseException:
        await media.take_back(store, new)
        raise
    move.report.pictures += len(new)
