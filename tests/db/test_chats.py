"""Chats: who may ask whom, what the asker can tell, and that a room of two is only there for the two."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import chats, messages, people, reports
from db.config import Chat as Limits
from db.errors import NotFound, Refused
from db.events import Noted, Parted, Read
from db.sanctions import Caller
from tests.members import chat_between, member

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAYS = 30


def say(store, room_id, person, words, nonce=None, **more):
    return messages.say(store, room_id, person, words, nonce or words, NOON, network=f"n{person.id}", **more)


async def only_request(store, person, now=NOON):
    [request] = await chats.requests_to(store.pool, person.id, now, DAYS)
    return request


async def set_account(store, person, **values):
    for column, value in values.items():
        await store.pool.execute(f"update accounts set {column} = $2 where person_id = $1", person.id, value)


def heard(store):
    events = []
    return events, store.live.listening(events.append)


# Asking


async def test_a_request_is_seen_by_the_asked_and_waits_for_the_asker(store, ada, bob):
    events, listening = heard(store)
    with listening:
        await chats.ask(store, ada, "Bob", "  hello  ", NOON)
    request = await only_request(store, bob)
    assert (request.who, request.words) == (ada, "hello")
    [waiting] = await chats.requests_from(store.pool, ada.id, NOON, DAYS)
    assert (waiting.who, waiting.words) == (bob, "hello")
    assert events == [Noted(bob.id)]
    assert (await chats.totals(store.pool, bob.id)).all == 1
    assert (await chats.totals(store.pool, ada.id)).all == 0


@pytest.mark.parametrize(("words", "code"), [("", "empty"), (" \u200b", "empty"), ("x" * 501, "too_long")])
async def test_a_request_says_something_in_up_to_500_characters(store, ada, bob, words, code):
    with pytest.raises(Refused) as refused:
        await chats.ask(store, ada, "bob", words, NOON)
    assert refused.value.code == code
    await chats.ask(store, ada, "bob", "x" * 500, NOON)


async def test_nobody_asks_whom_there_is_not_or_themselves(store, ada, bob):
    await set_account(store, bob, disabled_at=NOON)
    for name in ("nobody", "", "\x00", "bob", "x" * 5000, "\ud800"):
        with pytest.raises(NotFound):
            await chats.ask(store, ada, name, "hi", NOON)
    with pytest.raises(Refused, match="That is you"):
        await chats.ask(store, ada, "ada", "hi", NOON)


async def test_a_visitor_without_an_account_asks_nobody(store, bob):
    visitor = await people.add_visitor(store.pool, "Vera")
    with pytest.raises(Refused) as refused:
        await chats.ask(store, visitor, "bob", "hi", NOON)
    assert refused.value.code == "not_joined"
    assert await chats.requests_to(store.pool, bob.id, NOON, DAYS) == []


async def test_who_takes_no_requests_gets_none(store, ada, bob):
    await set_account(store, bob, may_ask="nobody")
    assert (await chats.standing(store.pool, ada.id, bob.id, NOON, DAYS)).state == "takes_none"
    with pytest.raises(Refused, match="take no requests"):
        await chats.ask(store, ada, "bob", "hi", NOON)


async def test_who_takes_requests_of_whom_they_replied_to_gets_those(store, ada, bob):
    await set_account(store, bob, may_ask="replied")
    said = await say(store, 1, ada, "anybody here?")
    await say(store, 1, bob, "just me")
    assert (await chats.standing(store.pool, ada.id, bob.id, NOON, DAYS)).state == "takes_none"
    await say(store, 1, bob, "yes", reply_to=said.id)
    assert (await chats.standing(store.pool, ada.id, bob.id, NOON, DAYS)).state == "may_ask"
    await chats.ask(store, ada, "bob", "hi", NOON)


async def test_whoever_was_asked_is_told_to_answer_instead_of_asking_back(store, ada, bob):
    await chats.ask(store, ada, "bob", "hi", NOON)
    with pytest.raises(Refused, match="accept"):
        await chats.ask(store, bob, "ada", "hi", NOON)
    standing = await chats.standing(store.pool, bob.id, ada.id, NOON, DAYS)
    assert (standing.state, standing.request_id) == ("asked_you", (await only_request(store, bob)).id)


@pytest.mark.parametrize("answer", ["waiting", "decline", "block", "report", "blocked before"])
async def test_the_asker_cannot_tell_what_became_of_a_request(store, ada, bob, answer):
    if answer == "blocked before":
        await chats.block(store, bob, "ada", NOON)
    await chats.ask(store, ada, "bob", "hi", NOON)
    if answer not in {"waiting", "blocked before"}:
        await chats.answer(store, bob, (await only_request(store, bob)).id, answer, NOON)

    async def view(now):
        seen = await chats.requests_from(store.pool, ada.id, now, DAYS)
        try:
            await chats.ask(store, ada, "bob", "again", now)
        except Refused as refusal:
            return [one.words for one in seen], refusal.code, refusal.sentence
        return [one.words for one in seen], "asked"

    waits = (["hi"], "cannot_ask", "You have asked them already. They have not answered yet.")
    assert await view(NOON + timedelta(days=29)) == waits
    assert (await chats.standing(store.pool, ada.id, bob.id, NOON, DAYS)).state == "waiting"
    assert await view(NOON + timedelta(days=30)) == ([], "asked")
    assert await chats.of_person(store.pool, ada.id) == []


@pytest.mark.parametrize("answer", ["block", "report"])
async def test_a_blocked_person_is_never_seen_again(store, ada, bob, answer):
    await chats.ask(store, ada, "bob", "hi", NOON)
    await chats.answer(store, bob, (await only_request(store, bob)).id, answer, NOON)
    later = NOON + timedelta(days=31)
    events, listening = heard(store)
    with listening:
        await chats.ask(store, ada, "bob", "me again", later)
    assert await chats.requests_to(store.pool, bob.id, later, DAYS) == []
    assert (events, (await chats.totals(store.pool, bob.id)).all) == ([], 0)
    assert await chats.blocked_by(store.pool, bob.id) == [ada]


async def test_declined_and_unseen_requests_count_among_the_open_ones_until_their_days_are_over(config, store, ada):
    limit = store.config.chat.requests_open
    for number in range(limit):
        name = f"member{number}"
        other = await member(store, name)
        if number % 2:
            await chats.block(store, other, "ada", NOON)
        await chats.ask(store, ada, name, "hi", NOON)
        if not number % 2:
            await chats.answer(store, other, (await only_request(store, other)).id, "decline", NOON)
    await member(store, "last")
    with pytest.raises(Refused, match="wait for an answer"):
        await chats.ask(store, ada, "last", "hi", NOON + timedelta(days=29))
    await chats.ask(store, ada, "last", "hi", NOON + timedelta(days=30))


async def test_accepted_requests_make_room_but_count_for_the_day(config, store, ada):
    for number in range(10):
        other = await member(store, f"member{number}")
        await chat_between(store, ada, other, NOON)
    await member(store, "last")
    with pytest.raises(Refused, match="in a day"):
        await chats.ask(store, ada, "last", "hi", NOON + timedelta(hours=23))
    await chats.ask(store, ada, "last", "hi", NOON + timedelta(hours=24))


async def test_of_many_asked_at_once_only_so_many_go_through(store, ada):
    names = [f"member{number}" for number in range(12)]
    for name in names:
        await member(store, name)
    done = await asyncio.gather(*(chats.ask(store, ada, name, "hi", NOON) for name in names), return_exceptions=True)
    assert sum(isinstance(one, chats.Request) for one in done) == 5
    assert all(isinstance(one, chats.Request | Refused) for one in done)


# Answering


async def test_accepting_makes_a_room_in_which_the_words_of_the_request_were_said_first(store, ada, bob):
    await chats.ask(store, ada, "bob", "hello **Bob**", NOON)
    events, listening = heard(store)
    with listening:
        room_id = await chats.answer(store, bob, (await only_request(store, bob)).id, "accept", NOON)
    seq, [first] = await messages.newest(store.pool, room_id, 10)
    assert (seq, first.content, first.author.id, first.relay) == (1, "hello **Bob**", ada.id, "none")
    for me, other in ((ada, bob), (bob, ada)):
        [chat] = await chats.of_person(store.pool, me.id)
        assert (chat.room_id, chat.other, chat.closed, chat.last.excerpt) == (room_id, other, False, "hello Bob")
        assert (await chats.standing(store.pool, me.id, other.id, NOON, DAYS)).room_id == room_id
    assert Noted(ada.id) in events
    assert Noted(bob.id) in events
    assert await chats.requests_from(store.pool, ada.id, NOON, DAYS) == []


async def test_accepting_twice_gives_the_same_room(store, ada, bob):
    await chats.ask(store, ada, "bob", "hi", NOON)
    request = await only_request(store, bob)
    rooms = await asyncio.gather(*(chats.answer(store, bob, request.id, "accept", NOON) for _ in range(4)))
    assert len(set(rooms)) == 1
    assert len(await chats.of_person(store.pool, ada.id)) == 1


async def test_nobody_answers_for_another_nor_what_is_over(store, ada, bob, eve):
    await chats.ask(store, ada, "bob", "hi", NOON)
    request = await only_request(store, bob)
    for person in (ada, eve):
        for answer in ("accept", "decline", "block", "report"):
            with pytest.raises(NotFound):
                await chats.answer(store, person, request.id, answer, NOON)
    with pytest.raises(NotFound):
        await chats.answer(store, bob, request.id, "accept", NOON + timedelta(days=30))
    with pytest.raises(Refused) as refused:
        await chats.answer(store, bob, request.id, "maybe", NOON)
    assert refused.value.code == "bad_parameter"
    await chats.answer(store, bob, request.id, "decline", NOON)
    with pytest.raises(NotFound):
        await chats.answer(store, bob, request.id, "accept", NOON)
    assert await store.pool.fetchval("select count(*) from rooms where kind = 'chat'") == 0


async def test_when_both_ask_at_once_one_of_them_is_told_to_answer(store, ada, bob):
    done = await asyncio.gather(
        chats.ask(store, ada, "bob", "hi", NOON), chats.ask(store, bob, "ada", "hi", NOON), return_exceptions=True
    )
    assert sorted(isinstance(one, Refused) for one in done) == [False, True]


async def test_blocking_while_accepting_never_leaves_an_open_room(store, ada, bob):
    for number in range(5):
        now = NOON + timedelta(days=31 * number)
        await chats.ask(store, ada, "bob", "hi", now)
        request = await only_request(store, bob, now)
        await asyncio.gather(
            chats.answer(store, bob, request.id, "accept", now),
            chats.block(store, ada, "bob", now),
            return_exceptions=True,
        )
        assert await store.pool.fetchval("select count(*) from rooms where kind = 'chat' and closed_at is null") == 0
        assert (await chats.blocked_by(store.pool, ada.id)) == [bob]
        await chats.unblock(store, ada, "bob")


async def test_a_disabled_asker_is_not_seen(store, ada, bob):
    await chats.ask(store, ada, "bob", "hi", NOON)
    request = await only_request(store, bob)
    await set_account(store, ada, disabled_at=NOON)
    assert await chats.requests_to(store.pool, bob.id, NOON, DAYS) == []
    assert (await chats.totals(store.pool, bob.id)).all == 0
    with pytest.raises(NotFound):
        await chats.answer(store, bob, request.id, "accept", NOON)


# Membership


async def test_to_everybody_else_a_chat_is_like_one_that_is_not_there(store, ada, bob, eve):
    room_id = await chat_between(store, ada, bob, NOON)
    [said] = (await messages.newest(store.pool, room_id, 5))[1]
    for room in (room_id, room_id + 100):
        for act in (
            chats.enter(store.pool, room, eve.id),
            chats.leave(store, eve, room, NOON),
            chats.read(store, eve, room, 1),
            reports.report(store, Caller(eve), "chat", 0, "", NOON, room_id=room, message_ids=[said.id]),
            say(store, room, eve, "hi"),
            messages.edit(store, room, eve, said.id, "x", NOON),
            messages.delete(store, room, eve, said.id, NOON),
            messages.react(store, room, eve, said.id, "🎉", on=True),
        ):
            with pytest.raises(NotFound, match=r"^There is nothing here\.$"):
                await act
    assert (await messages.newest(store.pool, room_id, 5))[1] == [said]


async def test_a_public_room_is_no_chat(store, ada):
    for act in (chats.enter(store.pool, 1, ada.id), chats.leave(store, ada, 1, NOON), chats.read(store, ada, 1, 1)):
        with pytest.raises(NotFound):
            await act


async def test_a_message_of_one_room_is_not_reached_through_another(store, ada, bob, eve):
    first, second = await chat_between(store, ada, bob, NOON), await chat_between(store, ada, eve, NOON)
    said = await say(store, first, ada, "for Bob")
    with pytest.raises(NotFound):
        await messages.edit(store, second, ada, said.id, "for Eve", NOON)
    with pytest.raises(NotFound):
        await messages.edit(store, 1, ada, said.id, "for all", NOON)
    with pytest.raises(NotFound):
        await reports.report(store, Caller(ada), "chat", 0, "", NOON, room_id=second, message_ids=[said.id])
    reply = await say(store, second, ada, "look", reply_to=said.id)
    assert reply.reply_to is None
    with pytest.raises(Refused) as refused:
        await say(store, second, ada, "other words", nonce="for Bob")
    assert refused.value.code == "nonce_conflict"


async def test_a_disabled_member_does_nothing_in_a_chat(store, ada, bob):
    room_id = await chat_between(store, ada, bob, NOON)
    await set_account(store, ada, disabled_at=NOON)
    with pytest.raises(NotFound):
        await say(store, room_id, ada, "still here")


async def test_nothing_of_a_chat_is_for_discord(store, ada, bob):
    await store.pool.execute("update rooms set channel_id = 5 where id = 1")
    room_id = await chat_between(store, ada, bob, NOON)
    events, listening = heard(store)
    with listening:
        said = await say(store, room_id, ada, "private")
        await messages.edit(store, room_id, ada, said.id, "very private", NOON)
        await messages.react(store, room_id, bob, said.id, "🎉", on=True)
    assert not [one for one in events if type(one).__name__ in {"Queued", "Relayed"}]
    assert await store.pool.fetchval("select count(*) from mirrors") == 0
    assert await store.pool.fetchval("select array_agg(distinct relay) from messages") == ["none"]


# Leaving and blocking


@pytest.mark.parametrize("way", ["leave", "block"])
async def test_who_is_left_keeps_the_history_and_can_say_no_more(store, ada, bob, way):
    room_id = await chat_between(store, ada, bob, NOON)
    said = await say(store, room_id, bob, "are you there?")
    events, listening = heard(store)
    with listening:
        await (chats.leave(store, ada, room_id, NOON) if way == "leave" else chats.block(store, ada, "bob", NOON))
    assert set(events) == {Parted(room_id), Noted(bob.id), Noted(ada.id)}
    assert await chats.of_person(store.pool, ada.id) == []
    with pytest.raises(NotFound):
        await chats.enter(store.pool, room_id, ada.id)
    assert (await chats.enter(store.pool, room_id, bob.id)).closed
    for act in (
        say(store, room_id, bob, "hello?"),
        messages.edit(store, room_id, bob, said.id, "still there?", NOON),
        messages.react(store, room_id, bob, said.id, "🎉", on=True),
    ):
        with pytest.raises(Refused) as refused:
            await act
        assert (refused.value.code, refused.value.sentence) == ("room_locked", "They have left this chat.")
    assert (await messages.delete(store, room_id, bob, said.id, NOON)).deleted
    standing = await chats.standing(store.pool, bob.id, ada.id, NOON, DAYS)
    assert standing.state == "may_ask"


async def test_after_a_chat_was_left_the_two_may_have_a_new_one(store, ada, bob):
    first = await chat_between(store, ada, bob, NOON)
    await chats.leave(store, ada, first, NOON)
    second = await chat_between(store, bob, ada, NOON)
    assert {one.room_id for one in await chats.of_person(store.pool, bob.id)} == {first, second}
    assert [one.room_id for one in await chats.of_person(store.pool, ada.id)] == [second]


async def test_when_both_have_left_nothing_remains(store, ada, bob):
    room_id = await chat_between(store, ada, bob, NOON)
    said = await say(store, room_id, ada, "soon gone")
    await messages.react(store, room_id, bob, said.id, "🎉", on=True)
    await chats.leave(store, ada, room_id, NOON)
    await chats.leave(store, bob, room_id, NOON)
    for table in ("messages", "reactions", "members", "changes"):
        assert await store.pool.fetchval(f"select count(*) from {table}") == 0, table
    with pytest.raises(NotFound):
        await say(store, room_id, bob, "anybody?")


async def test_a_removal_that_was_broken_off_is_taken_up_again(store, ada, bob):
    room_id = await chat_between(store, ada, bob, NOON)
    await store.pool.execute("update members set left_at = now()")
    await store.pool.execute("update rooms set closed_at = now() where id = $1", room_id)
    other = await chat_between(store, ada, await member(store, "cleo"), NOON)
    await chats.remove_left(store, NOON)
    assert await store.pool.fetch("select id from rooms where kind = 'chat'") == [(other,)]
    await chats.remove_left(store, NOON + timedelta(days=31))
    assert await store.pool.fetchval("select count(*) from chat_requests") == 0


async def test_blocking_ends_what_waits_both_ways(store, ada, bob, eve):
    await chats.ask(store, ada, "bob", "hi", NOON)
    await chats.block(store, ada, "bob", NOON)
    await chats.ask(store, eve, "ada", "hi", NOON)
    await chats.block(store, ada, "eve", NOON)
    for person in (ada, bob):
        assert await chats.requests_to(store.pool, person.id, NOON, DAYS) == []
    assert await chats.requests_from(store.pool, ada.id, NOON, DAYS) == []
    assert [one.words for one in await chats.requests_from(store.pool, eve.id, NOON, DAYS)] == ["hi"]
    assert (await chats.standing(store.pool, ada.id, bob.id, NOON, DAYS)).state == "blocked"
    with pytest.raises(Refused, match="blocked them"):
        await chats.ask(store, ada, "bob", "hi", NOON)


async def test_who_is_unblocked_may_ask_again(store, ada, bob):
    await chats.block(store, bob, "ada", NOON)
    await chats.unblock(store, bob, "ada")
    with pytest.raises(NotFound):
        await chats.unblock(store, bob, "ada")
    await chats.ask(store, ada, "bob", "hi", NOON)
    assert (await only_request(store, bob)).who == ada


async def test_nobody_blocks_themselves_or_whom_there_is_not(store, ada):
    with pytest.raises(Refused, match="That is you"):
        await chats.block(store, ada, "ada", NOON)
    with pytest.raises(NotFound):
        await chats.block(store, ada, "nobody", NOON)


# Reading


async def unread(store, person):
    return (await chats.totals(store.pool, person.id)).unread


async def test_what_the_other_says_waits_until_it_is_read(store, ada, bob):
    room_id = await chat_between(store, ada, bob, NOON)
    assert (await unread(store, ada), await unread(store, bob)) == (0, 1)
    await chats.read(store, bob, room_id, 99)
    events, listening = heard(store)
    with listening:
        for number in range(3):
            await say(store, room_id, ada, f"{number}")
    assert [one for one in events if isinstance(one, Noted)] == [Noted(bob.id, room_id)] * 3
    assert (await unread(store, ada), await unread(store, bob)) == (0, 3)
    await chats.read(store, bob, room_id, 2)
    assert (await chats.enter(store.pool, room_id, bob.id)).unread == 2
    await chats.read(store, bob, room_id, 1)
    assert (await chats.enter(store.pool, room_id, bob.id)).unread == 2, "nobody unreads"
    events.clear()
    with store.live.listening(events.append):
        await chats.read(store, bob, room_id, 4)
    assert events == [Read(room_id, bob.id, 4), Noted(bob.id)]
    assert (await chats.enter(store.pool, room_id, ada.id)).other_read_seq == 4


async def test_an_edit_makes_nothing_unread_and_nothing_read(store, ada, bob):
    room_id = await chat_between(store, ada, bob, NOON)
    one, two = await say(store, room_id, ada, "one"), await say(store, room_id, ada, "two")
    await chats.read(store, bob, room_id, one.seq)
    await messages.edit(store, room_id, ada, one.id, "first", NOON)
    assert await unread(store, bob) == 1
    await chats.read(store, bob, room_id, two.seq)
    assert await unread(store, bob) == 0


async def test_what_is_deleted_unread_waits_no_longer_and_what_was_read_changes_nothing(store, ada, bob):
    room_id = await chat_between(store, ada, bob, NOON)
    old = await say(store, room_id, ada, "old")
    await chats.read(store, bob, room_id, old.seq)
    new, last = await say(store, room_id, ada, "new"), await say(store, room_id, ada, "last")
    await messages.delete(store, room_id, ada, old.id, NOON)
    assert await unread(store, bob) == 2
    await messages.delete(store, room_id, ada, new.id, NOON)
    await messages.delete(store, room_id, ada, new.id, NOON)
    assert await unread(store, bob) == 1
    await chats.read(store, bob, room_id, last.seq)
    assert await unread(store, bob) == 0


async def test_who_does_not_show_what_they_read_is_not_seen_reading(store, ada, bob):
    room_id = await chat_between(store, ada, bob, NOON)
    await set_account(store, bob, shows_reading=False, shows_online=False)
    store.presence.arrive(bob.id)
    events, listening = heard(store)
    with listening:
        await chats.read(store, bob, room_id, 1)
    assert events == [Noted(bob.id)]
    chat = await chats.enter(store.pool, room_id, ada.id, store.presence)
    assert (chat.other_read_seq, chat.other_is_here) == (0, False)
    assert not await chats.may_show_typing(store.pool, room_id, bob.id)
    assert await chats.may_show_typing(store.pool, room_id, ada.id)
    await set_account(store, bob, shows_reading=True, shows_online=True)
    chat = await chats.enter(store.pool, room_id, ada.id, store.presence)
    assert (chat.other_read_seq, chat.other_is_here) == (1, True)


# Reporting


async def test_a_report_shows_the_owner_the_chosen_messages_and_only_these(store, ada, bob):
    owner = await member(store, "robin")
    await store.pool.execute("update people set owner = true where id = $1", owner.id)
    room_id = await chat_between(store, ada, bob, NOON)
    rude, mine = await say(store, room_id, ada, "rude"), await say(store, room_id, bob, "please do not")
    await say(store, room_id, ada, "a secret")
    chosen = [mine.id, rude.id, rude.id]
    await reports.report(store, Caller(bob), "chat", 0, " He is rude. ", NOON, room_id=room_id, message_ids=chosen)
    [row] = await store.pool.fetch("select reporter_id, reported_id, reason, messages from reports")
    assert tuple(row)[:3] == (bob.id, ada.id, "He is rude.")
    assert [(one["by"], one["content"]) for one in row["messages"]] == [
        ("reported", "rude"),
        ("reporter", "please do not"),
    ]
    assert await store.pool.fetch("select person_id, kind from letters") == [(owner.id, "report")]


async def test_a_report_of_nothing_or_of_too_much_is_refused(store, ada, bob):
    room_id = await chat_between(store, ada, bob, NOON)
    for ids, reason, code in (([], "", "empty"), ([1], "x" * 501, "too_long"), (range(51), "", "bad_parameter")):
        with pytest.raises(Refused) as refused:
            await reports.report(store, Caller(bob), "chat", 0, reason, NOON, room_id=room_id, message_ids=ids)
        assert refused.value.code == code


async def test_a_reported_request_comes_with_its_words(store, ada, bob):
    await chats.ask(store, ada, "bob", "rude words", NOON)
    await chats.answer(store, bob, (await only_request(store, bob)).id, "report", NOON)
    [said] = await store.pool.fetchval("select messages from reports")
    assert (said["by"], said["content"]) == ("reported", "rude words")
    assert await chats.blocked_by(store.pool, bob.id) == [ada]


async def test_the_limits_are_those_of_the_configuration(store, ada, bob, eve):
    store.config = msgspec.structs.replace(store.config, chat=Limits(requests_open=1))
    await chats.ask(store, ada, "bob", "hi", NOON)
    with pytest.raises(Refused, match="1 of your requests"):
        await chats.ask(store, ada, "eve", "hi", NOON)
