from datetime import UTC, datetime, timedelta

import pytest

from db import times
from db.errors import Refused

NOON = datetime(2026, 5, 1, 10, tzinfo=UTC)  # a Friday, 12:00 in Berlin
BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("words", "day", "hour", "minute"),
    [
        ("tomorrow 9:00", 2, 9, 0),
        ("Tomorrow at 9", 2, 9, 0),
        ("  9:00   tomorrow ", 2, 9, 0),
        ("today 18:00", 1, 18, 0),
        ("18:30", 1, 18, 30),
        ("9:00", 2, 9, 0),
        ("monday 9am", 4, 9, 0),
        ("in 2 hours", 1, 14, 0),
        ("in 90 min", 1, 13, 30),
        ("in 2 days at 9:00", 3, 9, 0),
        ("2026-05-20 09:15", 20, 9, 15),
        ("2026-05-20T09:15", 20, 9, 15),
        ("2026-05-20T09:15+00:00", 20, 11, 15),
        ("2 may 21:00", 2, 21, 0),
        ("in an hour", 1, 13, 0),
        ("tomorrow 9:00 UTC", 2, 11, 0),
    ],
)
def test_times_are_read_in_the_zone_of_the_site(words, day, hour, minute):
    assert times.coming(words, NOON, BERLIN) == datetime(2026, 5, day, hour - 2, minute, tzinfo=UTC)


def test_a_weekday_is_the_next_one():
    assert times.coming("wednesday 18:00", NOON, "UTC") == datetime(2026, 5, 6, 18, tzinfo=UTC)


def test_summer_time_is_that_of_the_day_that_is_meant():
    before = datetime(2026, 3, 28, 10, tzinfo=UTC)
    assert times.coming("today 20:00", before, BERLIN) == datetime(2026, 3, 28, 19, tzinfo=UTC)
    assert times.coming("tomorrow 20:00", before, BERLIN) == datetime(2026, 3, 29, 18, tzinfo=UTC)
    assert times.coming("2026-03-29 20:00", before, BERLIN) == datetime(2026, 3, 29, 18, tzinfo=UTC)
    assert times.coming("in 24 hours", before, BERLIN) == before + timedelta(hours=24)


@pytest.mark.parametrize(
    "words",
    ["", "  ", "5", "soon enough", "tomorrow 25:00", "9:75", "x" * 5000, "1 " * 30, "\x00", "2026-13-45", "0000-00-00"],
)
def test_what_is_no_time_is_refused_with_examples(words):
    with pytest.raises(Refused, match="tomorrow 9:00") as refused:
        times.coming(words, NOON, BERLIN)
    assert refused.value.code == "bad_time"


def test_the_day_of_the_examples_is_still_to_come():
    with pytest.raises(Refused) as refused:
        times.coming("no time", NOON, BERLIN)
    example = refused.value.sentence.split("'")[-2]
    assert NOON < times.coming(example, NOON, BERLIN) < NOON + timedelta(days=2)


@pytest.mark.parametrize("words", ["yesterday", "3 hours ago", "2026-05-01 11:59", "0001-01-01T00:00+05:00", "now"])
def test_the_past_is_refused_with_a_sentence(words):
    with pytest.raises(Refused) as refused:
        times.coming(words, NOON, BERLIN)
    assert refused.value.code == "bad_time"


def test_what_nobody_will_see_is_refused():
    with pytest.raises(Refused, match="too far away"):
        times.coming("9999-12-31 23:59", NOON, BERLIN)


def test_the_past_may_be_asked_for():
    assert times.read("3 hours ago", NOON, BERLIN) == NOON - timedelta(hours=3)


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("2h", timedelta(hours=2)),
        ("30m", timedelta(minutes=30)),
        ("3 days", timedelta(days=3)),
        ("1w 2d", timedelta(days=9)),
        ("for 2 hours and 5 minutes", timedelta(hours=2, minutes=5)),
        ("an hour", timedelta(hours=1)),
        ("2 Months", timedelta(days=60)),
        ("in 90 min", timedelta(minutes=90)),
        ("until friday", timedelta(days=7) - timedelta(hours=12)),
        ("until tomorrow 9:00", timedelta(hours=21)),
        ("tomorrow 9:00", timedelta(hours=21)),
        ("forever", None),
        ("  ", None),
    ],
)
def test_how_long_something_lasts_is_read_as_people_write_it(words, length):
    expected = None if length is None else NOON + length
    assert times.lasting(words, NOON, BERLIN) == expected


@pytest.mark.parametrize("words", ["0m", "99999y", "5", "5 bananas", "yesterday", "2h ago", "-2h", "and", "9" * 5000])
def test_what_is_no_length_of_time_is_refused_with_a_sentence(words):
    with pytest.raises(Refused) as refused:
        times.lasting(words, NOON, BERLIN)
    assert refused.value.code == "bad_time"


@pytest.mark.parametrize("words", ["soon", "yesterday", "until the cows come home"])
def test_what_is_no_end_is_refused_with_lengths_as_well_as_moments(words):
    with pytest.raises(Refused, match=r"'2h'.*'tomorrow 9:00'.*'forever'") as refused:
        times.lasting(words, NOON, BERLIN)
    assert refused.value.code == "bad_time"


@pytest.mark.parametrize("words", ["30", "for 30"])
def test_a_number_without_a_unit_is_told_what_is_missing(words):
    with pytest.raises(Refused, match=r"30 of what\?.*'30m', '30h' or '30 days'"):
        times.lasting(words, NOON, BERLIN)
