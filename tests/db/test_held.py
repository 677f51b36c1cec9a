import asyncio
import secrets
from datetime import timedelta

import pytest

from db import cases, gate, held, media, messages, people, sanctions
from db.errors import Forbidden, NotFound, Refused
from db.events import Changed, ModNoticeDue
from db.held import Held
from db.moderators import Moderator
from db.sanctions import Caller
from tests.members import NOON, member

LATER = NOON + timedelta(hours=3)


@pytest.fixture
async def owner(store):
    return Moderator(await member(store, "robin", owner=True))


@pytest.fixture
async def mia(store):
    return await people.add_visitor(store.pool, "Mia")


@pytest.fixture
def hold(store, room):
    """Holds what somebody would have said, and returns it as it waits."""

    async def hold(person, content, nonce="n", **more):
        speech = gate.Speech(room.id, Caller(person), person, content, nonce, NOON, **more)
        with pytest.raises(Held):
            await held.hold(store, speech, "links by somebody new")
        return (await held.own(store.pool, person.id))[-1]

    return hold


async def picture_of(store, person, alt=""):
    """The id of an upload that nothing uses yet, as far as the database knows."""
    media_id = secrets.token_urlsafe(16)
    await store.pool.execute(
        """insert into media (id, person_id, digest, content_type, ext, size, width, height, animated, alt, widths,
            created_at) values ($1, $2, $3, 'image/png', 'png', 9, 8, 8, false, $4, '{}', $5)""",
        media_id,
        person.id,
        secrets.token_hex(32),
        alt,
        NOON,
    )
    return media_id


async def said(store, room):
    return [(one.author.name, one.content) for one in (await messages.newest(store.pool, room.id, 20))[1]]


async def test_what_is_held_waits_once_is_seen_by_nobody_and_told_to_the_moderators(store, room, mia, hold):
    told = []
    with store.live.listening(told.append):
        one = await hold(mia, "see https://a.example")
        again = await hold(mia, "see https://a.example")
    assert (again.id, told) == (one.id, [ModNoticeDue()])
    assert (one.content, one.rule, one.state, one.author_name) == (
        "see https://a.example",
        "links by somebody new",
        "waiting",
        "Mia",
    )
    assert await said(store, room) == []
    assert await held.own(store.pool, mia.id) == [one]
    assert await store.pool.fetchval("select count(*) from mod_notices where kind = 'held'") == 1
    case = await store.pool.fetchrow("select kind, person_id, rule, evidence, hidden from cases")
    assert (case["kind"], case["person_id"], case["hidden"]) == ("hold", mia.id, False)
    assert case["evidence"][0]["content"] == "see https://a.example"


async def test_the_same_nonce_with_other_words_does_not_wait_beside_it(store, room, mia, hold):
    await hold(mia, "one thing")
    with pytest.raises(Refused) as refusal:
        await hold(mia, "another")
    assert refusal.value.code == "nonce_conflict"


async def test_one_person_cannot_have_ever_more_wait(store, room, mia, hold):
    for turn in range(10):
        await hold(mia, "words", f"n{turn}")
    with pytest.raises(Refused) as refusal:
        await hold(mia, "words", "n10")
    assert refusal.value.code == "filtered"
    assert len(await held.own(store.pool, mia.id)) == 10


async def test_what_is_let_through_is_said_once_where_it_is_let_through(store, room, owner, mia, hold):
    first = await messages.say(store, room.id, mia, "hello", "first", NOON, network="192.0.2.1")
    one = await hold(mia, "see https://a.example", reply_to=first.id)
    told = []
    with store.live.listening(told.append):
        approved = await held.approve(store, owner, one.id, LATER)
        assert await held.approve(store, owner, one.id, LATER) == approved
    assert (approved.state, approved.decided_name, approved.content) == ("approved", "Robin", "")
    [message] = await messages.get(store.pool, room.id, [approved.message_id])
    assert (message.content, message.created_at, message.reply_to.id) == ("see https://a.example", LATER, first.id)
    assert [event.kind for event in told if isinstance(event, Changed)] == ["create"]
    sent = await messages.say(store, room.id, mia, "see https://a.example", "n", LATER, network="192.0.2.1")
    assert sent.id == message.id
    assert len(await said(store, room)) == 2
    assert await held.own(store.pool, mia.id) == []
    kinds = await store.pool.fetch("select kind, by_name from cases order by id")
    assert [tuple(row) for row in kinds] == [("hold", ""), ("release", "Robin")]
    assert await store.pool.fetchval("select wanted from mod_notices where kind = 'held'") == 2


async def test_two_moderators_at_once_say_it_once(store, room, owner, mia, hold):
    one = await hold(mia, "hello")
    await asyncio.gather(*(held.approve(store, owner, one.id, LATER) for _ in range(3)))
    assert await said(store, room) == [("Mia", "hello")]
    assert await store.pool.fetchval("select count(*) from cases where kind = 'release'") == 1


