"""The record: what was done, by whom and why; who may read it; what of it fades. And what moderators do to rooms."""

from datetime import timedelta

import pytest

from db import cases, moderators, roles, rooms, sanctions, sightings
from db.cases import Subject
from db.errors import Forbidden, NotFound, Refused
from db.events import ModNoticeDue, NoticeDue, RoomChanged, SanctionsChanged
from db.moderators import Moderator
from db.sanctions import Caller
from tests.members import NOON, chat_between, member

ROOM = 1
WORDS = [{"id": 5, "name": "Bob", "content": "buy lamps", "at": NOON.isoformat(), "pictures": 0}]


@pytest.fixture
async def owner(store):
    return Moderator(await member(store, "robin", owner=True), door="site")


async def wanted(store, number):
    """What the moderators' channel has to show of the case, and whether it is due."""
    row = await store.pool.fetchrow(
        "select wanted, state from mod_notices where kind = 'case' and subject_id = $1", number
    )
    return tuple(row)


async def test_a_case_says_who_did_what_to_whom_and_is_to_be_told(store, owner, bob):
    async with store.pool.acquire() as conn, conn.transaction():
        about = Subject(bob.id, ROOM)
        number = await cases.open_case(
            conn, "remove", owner, NOON, about=about, reason="spam", details={"count": 2}, evidence=WORDS
        )
    case = await cases.get(store.pool, number)
    assert (case.kind, case.subject, case.person_name, case.by_name, case.door) == (
        "remove",
        Subject(bob.id, ROOM),
        "Bob",
        "Robin",
        "site",
    )
    assert (case.reason, case.details, case.evidence) == ("spam", {"count": 2}, WORDS)
    assert await wanted(store, number) == (1, "due")
    assert await cases.get(store.pool, number + 1) is None


async def test_the_newest_are_read_first_a_page_at_a_time_and_nobody_reads_notes_about_themselves(
    store, owner, ada, bob
):
    first = await sanctions.warn(store, owner, bob.id, NOON, reason="one")
    await sanctions.note(store, owner, bob.id, "seems to be Zed", NOON)
    last = await sanctions.warn(store, owner, bob.id, NOON, reason="two")
    await sanctions.warn(store, owner, ada.id, NOON)

    async def read(**more):
        return [case.reason for case in await cases.latest(store.pool, **more)]

    assert await read(person_id=bob.id) == ["two", "seems to be Zed", "one"]
    assert await read(person_id=bob.id, before=last.id, limit=1) == ["seems to be Zed"]
    assert len(await read()) == 4
    assert [case.id for case in await cases.own(store.pool, bob.id)] == [last.id, first.id]


async def test_a_reason_that_is_given_later_is_told_anew_and_read_by_who_is_kept_out(store, owner, bob, ada):
    case = await sanctions.ban(store, owner, bob.id, NOON)
    await store.pool.execute("update mod_notices set state = 'sent', shown = 1")
    heard = []
    with store.live.listening(heard.append):
        changed = await cases.give_reason(store, owner, case.id, "shouting\nat night", NOON)
    assert changed.reason == "shouting at night"
    assert {type(one) for one in heard} == {SanctionsChanged, ModNoticeDue, NoticeDue}
    assert await wanted(store, case.id) == (2, "due")
    with pytest.raises(Forbidden, match="shouting at night"):
        sanctions.check(store, Caller(bob), NOON)
    with pytest.raises(Forbidden, match="Only the owner and moderators"):
        await cases.give_reason(store, Moderator(ada), case.id, "no", NOON)
    with pytest.raises(NotFound):
        await cases.give_reason(store, owner, case.id + 1, "no", NOON)


async def test_the_words_fade_after_their_days_and_the_case_stays(store, owner, bob):
    for day in (0, 20):
        await sanctions.warn(store, owner, bob.id, NOON + timedelta(days=day), evidence=WORDS)
    assert await cases.forget_evidence(store, NOON + timedelta(days=31)) == 1
    assert [case.evidence for case in await cases.latest(store.pool)] == [WORDS, None]


# Roles


async def test_the_owner_says_which_roles_moderate(store, owner, bob):
    holder = Moderator(bob, frozenset({77}))
    assert not await moderators.is_one(store.pool, holder)
    added = [await roles.add(store, owner, 77, "Porch keepers", NOON) for _ in range(2)]
    assert added[0] == added[1]
    assert [(role.id, role.name) for role in await roles.listing(store.pool)] == [(77, "Porch keepers")]
    await moderators.check(store.pool, holder)
    for act in (roles.add(store, holder, 78, "x", NOON), roles.remove(store, holder, 77, NOON)):
        with pytest.raises(Forbidden, match="Only the owner"):
            await act
    removed = [await roles.remove(store, owner, 77, NOON) for _ in range(2)]
    assert removed[0] == removed[1] != added[0]
    assert not await moderators.is_one(store.pool, holder)
    with pytest.raises(Refused, match="does not moderate"):
        await roles.remove(store, owner, 99, NOON)


