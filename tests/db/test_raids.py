"""Many new names at once: how a raid is noticed, what it holds back, whom it leaves alone, and how it ends."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from db import accounts, comments, messages, people, posts, raids, sanctions
from db.config import Comments, Mod
from db.errors import Forbidden, NotFound, Refused, TooOften
from db.events import ModNoticeDue, RoomChanged
from db.held import Held
from db.moderators import Moderator
from db.opening import open_store
from db.posts import Draft
from db.raids._watching import look
from tests.members import member

NOON = datetime.now(UTC).replace(microsecond=0)  # bans are asked for by PostgreSQL's clock as well
RAIDED = Mod(raid_names=3, raid_period=60, raid_slowmode=10, new_messages=0)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, mod=RAIDED)


@pytest.fixture
async def robin(store):
    return await member(store, "robin", owner=True)


@pytest.fixture
def by(robin):
    return Moderator(robin)


def say(store, person, nonce, seconds, content="hello"):
    return messages.say(store, 1, person, content, nonce, at(seconds), network=f"192.0.2.{person.id % 200}")


async def come(store, name, seconds):
    person = await people.add_visitor(store.pool, name)
    await raids.note_newcomer(store, person, at(seconds))
    return person


async def raid(store, seconds=0.0, count=3):
    """So many come within some seconds. Returns them and the raid's id."""
    them = [await come(store, f"Raider {number}", seconds + number) for number in range(count)]
    return them, store.alarms.raid_id


async def keep_back(store, person, nonce, content="buy"):
    """As if it had waited for a moderator."""
    await store.pool.execute(
        """insert into held (room_id, author_id, nonce, content, rule, created_at) values (1, $1, $2, $3, 'raid', $4)
        on conflict do nothing""",
        person.id,
        nonce,
        content,
        NOON,
    )


async def shown(store, raid_id):
    found = await raids.shown(store.pool, raid_id)
    assert found
    return found


# Noticing


async def test_many_new_names_in_a_short_time_are_a_raid_told_once_with_one_case(store):
    told = []
    with store.live.listening(told.append):
        _, raid_id = await raid(store, count=5)
    assert raid_id
    assert [one for one in told if isinstance(one, RoomChanged | ModNoticeDue)] == [RoomChanged(), ModNoticeDue()]
    notices = await store.pool.fetch("select kind, subject_id, state from mod_notices")
    assert [tuple(row) for row in notices] == [("raid", raid_id, "due")]
    [case] = await store.pool.fetch("select id, kind, by_name, door, rule, hidden from cases")
    assert tuple(case)[1:] == ("raid", "", "house", "3 new names within 60 s", True)
    found = await shown(store, raid_id)
    assert (found.people, found.held, found.messages, found.case_id) == (5, 0, 0, case["id"])


async def test_names_that_come_slowly_are_no_raid(store):
    for number in range(6):
        await come(store, f"Guest {number}", 31 * number)
    assert store.alarms.raid_id == 0


async def test_the_same_person_noted_again_is_no_further_newcomer(store):
    ada = await come(store, "Ada", 0)
    for second in range(5):
        await raids.note_newcomer(store, ada, at(second))
    assert store.alarms.raid_id == 0


async def test_newcomers_at_several_processes_at_once_are_counted_together_and_are_one_raid(config, store):
    async with open_store(config) as other:
        visitors = [await people.add_visitor(store.pool, f"Raider {number}") for number in range(8)]
        both = (store, other)
        await asyncio.gather(*(raids.note_newcomer(both[one.id % 2], one, NOON) for one in visitors))
        assert await store.pool.fetchval("select count(*) from raids") == 1
        assert (await shown(store, await store.pool.fetchval("select id from raids"))).people == 8


async def test_who_registers_or_comes_by_discord_without_a_name_before_is_a_newcomer_and_a_visitor_is_not_twice(store):
    visitor = await come(store, "Ada", 0)
    now = datetime.now(UTC)
    password = "a long enough secret"
    await accounts.register(store, visitor, "ada", password, "Ada", "192.0.2.1", now)
    await accounts.register(store, None, "bob", password, "Bob", "192.0.2.2", now)
    await accounts.sign_in(store, None, accounts.DiscordUser(77, "cal", "Cal"), "192.0.2.3", now)
    await accounts.sign_in(store, None, accounts.DiscordUser(77, "cal", "Cal"), "192.0.2.3", now)
    names = await store.pool.fetch("select name from newcomers join people on id = person_id")
    assert sorted(row["name"] for row in names) == ["Ada", "Bob", "Cal"]


async def test_who_only_liked_something_counts_when_they_first_speak(store):
    them = [await people.add_visitor(store.pool, f"Liker {number}") for number in range(4)]
    for person in them:
        await raids.note_newcomer(store, person, NOON, is_silent=True)
    assert store.alarms.raid_id == 0
    for person in them[:2]:
        await say(store, person, "n1", 1)
    with pytest.raises(Held):
        await say(store, them[2], "n1", 2)
    assert (await shown(store, store.alarms.raid_id)).people == 3


