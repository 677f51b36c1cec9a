from datetime import UTC, datetime, timedelta

import pytest

from db import letters, people, reports
from db.errors import TooOften
from db.events import LetterPut
from tests.db.test_linking import member

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=31)


@pytest.fixture
async def ada(store):
    """A member who is linked with Discord and wants to be told."""
    person = await member(store)
    await store.pool.execute("update people set discord_id = 7 where id = $1", person.id)
    await store.pool.execute("update accounts set notify_discord = true")
    return await people.get(store.pool, person.id)


async def waiting(store, now=NOON + letters.A_MOMENT):
    return await letters.next_due(store.pool, now)


async def test_a_letter_waits_until_it_has_been_sent_and_is_announced(store, ada):
    told = []
    with store.live.listening(told.append):
        await letters.put(store, ada.id, "chats", NOON)
        await letters.put(store, ada.id, "chats", NOON)
    assert LetterPut() in told
    letter = await waiting(store)
    assert (letter.person_id, letter.kind, letter.discord_id, letter.tries) == (ada.id, "chats", 7, 0)
    await letters.remove(store.pool, letter.id)
    assert await waiting(store) is None


async def test_a_letter_that_failed_waits_longer_each_time_and_an_hour_at_most(store, ada):
    await letters.put(store, ada.id, "chats", NOON)
    letter = await waiting(store)
    until = NOON + letters.wait_after(letter.tries)
    await letters.put_off(store.pool, letter.id, until)
    assert await waiting(store, until - timedelta(seconds=1)) is None
    assert (await waiting(store, until)).tries == 1
    waits = [letters.wait_after(tries).total_seconds() for tries in (0, 1, 2, 8, 1000)]
    assert waits == [15, 30, 60, 3600, 3600]


async def test_a_member_is_told_of_chats_once_until_they_have_looked(store, ada):
    assert await letters.tell_of_chats(store, ada.id, NOON)
    assert not await letters.tell_of_chats(store, ada.id, NOON + timedelta(minutes=29))
    assert await letters.tell_of_chats(store, ada.id, LATER)  # nothing unread is older than what they were told
    bo = await member(store, "bobo", "Bo")
    low, high = sorted((ada.id, bo.id))
    room = await store.pool.fetchval(
        "insert into rooms (kind, low_id, high_id) values ('chat', $1, $2) returning id", low, high
    )
    await store.pool.execute(
        "insert into members (room_id, person_id, joined_at, unread) values ($1, $2, $3, 1)", room, ada.id, NOON
    )
    await store.pool.execute(
        """insert into messages (room_id, seq, author_id, source, nonce, content, created_at)
        values ($1, 1, $2, 'web', 'n', 'hi', $3)""",
        room,
        bo.id,
        LATER,
    )
    assert not await letters.tell_of_chats(store, ada.id, LATER + timedelta(days=1))
    await store.pool.execute("update members set unread = 0, read_id = (select max(id) from messages)")
    assert await letters.tell_of_chats(store, ada.id, LATER + timedelta(days=1))


@pytest.mark.parametrize(
    "otherwise",
    [
        "update accounts set notify_discord = false",
        "update people set discord_id = null",
        "update accounts set disabled_at = now()",
    ],
)
async def test_nobody_is_told_who_does_not_want_it_or_cannot_be_reached(store, ada, otherwise):
    await store.pool.execute(otherwise)
    assert not await letters.tell_of_chats(store, ada.id, NOON)
    assert await waiting(store) is None


async def test_who_is_here_is_not_told_in_discord(store, ada):
    store.presence.arrive(ada.id)
    assert not await letters.tell_of_chats(store, ada.id, NOON)
    store.presence.depart(ada.id)
    assert await letters.tell_of_chats(store, ada.id, NOON)


async def test_who_forgot_a_password_and_is_linked_gets_a_letter_and_others_get_silence(store, ada):
    await member(store, "bobo", "Bo")
    for username in ("bobo", "nobody", "", "\u20ac" * 1000, "a\x00a", "a\ud800a"):
        await letters.forgotten(store, username, "192.0.2.1", NOON)
    assert await waiting(store) is None
    await letters.forgotten(store, " @ADA ", "192.0.2.1", NOON)
    assert ((await waiting(store)).person_id, (await waiting(store)).kind) == (ada.id, "password")


async def test_a_closed_account_gets_no_letter(store, ada):
    await store.pool.execute("update accounts set disabled_at = now()")
    await letters.forgotten(store, "ada", "192.0.2.1", NOON)
    assert await waiting(store) is None


async def test_who_asks_too_often_is_slowed_by_network_and_silently_by_account(store, ada):
    for number in range(letters.HELPED):
        await letters.forgotten(store, "ada", f"{number}", NOON)
        await letters.remove(store.pool, (await waiting(store)).id)
    await letters.forgotten(store, "ada", "another", NOON)
    assert await waiting(store) is None
    for _ in range(letters.ASKED):
        await letters.forgotten(store, "whoever", "one", NOON)
    with pytest.raises(TooOften):
        await letters.forgotten(store, "whoever", "one", NOON)


async def test_a_report_is_told_with_those_messages_only(store, ada):
    said = [{"by": "reported", "content": "bad words", "at": "2026-05-01T12:00:00+00:00", "pictures": 0}]
    report_id = await store.pool.fetchval(
        "insert into reports (reporter_id, reason, messages, created_at) values ($1, 'rude', $2, $3) returning id",
        ada.id,
        said,
        NOON,
    )
    report = await reports.get(store.pool, report_id)
    assert (report.reporter, report.reported, report.reason, report.messages) == ("Ada", "somebody", "rude", said)
