import asyncio
import itertools
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import messages, outbox, people, rooms
from db.errors import Refused, TooOften
from db.events import Changed
from db.messages import Heard

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def ada(store):
    return await people.add_visitor(store.pool, "Ada")


def say(store, room, person, content, nonce, network="192.0.2.1"):
    return messages.say(store, room.id, person, content, nonce, NOON, network=network)


def heard(number, content="hi", author=7, name="Grace"):
    return Heard(number, author, name, "grace_h", content, NOON + timedelta(seconds=number))


async def test_what_is_said_is_kept_announced_and_numbered(store, room, ada):
    told = []
    with store.live.listening(told.append):
        message = await say(store, room, ada, "  hello\r\nthere ", "n1")
    assert (message.content, message.seq, message.author.name) == ("hello\nthere", 1, "Ada")
    assert [(event.seq, event.kind) for event in told if isinstance(event, Changed)] == [(1, "create")]
    assert await messages.newest(store.pool, room.id, 10) == (1, [message])


async def test_the_same_nonce_again_is_the_same_message_and_nobody_hears_it_twice(store, room, ada):
    first = await say(store, room, ada, "hello", "n1")
    told = []
    with store.live.listening(told.append):
        again = await say(store, room, ada, "hello", "n1")
    assert (again.id, again.seq, told) == (first.id, first.seq, [])


async def test_the_same_nonce_twice_at_once_is_one_message(store, room, ada):
    both = await asyncio.gather(say(store, room, ada, "hello", "n1"), say(store, room, ada, "hello", "n1"))
    assert both[0].id == both[1].id
    assert (await messages.newest(store.pool, room.id, 10))[0] == 1


async def test_the_same_nonce_with_other_words_is_a_conflict(store, room, ada):
    await say(store, room, ada, "hello", "n1")
    with pytest.raises(Refused) as refusal:
        await say(store, room, ada, "goodbye", "n1")
    assert refusal.value.code == "nonce_conflict"


@pytest.mark.parametrize(
    ("content", "nonce", "code"),
    [
        ("", "n", "empty"),
        (" \u200b\n", "n", "empty"),
        ("x" * 2001, "n", "too_long"),
        ("x", "", "bad_frame"),
        ("x", "n" * 65, "bad_frame"),
        ("x", "a\0b", "bad_frame"),
        ("x", "\ud800", "bad_frame"),
    ],
)
async def test_what_does_not_fit_is_refused_and_leaves_nothing(store, room, ada, content, nonce, code):
    with pytest.raises(Refused) as refusal:
        await say(store, room, ada, content, nonce)
    assert refusal.value.code == code
    assert (await messages.newest(store.pool, room.id, 10)) == (0, [])


async def test_five_at_once_are_fine_and_the_sixth_is_told_when_to_come_back(store, room, ada):
    for number in range(5):
        await say(store, room, ada, "hello", f"n{number}")
    with pytest.raises(TooOften) as refusal:
        await say(store, room, ada, "hello", "n5")
    assert 0 < refusal.value.retry_after <= 1


async def test_many_names_from_one_network_share_its_pace(store, room):
    slow = msgspec.structs.replace(store.config.hangout, address_rate=0.001)  # however long saying it takes
    store.config = msgspec.structs.replace(store.config, hangout=slow)
    visitors = [await people.add_visitor(store.pool, f"Visitor {number}") for number in range(21)]
    for number, visitor in enumerate(visitors[:20]):
        await say(store, room, visitor, "hello", f"n{number}")
    with pytest.raises(TooOften):
        await say(store, room, visitors[20], "hello", "n")
    await say(store, room, visitors[20], "hello", "n", network="198.51.100.7")


async def test_a_closed_room_takes_nothing_from_the_web_but_still_hears_discord(store, room, ada):
    await rooms.bridge(store, rooms.HANGOUT, 99)
    await store.pool.execute("update rooms set locked = true where id = $1", room.id)
    with pytest.raises(Refused) as refusal:
        await say(store, room, ada, "hello", "n1")
    await messages.hear(store, room.id, [heard(1)])
    assert refusal.value.code == "room_locked"
    assert [one.content for one in (await messages.newest(store.pool, room.id, 10))[1]] == ["hi"]


async def test_numbers_have_no_gaps_whatever_is_refused_in_between(store, room):
    visitors = [await people.add_visitor(store.pool, f"Visitor {number}") for number in range(8)]
    sayings = [
        say(
            store,
            room,
            visitor,
            f"{number}",
            "same nonce" if number % 3 == 0 else f"n{number}",
            network=f"10.0.0.{index}",
        )
        for index, visitor in enumerate(visitors)
        for number in range(5)
    ]
    results = await asyncio.gather(*sayings, return_exceptions=True)
    kept = {result.id for result in results if not isinstance(result, BaseException)}
    seq, found = await messages.newest(store.pool, room.id, 100)
    assert sorted(one.seq for one in found) == list(range(1, seq + 1))
    assert {one.id for one in found} == kept
    assert [one.id for one in found] == sorted(kept), "ids rise in the order of seq"


