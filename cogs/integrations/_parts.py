"""Cards of several parts: what came is shown though another part did not come, and of that what was known stays for a
while. For the sources that ask more than one question.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from db.cards import Snapshot

from ._outbound import Kept, Outbound, SourceFailed, StillComputing

REST = 600.0  # seconds in which a part that failed is not asked for again, or longer where it says so
GOOD_FOR = timedelta(days=2)


async def part(outbound: Outbound, path: str, **how: Any) -> Any:
    """As `outbound.json`, for what a card can be without: while it rests after a failure it fails without a question.
    Raises SourceFailed, and StillComputing, which is no failure.
    """
    key = ("resting", path)
    resting = outbound.memory.get(key)
    if resting and outbound.clock() < resting.until:
        raise SourceFailed(resting.value[0], status=resting.value[1])
    try:
        return await outbound.json(path, **how)
    except StillComputing:
        raise
    except SourceFailed as failed:
        wait = max(REST, failed.retry_after or 0.0)
        outbound.memory[key] = Kept((failed.sentence, failed.status), "", outbound.clock() + wait)
        raise


def is_good(until: object, now: datetime) -> bool:
    """Whether what ends with that day, as it is kept (`2026-05-29`), still says something of now."""
    try:
        return isinstance(until, str) and date.fromisoformat(until) >= now.date() - GOOD_FOR
    except ValueError:
        return False


def completed(snapshot: Snapshot, known: Mapping[str, Any], nothing: Mapping[str, Any]) -> Snapshot:
    """With the keys of `nothing` that did not come: as they were known, else as they are there."""
    return Snapshot(
        {**nothing, **{key: known[key] for key in nothing if key in known}, **snapshot.data},
        snapshot.pictures,
        snapshot.trouble,
    )
