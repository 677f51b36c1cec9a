import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.limits import Bucket, Guesses, Window, neighbourhood


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


def guess(guesses, times, account="ada", network="net", step=0.0, now=0.0):
    """The waits that so many guesses, each when it may come, were told."""
    waits = []
    for _ in range(times):
        wait = guesses.take(account, network, now)
        waits.append(wait)
        if wait:
            now += wait
            assert guesses.take(account, network, now) == 0
        now += step
    return waits


def test_five_guesses_are_free_and_then_each_one_waits_twice_as_long():
    assert guess(Guesses(), 9) == [0] * 5 + [30, 60, 120, 240]


def test_guesses_are_forgotten_after_half_an_hour():
    guesses = Guesses()
    guess(guesses, 5)
    assert guesses.take("ada", "net", 29.0) == 1
    assert guess(guesses, 5, now=1800.0) == [0] * 5


def test_guesses_elsewhere_do_not_slow_the_right_person():
    guesses = Guesses()
    guess(guesses, 8)
    assert guesses.take("ada", "home", 0.0) == 0
    assert guesses.take("bea", "net", 0.0) == 0


def test_the_right_password_clears_the_account_and_leaves_the_networks_other_failures():
    guesses = Guesses()
    for number in range(24):
        guesses.take(f"name {number}", "net", 0.0)
    assert guesses.take("ada", "net", 1.0) == 0
    guesses.succeeded("ada", "net", 1.0)
    assert guesses.take("ada", "net", 2.0) == 0
    assert guesses.take("ada", "net", 2.0) == 298


def test_what_was_never_looked_at_counts_for_nothing():
    guesses = Guesses()
    for _ in range(100):
        assert guesses.take("ada", "net", 0.0) == 0
        guesses.give_back("ada", "net", 0.0)


def test_25_failures_of_whomever_in_five_minutes_are_all_that_a_network_has():
    guesses = Guesses()
    assert [guesses.take(f"name {number}", "net", float(number)) for number in range(25)] == [0] * 25
    assert guesses.take("name 99", "net", 30.0) == 270
    assert guesses.take("name 99", "elsewhere", 30.0) == 0
    assert guesses.take("name 99", "net", 300.0) == 0


def test_a_flood_of_names_and_networks_does_not_grow_the_memory_without_end():
    guesses = Guesses(keys_max=100)
    for number in range(2000):
        guesses.take(f"name {number}", f"net {number}", 0.0)
    assert len(guesses._accounts._times) <= 100
    assert len(guesses._networks._times) <= 100


@pytest.mark.parametrize(
    ("network", "wider"),
    [("198.51.100.7", "198.51.100.0/24"), ("2001:db8:1:2::/64", "2001:db8:1:2::/64"), ("", ""), ("a name", "a name")],
)
def test_a_network_is_taken_as_wide_as_one_person_may_have_it(network, wider):
    assert neighbourhood(network) == wider