async def test_what_discord_says_is_kept_once_and_in_its_order(store, room):
    await rooms.bridge(store, rooms.HANGOUT, 99)
    await messages.hear(store, room.id, [heard(1, "one"), heard(2, "two")])
    await messages.hear(store, room.id, [heard(2, "two"), heard(3, "three")])
    _, found = await messages.newest(store.pool, room.id, 10)
    assert [(one.content, one.author.name, one.source) for one in found] == [
        ("one", "Grace", "discord"),
        ("two", "Grace", "discord"),
        ("three", "Grace", "discord"),
    ]
    assert (await outbox.channel(store.pool, room.id)).heard_id == 3


async def test_a_page_of_history_without_nicknames_does_not_rename_anybody(store, room):
    await messages.hear(store, room.id, [heard(1, name="Grace of the porch")])
    await messages.hear(store, room.id, [heard(2, name=None), Heard(3, 8, None, "linus", "hi", NOON)])
    _, found = await messages.newest(store.pool, room.id, 10)
    assert [one.author.name for one in found] == ["Grace of the porch", "Grace of the porch", "linus"]


async def test_only_what_is_said_on_a_bridged_room_waits_for_discord(store, room, ada):
    before = await say(store, room, ada, "before", "n1")
    await rooms.bridge(store, rooms.HANGOUT, 99)
    after = await say(store, room, ada, "after", "n2")
    assert (before.relay, after.relay) == ("none", "pending")


async def test_changes_since_a_number_come_in_order_and_one_more_than_asked_tells_of_more(store, room):
    await messages.hear(store, room.id, [heard(number, str(number)) for number in range(1, 8)])
    seq, found = await messages.changed_after(store.pool, room.id, 3, 10)
    assert (seq, [one.content for one in found]) == (7, ["4", "5", "6", "7"])
    assert len((await messages.changed_after(store.pool, room.id, 0, 5))[1]) == 6
    assert await messages.changed_after(store.pool, room.id, 7, 5) == (7, [])


async def test_older_pages_go_back_from_an_id(store, room):
    await messages.hear(store, room.id, [heard(number, str(number)) for number in range(1, 8)])
    _, newest = await messages.newest(store.pool, room.id, 3)
    older = await messages.page_before(store.pool, room.id, newest[0].id, 3)
    assert [one.content for one in older + newest] == ["2", "3", "4", "5", "6", "7"]


async def test_an_answer_quotes_what_it_answers(store, room, ada):
    await messages.hear(store, room.id, [heard(1, "a question")])
    [question] = (await messages.newest(store.pool, room.id, 1))[1]
    answer = await messages.say(store, room.id, ada, "an answer", "n1", NOON, network="192.0.2.1", reply_to=question.id)
    assert (answer.reply_to.author_name, answer.reply_to.content) == ("Grace", "a question")


async def test_an_answer_to_a_message_of_the_same_page_of_history_finds_it(store, room):
    question = heard(1, "a question")
    answer = Heard(2, 8, "Linus", "linus", "an answer", NOON, reply_to_discord_id=1)
    await messages.hear(store, room.id, [question, answer])
    _, found = await messages.newest(store.pool, room.id, 10)
    assert found[1].reply_to.id == found[0].id


async def test_changing_ones_mind_has_a_pace(store, room, ada):
    message = await messages.say(store, room.id, ada, "first", "n", NOON, network="n")

    async def change_for_ever():
        for number in itertools.count():
            await messages.edit(store, room.id, ada, message.id, f"{number}", NOON)

    with pytest.raises(TooOften) as refusal:
        await change_for_ever()
    assert 0 < refusal.value.retry_after <= 1


@pytest.mark.parametrize("upload", ["", "\0", "x" * 22 + "\n", "\ud800", "not-there-not-there-not"])
async def test_a_picture_that_is_none_is_refused_with_a_sentence(store, room, ada, upload):
    with pytest.raises(Refused, match=r"picture.*\.$") as refusal:
        await messages.say(store, room.id, ada, "look", "n", NOON, network="n", media=[upload])
    assert refusal.value.code == "not_found"


async def test_a_picture_is_in_one_message_only_whoever_comes_first(store, room, ada):
    await store.pool.execute(
        """insert into media (id, person_id, digest, content_type, ext, size, width, height, created_at)
        values ($1, $2, $3, 'image/png', 'png', 1, 1, 1, now())""",
        "m" * 22,
        ada.id,
        "0" * 64,
    )
    both = [
        messages.say(store, room.id, ada, "look", nonce, NOON, network="n", media=["m" * 22]) for nonce in ("a", "b")
    ]
    answers = await asyncio.gather(*both, return_exceptions=True)
    [said] = [one for one in answers if not isinstance(one, Exception)]
    [refused] = [one for one in answers if isinstance(one, Exception)]
    assert [file.media for file in said.attachments] == ["m" * 22]
    assert (type(refused), refused.code) == (Refused, "not_found")
    nonce = "ab"[answers.index(said)]
    again = await messages.say(store, room.id, ada, "look", nonce, NOON, network="n", media=["m" * 22])
    assert again.id == said.id