async def test_a_raid_survives_a_restart(config, store):
    them, raid_id = await raid(store)
    async with open_store(config) as started:
        assert started.alarms.raid_id == raid_id
        with pytest.raises(Held):
            await say(started, them[0], "n1", 5)


# What it holds back, and whom it leaves alone


async def test_who_came_with_it_waits_and_who_was_here_before_does_not(store, ada, robin):
    guest = await come(store, "Guest", -300)
    await say(store, guest, "n1", -200)
    early = await come(store, "Early bird", 0)
    await say(store, early, "n1", 0.5)  # before anybody could notice
    them, _ = await raid(store, 1)
    late = await come(store, "Late", 600)
    for person in (*them, early, late):
        with pytest.raises(Held):
            await say(store, person, "n2", 601)
    for person in (guest, ada, robin):  # as quickly as ever
        for number in range(3):
            await say(store, person, f"quick {number}", 602, f"hello {number}")


async def test_slow_mode_is_for_who_never_spoke_before_it_and_for_what_waits(store):
    silent = await come(store, "Silent", -300)
    them, _ = await raid(store)
    await say(store, silent, "n1", 5)
    with pytest.raises(TooOften, match="every 10 s"):
        await say(store, silent, "n2", 9)
    await say(store, silent, "n2", 15)
    await keep_back(store, them[0], "n1")
    with pytest.raises(TooOften):
        await say(store, them[0], "n2", 4)
    with pytest.raises(Held):  # the same again waits already
        await say(store, them[0], "n1", 4, "buy")


async def test_whom_a_moderator_has_let_through_speaks_freely_and_counts_no_more(store):
    them, raid_id = await raid(store)
    await keep_back(store, them[0], "n1")
    await store.pool.execute("update held set state = 'approved'")
    await say(store, them[0], "n2", 20)
    assert ((await shown(store, raid_id)).people, (await shown(store, raid_id)).messages) == (2, 0)


async def test_nobody_gets_their_words_in_by_an_edit(store):
    early = await come(store, "Early bird", 0)
    first = await say(store, early, "n1", 0.5)
    await raid(store, 1)
    with pytest.raises(Refused) as refusal:
        await messages.edit(store, 1, early, first.id, "buy", at(5))
    assert refusal.value.code == "filtered"


async def test_comments_of_a_raid_wait_for_the_owner(store, robin, ada):
    store.config = msgspec.structs.replace(store.config, comments=Comments(moderation="none", per_minute=100))
    post = await posts.create(store, robin, Draft(title="Lamps", body="x"), NOON, source="web")
    post = await posts.publish(store, robin, post.id, NOON)
    them, raid_id = await raid(store)
    trap = comments.Trap("", comments.stamp(store.secret_key, post.id, NOON), None)
    for person in (them[0], ada):
        words = f"from {person.name}"
        await comments.post(store, person, post, words, "n1", at(30), network="192.0.2.1", trap=trap)
    rows = await store.pool.fetch("select author_id, state, held_for from comments order by id")
    assert [tuple(row) for row in rows] == [(them[0].id, "waiting", "raid"), (ada.id, "approved", None)]
    assert (await shown(store, raid_id)).held == 1


# Its end


async def test_a_moderator_ends_it_and_nobody_waits_any_more(store, by):
    them, raid_id = await raid(store)
    told = []
    with store.live.listening(told.append):
        ended = await raids.end(store, by, at(20))
    assert ended
    assert (ended.id, ended.ended_at, ended.ended_by_name) == (raid_id, at(20), "Robin")
    assert RoomChanged() in told
    await say(store, them[0], "n1", 21)
    await come(store, "Next", 22)  # the raid's own people do not make another one of it
    assert store.alarms.raid_id == 0
    assert await raids.end(store, by, at(30)) == await shown(store, raid_id)
    assert await store.pool.fetchval("select count(*) from cases where kind = 'raid' and by_name = 'Robin'") == 1


async def test_the_button_of_an_old_raid_does_not_end_a_new_one(store, by):
    _, old = await raid(store)
    await raids.end(store, by, at(20))
    _, new = await raid(store, 100)
    assert new not in (0, old)
    await raids.end(store, by, at(110), raid_id=old)
    assert store.alarms.raid_id == new


async def test_it_ends_by_itself_after_half_an_hour_in_which_few_came_and_little_waited(store):
    them, raid_id = await raid(store)
    await come(store, "Somebody", 1200)
    await look(store, at(1799))
    assert store.alarms.raid_id == raid_id
    await look(store, at(1810))
    assert store.alarms.raid_id == 0
    found = await shown(store, raid_id)
    assert (found.ended_at, found.ended_by_name) == (at(1810), "")
    last = await store.pool.fetchrow("select door, rule from cases order by id desc limit 1")
    assert tuple(last) == ("house", "30 quiet minutes")
    await say(store, them[0], "n1", 1811)


