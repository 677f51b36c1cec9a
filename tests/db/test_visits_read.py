"""Visitor numbers as they are read: sums over days, the steps of a chart, and which days there are."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from db import visits
from db.visits import BadPeriod, Day, Hour, Period, Row, Totals
from tests.visited import a_visit, counted, each_day

LAST = date(2026, 5, 30)
BEFORE = LAST - timedelta(days=1)
NOON = datetime(2026, 5, 30, 12, tzinfo=UTC)


async def test_a_period_is_summed_with_both_its_ends_and_bots_apart(store):
    await counted(
        store,
        [
            (BEFORE - timedelta(days=1), "total", "", 1000, 1000, 1000),
            (BEFORE, "total", "", 10, 4, 3),
            (LAST, "total", "", 5, 2, 1),
            (LAST, "bot", "Googlebot", 7, 0, 0),
            (LAST, "missing", "/.env", 9, 0, 0),
            (LAST + timedelta(days=1), "total", "", 1000, 1000, 1000),
        ],
    )
    assert await visits.totals(store.pool, BEFORE, LAST) == Totals(15, 6, 4, 7)
    assert await visits.days(store.pool, BEFORE, LAST) == [Day(BEFORE, 10, 4, 3), Day(LAST, 5, 2, 1)]


async def test_where_nobody_came_everything_is_nothing(store):
    pool = store.pool
    assert await visits.totals(pool, BEFORE, LAST) == Totals(0, 0, 0, 0)
    assert await visits.top(pool, "path", BEFORE, LAST, 10) == ([], 0)
    assert await visits.tops(pool, ["path", "bot"], BEFORE, LAST, 10) == {"path": ([], 0), "bot": ([], 0)}
    assert (await visits.current(pool, NOON), await visits.of_path(pool, ["/blog/x"])) == (0, 0)
    assert [one async for one in visits.export(pool, BEFORE, LAST)] == []


async def test_lists_have_the_most_visited_first_and_go_on_page_by_page(store):
    await counted(
        store,
        [
            (day, "path", f"/{name}", views, visitors, 0)
            for day in (BEFORE, LAST)
            for name, views, visitors in (("a", 9, 1), ("b", 3, 3), ("c", 2, 2), ("d", 5, 2))
        ]
        + [(LAST, "bot", f"Bot {number}", number, 0, 0) for number in range(1, 4)],
    )
    first, total = await visits.top(store.pool, "path", BEFORE, LAST, 3)
    assert (first, total) == ([Row("/b", 6, 6), Row("/d", 10, 4), Row("/c", 4, 4)], 4)
    assert await visits.top(store.pool, "path", BEFORE, LAST, 3, 3) == ([Row("/a", 18, 2)], 4)
    assert await visits.top(store.pool, "path", BEFORE, LAST, 3, 6) == ([], 0)
    tops = await visits.tops(store.pool, ["path", "bot", "browser"], BEFORE, LAST, 3)
    assert tops["path"] == (first, 4)
    assert tops["bot"] == ([Row("Bot 3", 3, 0), Row("Bot 2", 2, 0), Row("Bot 1", 1, 0)], 3)
    assert tops["browser"] == ([], 0)


async def test_who_is_here_now_was_seen_within_five_minutes(store):
    for seconds, visitor in ((-301, 1), (-299, 2), (-10, 2), (-1, 3), (1, 4)):
        await a_visit(store, NOON + timedelta(seconds=seconds), visitor)
    assert await visits.current(store.pool, NOON) == 2


async def test_a_post_is_read_at_all_its_addresses(store):
    await counted(store, [(BEFORE, "path", "/blog/old", 3, 1, 0), (LAST, "path", "/blog/new", 4, 1, 0)])
    await counted(store, [(LAST, "missing", "/blog/old", 100, 0, 0), (LAST, "path", "/blog/other", 100, 1, 0)])
    assert await visits.of_path(store.pool, ["/blog/old", "/blog/new"]) == 7


async def test_an_export_has_every_sum_of_its_days_once_and_in_order(store, monkeypatch):
    monkeypatch.setattr("db.visits._queries.EXPORTED", 3)
    sums = [
        (day, kind, key, 1, 1, 0) for day in each_day(LAST, 3) for kind in ("browser", "path") for key in ("a", "b")
    ]
    await counted(store, sums)
    found = [one async for one in visits.export(store.pool, BEFORE, LAST)]
    assert [(one.day, one.kind, one.key) for one in found] == [sum_[:3] for sum_ in sums if sum_[0] >= BEFORE]


async def test_a_year_of_a_busy_site_is_read_at_once(store):
    """A million visits on 365 days with 130 keys each: the best of some tries, for other tests run beside this one."""
    await store.pool.execute(
        """insert into visit_days (day, kind, key, views, visitors, confirmed)
        select $1::date - day, kind, kind || key, 20, 10, 5
        from generate_series(0, 364) day, generate_series(1, 16) key,
            unnest(array['path', 'referrer', 'link', 'browser', 'system', 'language', 'missing', 'bot']) kind
        union all select $1::date - day, 'total', '', 2740, 1000, 500 from generate_series(0, 364) day""",
        LAST,
    )
    await store.pool.execute("analyze visit_days")
    period = visits.lately(365, LAST)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        totals = await visits.totals(store.pool, period.first, period.last)
        tops = await visits.tops(
            store.pool, ["path", "referrer", "link", "missing", "bot"], period.first, period.last, 10
        )
        steps = await visits.over_time(store.pool, period)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.1
    assert (totals.views, tops["path"][1], len(steps)) == (1_000_100, 16, 53)


# Rules


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-05-31", "", "first"),
        ("2026-05-01", "2026-05-31", "last"),
        ("2026-05-02", "2026-05-01", "last"),
        ("1999-12-31", "2026-05-01", "first"),
        ("2010-01-01", "2026-05-01", "first"),
        ("yesterday", "2026-05-01", "first"),
        ("2026-02-30", "2026-05-01", "first"),
        ("2026-05-01", "20260502", "last"),
        ("", "2026-05-01", "first"),
        ("2026-05-\u0660\u0661", "", "first"),
        ("0001-01-01", "0001-01-02", "first"),
        ("9999-12-31", "9999-12-31", "first"),
        ("2026-05-01\x00", "", "first"),
    ],
)
def test_days_that_cannot_be_shown_are_refused_with_a_sentence_for_their_field(first, last, field):
    with pytest.raises(BadPeriod) as refused:
        visits.between(first, last, LAST)
    assert (refused.value.field, refused.value.sentence[-1]) == (field, ".")


@pytest.mark.parametrize("days", [0, -1, 366, 10**12])
def test_lately_is_a_year_at_most(days):
    with pytest.raises(BadPeriod, match=r"Choose 1 to 365 days\."):
        visits.lately(days, LAST)


def test_a_period_is_compared_with_as_many_days_before_it():
    assert visits.lately(1, LAST).before == Period(BEFORE, BEFORE)
    assert visits.between("2026-05-11", "2026-05-20", LAST).before == Period(date(2026, 5, 1), date(2026, 5, 10))
    assert visits.between("2026-05-11", "", LAST).last == LAST


def test_days_on_which_nobody_came_have_their_place_in_the_chart():
    steps = visits.steps(visits.lately(3, LAST), [Day(BEFORE, 5, 2, 1)])
    assert [(one.name, one.short, one.views, one.visitors) for one in steps] == [
        ("Thu 28 May 2026", "28 May", 0, 0),
        ("Fri 29 May 2026", "29 May", 5, 2),
        ("Sat 30 May 2026", "30 May", 0, 0),
    ]
    assert [one.views for one in visits.hour_steps([Hour(23, 4, 1)])] == [0] * 23 + [4]


@pytest.mark.parametrize(
    ("days", "unit", "count"), [(1, "day", 1), (90, "day", 90), (365, "week", 53), (1000, "month", 33)]
)
def test_a_longer_time_has_longer_steps_and_loses_nobody(days, unit, count):
    period = Period(LAST - timedelta(days=days - 1), LAST)
    every = [Day(day, 2, 1, 0) for day in each_day(LAST, days)]
    steps = visits.steps(period, every)
    assert (len(steps), sum(one.views for one in steps), sum(one.visitors for one in steps)) == (count, 2 * days, days)
    assert visits.unit(period) == ("hour" if days == 1 else unit)


@pytest.mark.parametrize("most", [0, 1, 2, 3, 9, 10, 11, 99, 1001, 987_654_321])
def test_a_scale_ends_in_a_round_number_whose_half_is_whole(most):
    top = visits.ceiling(most)
    assert top >= most
    assert top % 2 == 0
    assert top <= max(2, most * 2)


def test_more_and_fewer_are_said_in_words_as_well_as_by_a_sign():
    assert visits.compared(150, 100) == ("▲", "50 % more")
    assert visits.compared(50, 100) == ("▼", "50 % fewer")
    assert visits.compared(100, 100) == ("=", "as many")
    assert (visits.compared(5, 0), visits.compared(0, 0)) == (("", "none before"), ("", "none before either"))


def test_what_strangers_sent_is_said_on_one_line_without_what_turns_the_text():
    assert visits.readable("/a\nb\x1b[2J\u202egnp.exe") == "/a b\ufffd[2J\ufffdgnp.exe"
    assert visits.readable("") == "unknown"


THREE = datetime(2026, 5, 30, 15, 20, tzinfo=UTC)


async def a_day(store, day, hours):
    """In each of these hours one visitor comes who opens two pages, and is confirmed in the first of them."""
    sums = [(day, kind, str(hour), 2, 1, int(hour == hours[0])) for hour in hours for kind in ("hour", "first")]
    await counted(store, [(day, "total", "", 2 * len(hours), len(hours), 1), *sums])


async def test_today_is_compared_with_yesterday_up_to_the_same_hour(store):
    await counted(store, [(BEFORE - timedelta(days=9), "bot", "Googlebot", 1, 0, 0)])
    await a_day(store, BEFORE, [2, 15, 16, 20])
    await a_day(store, LAST, [14, 15])
    told = await visits.beside(store.pool, visits.lately(1, LAST), THREE, "UTC")
    assert (told.shown.visitors, told.now.visitors, told.before.visitors, told.until) == (2, 1, 1, 15)
    assert [told.words(name, LAST)[1] for name in ("visitors", "views", "confirmed")] == ["as many"] * 3
    assert told.words("bots", LAST) == ("", "compared by whole days only")
    early = await visits.beside(store.pool, visits.lately(1, LAST), THREE.replace(hour=0), "UTC")
    assert early.words("views", LAST) == ("", "the day has just begun")


async def test_a_time_that_ends_today_is_compared_with_as_many_hours(store):
    days = each_day(LAST, 7)
    await counted(store, [(days[0], "bot", "Googlebot", 1, 0, 0), (LAST, "bot", "Googlebot", 50, 0, 0)])
    for day in days[1:]:
        await a_day(store, day, [2, 16])
    told = await visits.beside(store.pool, visits.lately(3, LAST), THREE, "UTC")
    assert (told.now.visitors, told.before.visitors, told.now.bots) == (5, 5, 0)
    assert (told.now.views, told.now.confirmed) == (10, 3)
    past = await visits.beside(store.pool, Period(days[4], days[5]), THREE, "UTC")
    assert (past.now.visitors, past.before.visitors, past.until) == (4, 4, None)


async def test_where_counting_began_within_the_time_before_it_is_said_since_when(store):
    await a_day(store, BEFORE, [2])
    told = await visits.beside(store.pool, visits.lately(1, LAST), THREE, "UTC")
    assert told.words("visitors", LAST) == ("", "counted since 29 May")
    assert told.words("visitors", LAST + timedelta(days=300)) == ("", f"counted since 29 May {LAST.year}")
