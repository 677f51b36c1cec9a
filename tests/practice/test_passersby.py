"""The demo's visitors: the same ones each time, up to yesterday, and as counting would have left them."""

from collections import Counter
from datetime import date, timedelta

from db import moving, visits
from practice import passersby
from tests.members import NOON, member

TODAY = date(2026, 5, 1)


def test_they_are_the_same_each_time_and_end_yesterday():
    table = passersby.table(TODAY)
    assert table == passersby.table(TODAY)
    days = {one.day for one in visits.of_csv(table.decode(), TODAY)}
    assert (min(days), max(days), len(days)) == (TODAY - timedelta(days=75), TODAY - timedelta(days=1), 75)


def test_their_sums_hold_together():
    views, visitors = Counter(), Counter()
    for one in visits.of_csv(passersby.table(TODAY).decode(), TODAY):
        assert one.confirmed <= one.visitors <= one.views
        views[one.day, one.kind] += one.views
        visitors[one.day, one.kind] += one.visitors
    for day in {day for day, _ in views}:
        assert len({views[day, kind] for kind in ("total", "hour", "first", "path", "browser", "language")}) == 1
        assert len({visitors[day, kind] for kind in ("total", "hour", "first", "browser", "device", "system")}) == 1
        assert views[day, "link"] <= visitors[day, "total"]


async def test_they_move_in_with_a_blog_of_another_program(store, tmp_path):
    await member(store, "robin", "Robin", owner=True)
    (tmp_path / "visits.csv").write_bytes(passersby.table(TODAY))
    report = await moving.import_from(store, tmp_path, NOON)
    assert (report.numbers > 3000, report.said) == (True, [])
    assert "sums of visitors" in str(report)
    assert (await visits.totals(store.pool, TODAY - timedelta(days=30), TODAY)).visitors > 500