async def test_what_is_deleted_is_never_said_and_its_words_are_only_on_record(store, room, owner, mia, hold):
    one = await hold(mia, "rude words")
    gone = await held.delete(store, owner, one.id, LATER, reason="Rude.")
    assert await held.delete(store, owner, one.id, LATER) == gone
    assert (gone.state, gone.content) == ("deleted", "")
    with pytest.raises(Refused) as refusal:
        await held.approve(store, owner, one.id, LATER)
    assert refusal.value.code == "changed"
    with pytest.raises(Refused) as refusal:
        await hold(mia, "rude words")
    assert refusal.value.code == "filtered"
    [number] = await store.pool.fetchrow("select id from held")
    assert await held.words_on_record(store.pool, number) == "rude words"
    case = await store.pool.fetchrow("select kind, reason, evidence from cases order by id desc limit 1")
    assert (case["kind"], case["reason"], case["evidence"][0]["content"]) == ("remove", "Rude.", "rude words")
    await store.pool.execute("update mod_notices set state = 'sent'")
    await cases.forget_evidence(store, NOON + timedelta(days=31))
    assert await held.words_on_record(store.pool, number) == ""
    assert await store.pool.fetchval("select state from mod_notices where kind = 'held'") == "due"
    other = await hold(mia, "fine words", "m")
    await held.approve(store, owner, other.id, LATER)
    with pytest.raises(Refused) as refusal:
        await held.delete(store, owner, other.id, LATER)
    assert refusal.value.code == "changed"


async def test_only_moderators_decide_and_there_has_to_be_something(store, room, owner, mia, hold):
    one = await hold(mia, "hello")
    somebody = Moderator(mia, frozenset({7}))
    for decide in (held.approve, held.delete):
        with pytest.raises(Forbidden):
            await decide(store, somebody, one.id, LATER)
        with pytest.raises(NotFound):
            await decide(store, owner, one.id + 1, LATER)
    assert (await held.get(store.pool, one.id)).state == "waiting"


async def test_in_a_closed_room_it_goes_on_waiting(store, room, owner, mia, hold):
    one = await hold(mia, "hello")
    await store.pool.execute("update rooms set locked = true where id = $1", room.id)
    with pytest.raises(Refused) as refusal:
        await held.approve(store, owner, one.id, LATER)
    assert refusal.value.code == "room_locked"
    assert (await held.get(store.pool, one.id)).state == "waiting"


async def test_of_somebody_who_is_muted_it_goes_on_waiting_and_the_moderator_is_told_why(store, room, owner, mia, hold):
    one = await hold(mia, "words")
    await sanctions.mute(store, owner, mia.id, NOON)
    with pytest.raises(Refused, match=r"^Mia is banned or muted"):
        await held.approve(store, owner, one.id, LATER)
    assert ((await held.get(store.pool, one.id)).state, await said(store, room)) == ("waiting", [])
    await sanctions.unmute(store, owner, mia.id, LATER)
    assert (await held.approve(store, owner, one.id, LATER)).state == "approved"


async def test_what_waits_of_somebody_who_is_banned_goes(store, room, owner, mia, bob, hold):
    one, other = await hold(mia, "hello"), await hold(bob, "hello")
    await sanctions.ban(store, owner, mia.id, LATER)
    assert [(await held.get(store.pool, held_id)).state for held_id in (one.id, other.id)] == ["deleted", "waiting"]
    assert (
        await store.pool.fetchval("select wanted from mod_notices where kind = 'held' and subject_id = $1", one.id) == 2
    )


async def test_pictures_wait_with_it_seen_by_their_author_alone_and_are_not_cleared_away(
    store, room, owner, mia, bob, hold
):
    picture, other = await picture_of(store, mia, "a cat"), await picture_of(store, mia)
    one = await hold(mia, "", media=(picture,))
    await store.pool.execute("update media set created_at = $1", NOON - timedelta(days=2))
    await media.remove_unused(store, NOON)
    kept = await media.get(store.pool, picture)
    assert kept
    assert not kept.is_public
    assert await media.get(store.pool, other) is None
    assert await media.may_see(store.pool, picture, mia.id)
    assert not await media.may_see(store.pool, picture, bob.id)
    approved = await held.approve(store, owner, one.id, LATER)
    [message] = await messages.get(store.pool, room.id, [approved.message_id])
    assert [(file.media, file.alt) for file in message.attachments] == [(picture, "a cat")]
    assert (await media.get(store.pool, picture)).is_public


async def test_a_message_whose_pictures_are_gone_and_that_has_no_words_is_not_said(store, room, owner, mia, hold):
    picture = await picture_of(store, mia)
    one = await hold(mia, "", media=(picture,))
    await messages.say(store, room.id, mia, "used elsewhere", "m", NOON, network="192.0.2.1", media=[picture])
    with pytest.raises(Refused) as refusal:
        await held.approve(store, owner, one.id, LATER)
    assert refusal.value.code == "changed"


async def test_moderators_who_let_it_through_delete_it_and_ban_at_once_do_not_wait_for_each_other(
    store, owner, mia, hold
):
    for number in range(5):
        one = await hold(mia, f"lamps {number}", f"n{number}")
        acts = (held.ban, held.approve, held.delete, held.approve)
        outcomes = await asyncio.gather(*(act(store, owner, one.id, NOON) for act in acts), return_exceptions=True)
        assert all(isinstance(outcome, held.Waiting | Refused) for outcome in outcomes)
        await sanctions.unban(store, owner, mia.id, NOON)
