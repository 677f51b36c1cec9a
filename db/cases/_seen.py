"""What somebody is told of their record wherever they are, until they say that they have read it: that they were
warned, and that something they wrote was taken away. What keeps them out is said in place of the form anyway.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from db.cases._queries import COLUMNS, from_row
from db.cases._shape import Case
from db.store import Conn

if TYPE_CHECKING:
    from db.store import Store

AT_ONCE = 50


async def unseen(conn: Conn, people: Sequence[int]) -> dict[int, list[Case]]:
    """By person, the latest ones, the oldest first; who has nothing to read is not in it."""
    rows = await conn.fetch(
        f"""/* cases.unseen */ select {COLUMNS} from cases
        where person_id = any($1) and seen_at is null and not hidden
            and kind in ('warn', 'remove', 'purge', 'hide_link')
        order by id""",
        people,
    )
    found: dict[int, list[Case]] = {}
    for case in map(from_row, rows):
        found.setdefault(case.subject.person_id or 0, []).append(case)
    return {person_id: those[-AT_ONCE:] for person_id, those in found.items()}


async def has_any(conn: Conn, person_id: int) -> bool:
    """Whether there is anything about them that they may read."""
    found: bool = await conn.fetchval(
        "/* cases.has_any */ select exists (select from cases where person_id = $1 and not hidden)", person_id
    )
    return found


async def see(store: "Store", person_id: int, upto: int, now: datetime) -> None:
    """They have read what was on record about them up to that case."""
    await store.pool.execute(
        """/* cases.see */ update cases set seen_at = $3
        where person_id = $1 and id <= $2 and seen_at is null and not hidden""",
        person_id,
        upto,
        now,
    )
