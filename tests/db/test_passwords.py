import asyncio
import sys
import threading

import argon2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import passwords
from db.errors import Refused, Unavailable
from db.passwords import Passwords, check_password, hash_password, needs_rehash, verify_password
from tests.programs import until

GOOD = "kettle umbrella 47 gravel"
NAMES = ("ada.lovelace", "Ada Lovelace", "Porchlight")


def refusal_of(password, names=NAMES):
    with pytest.raises(Refused) as refusal:
        check_password(password, names)
    assert refusal.value.code == "bad_password"
    return refusal.value.sentence


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "kaffeetasse",
        "no digits needed",
        "🦊🌧️🪴🎻🧭🍄🛶🔭🧶🥨",
        "пароль для крыльца",
        "\x00tab\tand\nnul\x00",
        "a lone \udc80 half",
        "x7" * 5 + "correct horse" * 9,
    ],
)
def test_anything_that_is_hard_to_guess_is_a_password(password):
    check_password(password, NAMES)


@pytest.mark.parametrize("password", ["", "short one", "x" * 129, "🦊" * 129, "y" * 60_000])
def test_one_that_is_too_short_or_too_long_is_told_the_bounds(password):
    assert "10 to 128 characters" in refusal_of(password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("password123", "first that somebody would try"),
        ("1q2w3e4r5t", "first that somebody would try"),
        ("iloveyouada", "first that somebody would try"),
        ("aaaaaaaaaaaaaaaa", "repeats"),
        ("🦊" * 128, "repeats"),
        ("abcdefghijklmnop", "alphabet"),
        ("lovelace1815", "mostly a name"),
        ("Ada-Lovelace-1815", "mostly a name"),
        ("ADA.LOVELACE", "mostly a name"),
        ("\uff41\uff44\uff41 lovelace!", "mostly a name"),
        ("Porchlight!!!", "mostly a name"),
        ("l0v3l4c3l0v3l4c3", "repeats"),
    ],
)
def test_one_that_is_common_or_made_of_a_name_is_refused_with_a_sentence_that_helps(password, why):
    sentence = refusal_of(password)
    assert why in sentence
    assert "Three or four words" in sentence


def test_a_name_within_a_longer_password_is_no_harm():
    check_password("ada keeps seven hedgehogs", NAMES)


def test_two_that_are_judged_at_once_do_not_get_each_others_names():
    """zxcvbn keeps the words that it is given where its other callers find them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    wrong = []

    def judge(name, other):
        for _ in range(20):
            try:
                check_password(f"{other}{other}", [name])
            except Refused as refusal:
                wrong.append(refusal.sentence)

    first, second = "quoxilandrum", "vimbertazzle"
    threads = [threading.Thread(target=judge, args=names) for names in ((first, second), (second, first)) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert wrong == []


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(), max_size=140), st.lists(st.text(st.characters(), max_size=40), max_size=3))
def test_whatever_is_typed_is_taken_or_refused_with_a_sentence(password, names):
    sentence = "It is taken."
    try:
        check_password(password, names)
    except Refused as refusal:
        sentence = refusal.sentence
    assert sentence.endswith(".")


def test_the_hash_is_argon2id_with_the_costs_that_were_chosen_and_never_twice_the_same():
    one, other = hash_password(GOOD), hash_password(GOOD)
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other
    assert len(one) <= 200
    assert not needs_rehash(one)


@pytest.mark.parametrize("password", [GOOD, "nul \x00 inside it", "half \udc80 of one", "🦊" * 128, ""])
def test_the_password_opens_and_its_neighbours_do_not(password):
    kept = hash_password(password)
    assert verify_password(kept, password)
    for wrong in (password + "x", password + "\x00", password.upper() + "!", password[:-1] + "y"):
        assert not verify_password(kept, wrong)


def test_the_same_keys_are_the_same_password_however_the_keyboard_writes_them():
    kept = hash_password("cafe\u0301 at the corner")
    assert verify_password(kept, "caf\u00e9 at the corner")
    assert verify_password(kept, "\uff43af\u00e9 at the corner")
    assert not verify_password(kept, "cafe at the corner")


@pytest.mark.parametrize("kept", [None, "", "garbage", "$argon2id$v=19$m=19456,t=2,p=1$", "\x00"])
def test_no_hash_or_a_broken_one_opens_to_nothing(kept):
    assert not verify_password(kept, GOOD)


def test_a_hash_that_cost_less_still_opens_and_is_to_be_made_anew():
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD.encode())
    assert verify_password(cheap, GOOD)
    assert needs_rehash(cheap)


@pytest.fixture
def threads():
    threads = Passwords()
    yield threads
    threads.close()


async def test_hashing_leaves_the_loop_its_turns(threads):
    turns = 0

    async def turn():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    turning = asyncio.create_task(turn())
    kept = await threads.hash(GOOD)
    assert await threads.verify(kept, GOOD)
    turning.cancel()
    assert turns >= 5


async def test_two_are_at_work_twenty_wait_and_the_next_is_told_to_come_back(threads, monkeypatch):
    at_work, most, may_go = [], [], threading.Event()

    def slowly(password):
        at_work.append(password)
        most.append(len(at_work))
        may_go.wait(10)
        at_work.remove(password)
        return password

    monkeypatch.setattr(passwords, "hash_password", slowly)
    asked = [asyncio.create_task(threads.hash(f"{number}")) for number in range(22)]
    await until(lambda: len(at_work) == 2)
    with pytest.raises(Unavailable) as refusal:
        await threads.hash("one too many")
    assert refusal.value.retry_after
    assert len(at_work) == 2
    asked[-1].cancel()
    await asyncio.sleep(0)
    one_more = asyncio.create_task(threads.hash("in their place"))
    await asyncio.sleep(0.05)
    may_go.set()
    assert await one_more == "in their place"
    assert await asyncio.gather(*asked[:-1]) == [f"{number}" for number in range(21)]
    assert max(most) == 2
    assert await threads.hash("again") == "again"


async def test_who_stops_waiting_keeps_their_place_until_the_work_is_done(threads, monkeypatch):
    at_work, may_go = [], threading.Event()

    def slowly(password):
        at_work.append(password)
        return may_go.wait(10) and password

    monkeypatch.setattr(passwords, "hash_password", slowly)
    asked = [asyncio.create_task(threads.hash(f"{number}")) for number in range(2)]
    await until(lambda: len(at_work) == 2)
    for one in asked:
        one.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    waiting = [asyncio.create_task(threads.hash(f"{number}")) for number in range(20)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await threads.hash("one too many")
    may_go.set()
    await asyncio.gather(*waiting)