# Rooms


async def test_a_room_is_locked_and_slowed_by_moderators_and_everybody_hears(store, owner, ada, bob):
    heard = []
    with store.live.listening(heard.append):
        locked = [await rooms.lock(store, owner, ROOM, NOON, on=True, reason="night") for _ in range(2)]
    assert heard == [RoomChanged(ROOM), ModNoticeDue()] * 2
    assert locked[0] == locked[1]
    slowed = [await rooms.slow(store, owner, ROOM, 30, NOON) for _ in range(2)]
    assert slowed[0] == slowed[1]
    assert slowed[0].details == {"seconds": 30}
    room = await rooms.by_slug(store.pool, rooms.HANGOUT)
    assert (room.locked, room.slowmode) == (True, 30)
    await rooms.lock(store, owner, ROOM, NOON, on=False)
    assert not (await rooms.by_slug(store.pool, rooms.HANGOUT)).locked
    kinds = [case.kind for case in reversed(await cases.latest(store.pool))]
    assert kinds == ["lock", "slowmode", "unlock"]
    chat = await chat_between(store, ada, bob)
    for wrong, act in (
        (Forbidden, rooms.lock(store, Moderator(bob), ROOM, NOON, on=True)),
        (Forbidden, rooms.slow(store, Moderator(bob), ROOM, 5, NOON)),
        (NotFound, rooms.lock(store, owner, chat, NOON, on=True)),
        (Refused, rooms.slow(store, owner, ROOM, 21_601, NOON)),
    ):
        with pytest.raises(wrong):
            await act


# Who was here


async def test_who_was_here_lately_is_found_by_any_name_of_theirs(store, ada, bob):
    eve = await sightings_of(store, "Eve", "203.0.113.7", NOON)
    await store.pool.execute("update people set name = 'Zoe' where id = $1", eve)
    await sightings_of(store, "Old Eve", "203.0.113.8", NOON - timedelta(days=1))
    await sightings.note(store, bob.id, "192.0.2.1", NOON - timedelta(hours=1))

    async def found(text="", **more):
        return [one.name for one in await sightings.seen_lately(store.pool, text, **more)]

    assert await found() == ["Zoe", "Bob", "Old Eve"]
    assert await found(limit=1) == ["Zoe"]
    assert await found("eve") == ["Zoe", "Old Eve"]
    assert await found("@BO") == ["Bob"]
    assert await found("%") == []
    await sightings.forget(store.pool, NOON + timedelta(days=30))
    assert await found() == []


async def sightings_of(store, name, network, now):
    person_id = await store.pool.fetchval("insert into people (name) values ($1) returning id", name)
    await sightings.note(store, person_id, network, now)
    return person_id


async def test_a_sighting_is_written_every_ten_minutes_and_never_from_a_shared_network(store, bob):
    for minutes in (0, 9, 10):
        await sightings.note(store, bob.id, "203.0.113.7", NOON + timedelta(minutes=minutes))
    await sightings.note(store, bob.id, "192.168.1.5", NOON)
    rows = await store.pool.fetch("select first_at, last_at from sightings")
    assert [tuple(row) for row in rows] == [(NOON, NOON + timedelta(minutes=10))]


async def test_a_moderator_reads_somebody_s_history_with_hashes_only(store, owner, ada, bob):
    for one in (ada, bob):
        await sightings.note(store, one.id, "203.0.113.7", NOON)
    await store.pool.execute("update people set name = 'Robert' where id = $1", bob.id)
    await store.pool.execute(
        "insert into reports (reporter_id, reported_id, messages, created_at) values ($1, $2, '[]', $3)",
        ada.id,
        bob.id,
        NOON,
    )
    await sanctions.mute(store, owner, bob.id, NOON, reason="spam")
    told = await sightings.history(store.pool, bob.id, NOON)
    assert (told.person.name, set(told.names), told.username) == ("Robert", {"Robert", "Bob"}, "bob")
    assert [len(one) for one in told.networks] == [8]
    assert (told.messages, told.comments, told.reports_by, told.reports_about, told.cases_count) == (0, 0, 0, 1, 1)
    assert ([case.kind for case in told.cases], told.sanction.reason) == (["mute"], "spam")
    assert [one.name for one in told.same_network] == ["Ada"]
    assert await sightings.history(store.pool, 10**9, NOON) is None
