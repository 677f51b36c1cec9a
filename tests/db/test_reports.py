"""Anybody shows the moderators what they read; moderators decide on it once, from whichever door."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from db import cases, chats, held, messages, mod_notices, people, reports
from db.config import Mod
from db.errors import Forbidden, NotFound, Refused, TooOften
from db.limits import Limits
from db.moderators import Moderator
from db.sanctions import Caller
from tests.members import NOON, chat_between, member
from tests.posted import a_post

HOME = "198.51.100.7"


async def said(store, person, *words, room_id=1):
    for one in words:
        store.limits = Limits()
        last = await messages.say(store, room_id, person, one, f"n {one}", NOON, network="", is_open=room_id == 1)
    return last


async def shown(store, report_id):
    return await reports.get(store.pool, report_id)


@pytest.fixture
async def owner(store):
    return Moderator(await member(store, "robin", owner=True))


@pytest.fixture
async def bad(store, eve, bob):
    """A message, with others around it."""
    await said(store, bob, "one", "two", "three", "four")
    one = await said(store, eve, "bad words")
    await said(store, bob, "five", "six", "seven", "eight")
    return one


@pytest.fixture
async def reported(store, ada, bad):
    return await reports.report(store, Caller(ada), "message", bad.id, "rude", NOON)


async def test_a_report_shows_the_message_and_three_before_and_after_it(store, reported, eve):
    one = await shown(store, reported)
    assert [said["content"] for said in one.messages] == ["two", "three", "four", "bad words", "five", "six", "seven"]
    assert [said["content"] for said in one.messages if said["chosen"]] == ["bad words"]
    assert (one.reporter, one.reported_id, one.reason, one.state) == ("Ada", eve.id, "rude", "open")
    assert one.who_said(one.messages[0]) == "Bob"
    assert "Bob" not in str(one.messages)
    assert (await mod_notices.next_due(store.pool, NOON)).subject_id == reported


async def test_the_same_again_is_the_same_report_and_others_stand_in_it(store, ada, bob, bad, reported):
    again = [reports.report(store, Caller(ada), "message", bad.id, "again", NOON) for _ in range(3)]
    assert set(await asyncio.gather(*again)) == {reported}
    stranger = Caller(None, HOME)
    numbers = {await reports.report(store, stranger, "message", bad.id, "awful", NOON) for _ in range(2)}
    assert len(numbers - {reported}) == 1
    assert (await shown(store, reported)).others == (("a stranger", "awful"),)
    assert await store.pool.fetchval("select count(*) from mod_notices where kind = 'report'") == 1


async def test_a_day_has_so_many_reports_by_person_and_by_network(store, ada, bad, bob):
    store.config = msgspec.structs.replace(store.config, mod=Mod(reports_per_day=2, raid_names=10_000))
    others = [await said(store, bob, f"more {number}") for number in range(3)]
    for caller in (Caller(ada), Caller(None, HOME)):
        for one in others[:2]:
            await reports.report(store, caller, "message", one.id, "", NOON)
        with pytest.raises(TooOften):
            await reports.report(store, caller, "message", bad.id, "", NOON)


async def test_what_nobody_could_read_cannot_be_reported_and_neither_can_ones_own(store, ada, bob, eve, bad):
    room = await chat_between(store, ada, bob)
    secret = await said(store, ada, "a secret", room_id=room)
    await messages.delete(store, 1, eve, bad.id, NOON)
    for kind, number in (("message", secret.id), ("comment", secret.id), ("message", bad.id), ("profile", 999)):
        with pytest.raises(NotFound):
            await reports.report(store, Caller(eve), kind, number, "", NOON)
    own = await said(store, ada, "my own")
    with pytest.raises(Refused, match="your own"):
        await reports.report(store, Caller(ada), "message", own.id, "", NOON)
    assert await store.pool.fetchval("select count(*) from reports") == 0


async def test_of_a_chat_only_what_was_chosen_is_shown_and_a_letter_goes_where_there_is_no_channel(
    store, ada, bob, owner
):
    room = await chat_between(store, bob, ada)
    bad = await said(store, bob, "private", "bad", room_id=room)
    number = await reports.report(store, Caller(ada), "chat", 0, "", NOON, room_id=room, message_ids=[bad.id])
    one = await shown(store, number)
    assert ([said["content"] for said in one.messages], one.chosen) == (["bad"], [bad.id])
    assert await store.pool.fetchval("select count(*) from letters where report_id = $1", number) == 1
    await reports.decide(store, owner, number, "remove", NOON)
    [gone] = await messages.get(store.pool, room, [bad.id])
    assert gone.deleted
    assert (await chats.enter(store.pool, room, ada.id)).last.excerpt == "private"


@pytest.mark.parametrize(("decision", "state"), [("warn", "warned"), ("mute", "muted"), ("ban", "banned")])
async def test_its_author_is_told_off_once_with_what_they_wrote_on_record(store, owner, eve, reported, decision, state):
    until = None if decision == "warn" else NOON + timedelta(days=1)
    done = [reports.decide(store, owner, reported, decision, NOON, until=until, reason="no") for _ in range(3)]
    assert {one.state for one in await asyncio.gather(*done)} == {state}
    one = await shown(store, reported)
    assert (one.state, one.decided_name) == (state, "Robin")
    [case] = await cases.own(store.pool, eve.id)
    assert (case.kind, case.reason, case.until, case.subject.report_id) == (decision, "no", until, reported)
    assert [said["content"] for said in case.evidence] == ["bad words"]
    found = store.sanctions.find(Caller(eve), NOON)
    assert (found.kind if found else "warn") == decision


async def test_removing_takes_the_message_and_closes_every_report_of_it(store, owner, bob, bad, reported):
    other = await reports.report(store, Caller(bob), "message", bad.id, "", NOON)
    for _ in range(2):
        await reports.decide(store, owner, reported, "remove", NOON, reason="rude")
    [gone] = await messages.get(store.pool, 1, [bad.id])
    assert gone.deleted
    assert [(await shown(store, one)).state for one in (reported, other)] == ["removed", "removed"]
    assert await store.pool.fetchval("select count(*) from cases where kind = 'remove'") == 1
    assert (
        await reports.decide(store, owner, reported, "ban", NOON)
    ).state == "banned"  # what was removed may cost more


async def test_what_is_dismissed_is_over_and_does_nothing(store, owner, eve, bad, reported):
    await reports.decide(store, owner, reported, "dismiss", NOON)
    for decision in ("ban", "remove", "dismiss"):
        assert (await reports.decide(store, owner, reported, decision, NOON)).state == "dismissed"
    assert not (await messages.get(store.pool, 1, [bad.id]))[0].deleted
    assert await cases.own(store.pool, eve.id) == []
    assert await store.pool.fetchval("select array_agg(kind) from cases") == ["dismiss"]


async def test_who_is_no_moderator_decides_nothing_and_authors_are_not_banned(store, owner, ada, reported, eve, bob):
    for decision in ("remove", "warn", "mute", "ban", "dismiss"):
        with pytest.raises(Forbidden):
            await reports.decide(store, Moderator(bob), reported, decision, NOON)
    await store.pool.execute("update people set role = 'author' where id = $1", eve.id)
    with pytest.raises(Refused) as refused:
        await reports.decide(store, owner, reported, "ban", NOON)
    assert refused.value.code == "cannot_ban"
    with pytest.raises(NotFound):
        await reports.decide(store, owner, 999, "dismiss", NOON)
    assert (await shown(store, reported)).state == "open"


async def test_a_profile_is_reported_with_its_words_and_cleared(store, owner, ada, eve):
    await store.pool.execute("update accounts set about = 'hateful' where person_id = $1", eve.id)
    number = await reports.report(store, Caller(ada), "profile", eve.id, "", NOON)
    assert [one["content"] for one in (await shown(store, number)).messages] == ["hateful"]
    await reports.decide(store, owner, number, "remove", NOON)
    assert await store.pool.fetchval("select about from accounts where person_id = $1", eve.id) == ""
    [case] = await cases.own(store.pool, eve.id)
    assert (case.kind, case.evidence[0]["content"]) == ("remove", "hateful")


async def test_a_comment_is_reported_with_its_post(store, owner, ada, eve):
    post = await a_post(store, owner.person)
    one = await said(store, eve, "spam", room_id=post.room_id)
    number = await reports.report(store, Caller(ada), "comment", one.id, "", NOON)
    assert ((await shown(store, number)).post_slug, (await shown(store, number)).kind) == (post.slug, "comment")


async def test_a_message_that_goes_otherwise_is_told_to_the_moderators_once(store, eve, bad, reported):
    assert not await reports.note_gone(store, NOON)
    await messages.delete(store, 1, eve, bad.id, NOON)
    assert await reports.note_gone(store, NOON)
    assert not await reports.note_gone(store, NOON)
    assert (await shown(store, reported)).gone
    assert (await mod_notices.notice_of(store.pool, "report", reported)).wanted == 2


async def test_a_deleted_account_leaves_no_name_in_a_report(store, reported, eve):
    await store.pool.execute("update people set name = 'former member' where id = $1", eve.id)
    one = await shown(store, reported)
    assert {one.who_said(said) for said in one.messages} == {"Bob", "former member"}


async def test_the_words_of_a_report_fade_once_it_was_decided(store, owner, reported):
    later = NOON + timedelta(days=store.config.mod.evidence_days)
    assert await reports.forget_words(store, later + timedelta(days=365)) == 0  # it still waits
    await reports.decide(store, owner, reported, "dismiss", NOON)
    assert [await reports.forget_words(store, at) for at in (later - timedelta(hours=1), later)] == [0, 1]
    assert (await shown(store, reported)).messages == []


async def test_banning_who_wrote_what_waits_drops_it_and_twice_is_as_once(store, owner):
    zed = await people.add_visitor(store.pool, "Zed")
    number = await store.pool.fetchval(
        """insert into held (room_id, author_id, nonce, content, rule, created_at)
        values (1, $1, 'n', 'buy it', 'links', $2) returning id""",
        zed.id,
        NOON,
    )
    with pytest.raises(Forbidden):
        await held.ban(store, Moderator(zed), number, NOON)
    for _ in range(2):
        assert (await held.ban(store, owner, number, NOON, reason="ads")).state == "deleted"
    [case] = [one for one in await cases.own(store.pool, zed.id) if one.kind == "ban"]
    assert case.evidence[0]["content"] == "buy it"
    assert store.sanctions.find(Caller(zed), NOON).kind == "ban"
