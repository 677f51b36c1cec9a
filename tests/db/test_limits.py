import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.limits import Bucket, Window


def test_a_burst_goes_through_and_then_the_rate_holds():
    bucket = Bucket()
    assert [bucket.take("ada", 100.0, 1, 5) for _ in range(5)] == [0] * 5
    assert bucket.take("ada", 100.0, 1, 5) == pytest.approx(1.0)
    assert bucket.take("ada", 100.9, 1, 5) == pytest.approx(0.1)
    assert bucket.take("ada", 101.0, 1, 5) == 0


def test_a_refused_attempt_costs_nothing():
    bucket = Bucket()
    bucket.take("ada", 0.0, 1, 1)
    assert [bucket.take("ada", 0.5, 1, 1) for _ in range(50)] == [pytest.approx(0.5)] * 50
    assert bucket.take("ada", 1.0, 1, 1) == 0


def test_who_waited_long_has_one_burst_and_no_more():
    bucket = Bucket()
    bucket.take("ada", 0.0, 2, 3)
    assert [bucket.take("ada", 1000.0, 2, 3) for _ in range(4)] == [0, 0, 0, pytest.approx(0.5)]


def test_one_key_does_not_slow_another():
    bucket = Bucket()
    bucket.take("ada", 0.0, 1, 1)
    assert bucket.take("bob", 0.0, 1, 1) == 0


@given(st.lists(st.floats(0, 3), max_size=200), st.floats(0.5, 20), st.integers(1, 10))
def test_never_more_than_the_burst_and_the_rate_allow(steps, rate, burst):
    bucket, now, taken = Bucket(), 0.0, 0
    for step in steps:
        now += step
        taken += bucket.take("ada", now, rate, burst) == 0
    assert taken <= burst + rate * now + 1e-6


@given(st.lists(st.floats(0, 3), max_size=100), st.floats(0.5, 20), st.integers(1, 10))
def test_after_the_wait_it_named_the_next_one_goes_through(steps, rate, burst):
    bucket, now = Bucket(), 0.0
    for step in steps:
        now += step
        wait = bucket.take("ada", now, rate, burst)
        if wait:
            now += wait
            assert bucket.take("ada", now, rate, burst) == 0


def test_a_flood_of_keys_does_not_grow_the_bucket_without_end():
    bucket = Bucket(keys_max=100)
    for number in range(10_000):
        bucket.take(f"key {number}", number * 1e-6, 1, 5)
    assert len(bucket._due) <= 100


def test_making_room_forgets_the_quiet_before_the_busy():
    bucket = Bucket(keys_max=10)
    for number in range(10):
        bucket.take(f"quiet {number}", 0.0, 1, 1)
    bucket.take("busy", 1.5, 1, 1)
    assert bucket.take("busy", 1.5, 1, 1) == pytest.approx(1.0)
    assert set(bucket._due) == {"busy"}


def test_three_names_in_half_an_hour_and_the_fourth_waits_for_the_first_to_pass():
    window = Window()
    assert [window.take("home", at, 3, 1800) for at in (0.0, 10.0, 20.0)] == [0, 0, 0]
    assert window.take("home", 30.0, 3, 1800) == 1770
    assert window.take("home", 1799.0, 3, 1800) == 1
    assert window.take("home", 1800.0, 3, 1800) == 0
    assert window.take("home", 1801.0, 3, 1800) == 9


def test_a_flood_of_keys_does_not_grow_the_window_without_end():
    window = Window(keys_max=100)
    for number in range(1000):
        window.take(f"key {number}", 0.0, 3, 1800)
    assert len(window._times) <= 100
