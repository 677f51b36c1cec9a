"""Sums of days from another house. Acts; called by db/moving."""

from collections.abc import Iterable
from itertools import islice

from db.store import Store

from ._sums import Sum

TOGETHER = 5000  # rows


async def bring(store: Store, sums: Iterable[Sum]) -> int:
    """All of them or none; what is here already stays. Returns how many are new."""
    rows, new = iter(sums), 0
    async with store.pool.acquire() as conn, conn.transaction():
        while some := list(islice(rows, TOGETHER)):
            new += await conn.fetchval(
                """/* visits.bring */ with brought as (
                    insert into visit_days (day, kind, key, views, visitors, confirmed)
                    select day, kind, key, views, visitors, confirmed from unnest($1::date[], $2::text[], $3::text[],
                        $4::integer[], $5::integer[], $6::integer[]) as n (day, kind, key, views, visitors, confirmed)
                    on conflict (day, kind, key) do nothing returning 1
                ) select count(*) from brought""",
                *(
                    [getattr(one, name) for one in some]
                    for name in ("day", "kind", "key", "views", "visitors", "confirmed")
                ),
            )
    return new
