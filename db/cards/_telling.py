"""What the moderators are told of the sources: once that one has failed for an hour, and once that it is back."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.cards._queries import STATE_COLUMNS
from db.cards._shape import State

if TYPE_CHECKING:  # the store holds the cards
    from collections.abc import Iterable

    from db.store import Conn, Store

LONG = timedelta(hours=1)


async def untold(conn: "Conn", names: "Iterable[str]", now: datetime) -> State | None:
    """One of these sources of which there is something to tell: it fails and has for long, or it was told of and
    answers again. What is paused does neither; and what is due is asked first, for nobody may have asked it for days.
    """
    row = await conn.fetchrow(
        f"""/* cards.untold */ select {STATE_COLUMNS} from cards where name = any($1) and not is_paused
            and (failing_since <= $2 and next_at > $3 and told_id is null
                or failing_since is null and told_id is not null)
        order by name limit 1""",
        list(names),
        now - LONG,
        now,
    )
    return State(**row) if row else None


async def record_told(store: "Store", state: State, message_id: int) -> None:
    """The moderators have been told how it was in `state`, by this message."""
    await store.pool.execute(
        "/* cards.record_told */ update cards set told_id = $2 where name = $1 and told_id is not distinct from $3",
        state.name,
        message_id if state.failing_since else None,
        state.told_id,
    )
