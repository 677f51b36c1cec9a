"""The numbers of visitors that go along: the sums of each day, in one file beside the posts."""

import asyncio
from datetime import timedelta
from pathlib import Path

from db import visits
from db.errors import Refused
from db.moving import _folders as folders
from db.moving._move import Move
from db.store import Store

NAME = "visits.csv"
TOGETHER = 2000  # rows that are written at once


async def export_visits(store: Store, folder: Path) -> None:
    """Writes no file where nobody was ever counted."""
    days = await visits.span(store.pool)
    if days is None:
        return
    some, path = list[visits.Sum](), folder / NAME
    await asyncio.to_thread(path.write_bytes, visits.CSV_HEAD)
    async for row in visits.export(store.pool, *days):
        some.append(row)
        if len(some) == TOGETHER:
            await asyncio.to_thread(_append, path, some)
            some = []
    await asyncio.to_thread(_append, path, some)


def _append(path: Path, some: list[visits.Sum]) -> None:
    with path.open("ab") as file:
        file.write(visits.in_csv(some))


async def bring_visits(store: Store, move: Move) -> None:
    """Raises Refused, or OSError. An export from before there were numbers has none."""
    path = move.root / NAME
    if not path.exists() and not path.is_symlink():
        return
    data = await asyncio.to_thread(folders.content, move.root, path, folders.JSON_MAX)
    try:
        table = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("it is not written in UTF-8") from None
    latest = move.now.date() + timedelta(days=1)  # which it is already, east of here
    move.report.numbers = await visits.bring(store, visits.of_csv(table, latest))