async def test_it_does_not_end_while_they_still_come(store):
    _, raid_id = await raid(store)
    for number in range(3):
        await come(store, f"Still {number}", 1000 + 100 * number)
    await look(store, at(1900))
    assert store.alarms.raid_id == raid_id


# The moderators' buttons


async def test_its_notice_is_changed_when_its_numbers_are_others_and_only_then(store):
    them, _ = await raid(store)
    await look(store, at(10))
    wanted = "select wanted from mod_notices where kind = 'raid'"
    first = await store.pool.fetchval(wanted)
    await look(store, at(11))
    assert await store.pool.fetchval(wanted) == first
    await keep_back(store, them[0], "n1")
    await look(store, at(12))
    assert await store.pool.fetchval(wanted) == first + 1


async def test_all_who_came_are_banned_but_for_whom_was_let_through_and_twice_is_harmless(store, by):
    them, raid_id = await raid(store)
    await keep_back(store, them[0], "n1")
    await store.pool.execute("update held set state = 'approved'")
    done = await raids.ban_all(store, by, raid_id, at(20))
    assert (done.people, done.banned) == (2, 2)
    rows = await store.pool.fetch("select person_id from sanctions where kind = 'ban' order by person_id")
    assert [row["person_id"] for row in rows] == [one.id for one in them[1:]]
    before = await store.pool.fetchval("select count(*) from cases")
    await raids.ban_all(store, by, raid_id, at(21))
    assert await store.pool.fetchval("select count(*) from cases") == before


async def test_many_are_banned_piece_by_piece_and_what_was_cut_off_goes_on_where_it_was(store, by, monkeypatch):
    monkeypatch.setattr(raids._acts, "TOGETHER", 2)
    them, raid_id = await raid(store, 4)
    ban, done = sanctions.ban_all, []

    async def cut_off(*what, **more):
        done.append(len(what[2]))
        if len(done) == 2:
            raise asyncpg.InterfaceError("the database went away")
        return await ban(*what, **more)

    with monkeypatch.context() as patched:
        patched.setattr(sanctions, "ban_all", cut_off)
        with pytest.raises(asyncpg.InterfaceError):
            await raids.ban_all(store, by, raid_id, at(20))
    assert done == [2, len(them) - 2]
    assert await store.pool.fetchval("select count(distinct person_id) from sanctions") == 2
    raided = await raids.ban_all(store, by, raid_id, at(21))
    assert raided.banned == raided.people == len(them)
    assert await store.pool.fetchval("select count(*) from cases where kind = 'ban'") == len(them)


async def test_who_is_to_be_banned_is_shown_by_name_and_words_and_who_comes_later_is_not_among_them(store, by):
    early = await come(store, "Early bird", 0)
    await say(store, early, "n1", 0.5, "hey")
    them, raid_id = await raid(store, 1)
    await keep_back(store, them[1], "n1", "buy this")
    found = await raids.comers(store.pool, raid_id)
    expected = {"Early bird": "hey", "Raider 0": "", "Raider 1": "buy this", "Raider 2": ""}
    assert {one.name: one.words for one in found} == expected
    late = await come(store, "Latecomer", 5)
    await raids.note_newcomer(store, by.person, at(6))
    done = await raids.ban_all(store, by, raid_id, at(20), up_to=found[-1].number)
    assert (done.people, done.banned) == (5, 4)
    assert [one.name for one in await raids.comers(store.pool, raid_id)] == [late.name]


async def test_all_that_they_wrote_is_removed_and_nothing_of_anybody_else(store, by, ada):
    early = await come(store, "Early bird", 0)
    first = await say(store, early, "n1", 0.5)
    other = await say(store, ada, "n1", 0.6)
    them, raid_id = await raid(store, 1)
    for person in them:
        await keep_back(store, person, "n1")
    found = await shown(store, raid_id)
    assert (found.held, found.messages) == (3, 1)
    done = await raids.clean(store, by, raid_id, at(20))
    assert (done.held, done.messages, done.cleaned_at) == (0, 0, at(20))
    gone = {one.id: one.deleted for one in await messages.get(store.pool, 1, [first.id, other.id])}
    assert gone == {first.id: True, other.id: False}
    before = await store.pool.fetchval("select count(*) from cases")
    await raids.clean(store, by, raid_id, at(21))
    assert await store.pool.fetchval("select count(*) from cases") == before


@pytest.mark.parametrize("act", [raids.ban_all, raids.clean])
async def test_only_moderators_act_on_a_raid_that_there_is(store, by, ada, act):
    _, raid_id = await raid(store)
    with pytest.raises(Forbidden):
        await act(store, Moderator(ada), raid_id, NOON)
    with pytest.raises(Forbidden):
        await raids.end(store, Moderator(ada), NOON)
    with pytest.raises(NotFound):
        await act(store, by, raid_id + 1, NOON)
    assert store.alarms.raid_id == raid_id
