"""Who may come in, as acts: registering, logging in, changing the password, and what ends by it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import accounts, links, people, sessions
from db.config import Hangout
from db.errors import Forbidden, NotFound, Refused, TooOften, Unavailable
from db.events import SessionEnded

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
PASSWORD, ANOTHER = "kettle umbrella 47 gravel", "lantern moss and 9 bicycles"
HERE, HOME = "198.51.100.7", "203.0.113.9"


async def register(store, username="ada", name="Ada L", visitor=None, network=HERE):
    return await accounts.register(store, visitor, username, PASSWORD, name, network, NOON)


@pytest.fixture
async def ada(store):
    return await register(store)


async def hold(store, person, *names):
    """Opens a session of this person under each of these names; returns their hashes."""
    hashes = [sessions.hash_token(name) for name in names]
    for one in hashes:
        await sessions.add(store.pool, one, person.id, {}, NOON)
    return hashes


async def link(store, person):
    await store.pool.execute(
        """insert into links (token_hash, person_id, purpose, created_at, expires_at)
        values ($1, $2, 'password', $3, $4)""",
        sessions.hash_token("link"),
        person.id,
        NOON,
        NOON + timedelta(minutes=30),
    )


async def count(store, table):
    return await store.pool.fetchval(f"select count(*) from {table}")


async def opens(store, password, network=HOME):
    try:
        await accounts.log_in(store, "ada", password, network)
    except Refused as refusal:
        return refusal.code
    return "open"


# Registering


async def test_a_new_member_has_a_row_an_account_and_the_role(store, ada):
    assert (ada.username, ada.name, ada.role, ada.is_member) == ("ada", "Ada L", "member", True)
    account = await accounts.get(store.pool, ada.id)
    assert account
    assert (account.person, account.created_at, account.may_ask) == (ada, NOON, "everyone")
    assert PASSWORD not in repr(account)
    assert "argon2" not in repr(account)


async def test_a_visitor_becomes_a_member_in_their_own_row_and_their_sessions_end(store):
    guest = await people.add_visitor(store.pool, "Guest")
    [old] = await hold(store, guest, "old")
    heard = []
    with store.live.listening(heard.append):
        ada = await register(store, visitor=guest)
    assert (ada.id, ada.name) == (guest.id, "Ada L")
    assert heard == [SessionEnded(old)]
    assert await count(store, "sessions") == 0


async def test_a_visitor_who_is_gone_meanwhile_becomes_a_new_row(store):
    guest = await people.add_visitor(store.pool, "Guest")
    await store.pool.execute("delete from people")
    ada = await register(store, visitor=guest)
    assert ada.id != guest.id


async def test_a_member_does_not_register_again(store, ada):
    with pytest.raises(Forbidden):
        await register(store, "bea", visitor=ada)
    assert await count(store, "people") == 1


async def test_of_two_at_once_one_wins_and_the_other_is_refused_by_the_username(store):
    answers = await asyncio.gather(*(register(store, name=f"Ada {n}") for n in range(2)), return_exceptions=True)
    [refusal] = [one for one in answers if isinstance(one, Refused)]
    assert refusal.code == "bad_username"
    assert await count(store, "people") == 1


@pytest.mark.parametrize(
    ("username", "password", "name", "code"),
    [
        ("robin", PASSWORD, "Ada", "bad_username"),
        ("rob1n", PASSWORD, "Ada", "bad_username"),
        ("ad\x00a", PASSWORD, "Ada", "bad_username"),
        ("ad\udc80a", PASSWORD, "Ada", "bad_username"),
        ("a" * 100_000, PASSWORD, "Ada", "bad_username"),
        ("ada", "too short", "Ada", "bad_password"),
        ("ada-lovelace", "AdaLovelace99", "Ada", "bad_password"),
        ("ada", "x\udc80" * 5, "Ada", "bad_password"),
        ("ada", PASSWORD, "R\u043ebin", "bad_name"),
        ("ada", PASSWORD, "\x00\udc80", "bad_name"),
        ("ada", PASSWORD, "Porchlight", "bad_name"),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field_and_leaves_nothing(store, username, password, name, code):
    with pytest.raises(Refused) as refusal:
        await accounts.register(store, None, username, password, name, HERE, NOON)
    assert refusal.value.code == code
    assert await count(store, "people") == 0


async def test_nobody_registers_in_the_owners_name_as_discord_knows_it(store):
    await people.keep_discord(store.pool, {5: "Mika Tanaka"}, 5)
    for username, name in (("ada", "M1ka Tanaka"), ("mika.tanaka", "Ada")):
        with pytest.raises(Refused, match="belongs to the house"):
            await register(store, username, name)


async def test_a_name_may_be_as_long_as_the_hangout_has_it(store):
    store.config = msgspec.structs.replace(store.config, hangout=Hangout(name_max=5))
    with pytest.raises(Refused, match="5 characters fit"):
        await register(store, name="Ada Lo")


# Logging in


async def test_the_right_password_opens_whatever_the_case_of_the_username(store, ada):
    assert (await accounts.log_in(store, " ADA ", PASSWORD, HERE)).person == ada


@pytest.mark.parametrize(
    "username", ["bea", "", "?", "\x00", "ada\x00", "\udc80", "a" * 100_000, "' or ''='", "\uff41\uff44\uff41"]
)
async def test_a_username_of_nobody_is_refused_as_a_wrong_password_is(store, ada, username):
    with pytest.raises(Refused) as nobody:
        await accounts.log_in(store, username, PASSWORD, HERE)
    with pytest.raises(Refused) as wrong:
        await accounts.log_in(store, "ada", ANOTHER, HERE)
    assert (nobody.value.code, nobody.value.sentence) == (wrong.value.code, wrong.value.sentence)


async def test_failures_from_one_address_count_for_its_neighbours_and_nobody_else(store, ada):
    for number in range(5):
        assert await opens(store, "guess", f"198.51.100.{number}") == "wrong_login"
    assert await opens(store, PASSWORD, "198.51.100.99") == "rate_limited"
    assert await opens(store, PASSWORD, "198.51.101.99") == "open"


async def test_the_right_password_in_time_takes_the_failures_back(store, ada):
    for _ in range(3):
        for _ in range(4):
            assert await opens(store, "guess") == "wrong_login"
        assert await opens(store, PASSWORD) == "open"


async def test_right_passwords_without_end_are_slowed_by_network_as_well(store, ada):
    for _ in range(39):  # registering was one
        store.limits.doors.take("198.51.100.0/24", time.monotonic(), 0.5, 40)
    assert await opens(store, PASSWORD, HERE) == "rate_limited"
    with pytest.raises(TooOften, match="a lot at once"):
        await register(store, "bea")
    assert await opens(store, PASSWORD, HOME) == "open"


# Changing the password


async def test_another_password_ends_every_other_session_and_the_links(store, ada):
    here, *others = await hold(store, ada, "here", "phone", "library")
    await link(store, ada)
    heard = []
    with store.live.listening(heard.append):
        await accounts.change_password(store, ada, PASSWORD, ANOTHER, here)
    assert {event.token_hash for event in heard} == set(others)
    assert [one.token_hash for one in await sessions.of_person(store.pool, ada.id, NOON)] == [here]
    assert await count(store, "links") == 0
    assert (await opens(store, PASSWORD), await opens(store, ANOTHER)) == ("wrong_login", "open")


@pytest.mark.parametrize(
    ("current", "new", "code"),
    [(ANOTHER, ANOTHER, "wrong_password"), (PASSWORD, "password1234", "bad_password"), (PASSWORD, "", "bad_password")],
)
async def test_a_refused_change_changes_nothing(store, ada, current, new, code):
    await hold(store, ada, "here", "phone")
    await link(store, ada)
    with pytest.raises(Refused) as refusal:
        await accounts.change_password(store, ada, current, new, sessions.hash_token("here"))
    assert refusal.value.code == code
    assert (await count(store, "sessions"), await count(store, "links")) == (2, 1)
    assert await opens(store, PASSWORD) == "open"


async def test_who_found_an_open_browser_cannot_guess_the_password_there_for_long(store, ada):
    for _ in range(5):
        with pytest.raises(Refused, match="not your password"):
            await accounts.confirm_password(store, ada, "guess")
    with pytest.raises(TooOften):
        await accounts.change_password(store, ada, PASSWORD, ANOTHER, None)
    assert await opens(store, PASSWORD) == "open"


async def test_a_member_cannot_keep_the_threads_busy_with_new_passwords(store, ada):
    store.passwords.verify = right  # what is right costs nothing here
    for _ in range(40):
        with pytest.raises(Refused, match="a password has"):
            await accounts.change_password(store, ada, PASSWORD, "short", None)
    with pytest.raises(TooOften, match="a lot at once"):
        await accounts.change_password(store, ada, PASSWORD, ANOTHER, None)


async def right(kept, password):
    return True


async def test_who_has_no_password_yet_sets_the_first_one(store, ada):
    await store.pool.execute("update accounts set password_hash = null")
    await accounts.confirm_password(store, ada, "")
    await accounts.change_password(store, ada, "", ANOTHER, None)
    assert await opens(store, ANOTHER) == "open"


async def test_a_password_by_a_link_ends_all_sessions_and_the_other_links(store, ada):
    await hold(store, ada, "here", "phone")
    await link(store, ada)
    await accounts.set_password(store, ada.id, ANOTHER)
    assert (await count(store, "sessions"), await count(store, "links")) == (0, 0)
    assert (await opens(store, PASSWORD), await opens(store, ANOTHER)) == ("wrong_login", "open")


async def test_a_link_whose_password_could_not_be_kept_is_still_good(store, ada, monkeypatch):
    now = datetime.now(UTC)
    token = await links.make(store, ada.id, "password", now, links.PASSWORD_LIFE)

    async def nobody_free(password):
        raise Unavailable

    monkeypatch.setattr(store.passwords, "hash", nobody_free)
    with pytest.raises(Unavailable):
        await accounts.choose_password(store, token, ANOTHER, now)
    monkeypatch.undo()
    await accounts.choose_password(store, token, ANOTHER, now)
    assert (await count(store, "links"), await opens(store, ANOTHER)) == (0, "open")


async def test_a_password_for_who_has_no_account_is_none(store):
    guest = await people.add_visitor(store.pool, "Guest")
    with pytest.raises(NotFound):
        await accounts.set_password(store, guest.id, ANOTHER)
    with pytest.raises(NotFound):
        await accounts.confirm_password(store, guest, "")


async def test_a_log_in_under_way_while_the_password_changes_opens_nothing(store):
    ada = await accounts.register(store, None, "ada", PASSWORD, "Ada", HERE, NOON)
    account = await accounts.log_in(store, "ada", PASSWORD, HERE)
    await accounts.change_password(store, ada, PASSWORD, ANOTHER, None)
    token_hash = sessions.hash_token(sessions.new_token())
    assert not await sessions.begin(store, None, token_hash, ada.id, {}, NOON, account.password_hash)
    assert await sessions.of_person(store.pool, ada.id, NOON) == []
    fresh = await accounts.log_in(store, "ada", ANOTHER, HERE)
    assert await sessions.begin(store, None, token_hash, ada.id, {}, NOON, fresh.password_hash)
