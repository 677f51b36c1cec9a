"""What comes of what is said where a rule has something against it, through the door by which all is said."""

import asyncio
import random
from datetime import timedelta

import pytest

from db import filters, messages, people, sanctions
from db.errors import Forbidden, Refused
from db.events import FiltersChanged, ModNoticeDue
from db.held import Held
from db.moderators import Moderator
from tests.members import NOON, chat_between, member


async def newest(store, room):
    return [one.content for one in (await messages.newest(store.pool, room.id, 20))[1]]


async def test_a_deleted_message_is_refused_and_on_record_once_however_often_it_is_tried(
    store, room, say, rule, cases, mia
):
    await rule("words", "casino", "delete")
    told = []
    with store.live.listening(told.append):
        for turn in range(3):
            with pytest.raises(Refused) as refusal:
                await say(mia, f"my casino {turn}")
    assert refusal.value.code == "filtered"
    assert await newest(store, room) == []
    assert await cases() == [("filtered", 'the word "casino"', "my casino 0")]
    assert told.count(ModNoticeDue()) == 1


async def test_a_mute_lets_them_only_read_for_its_minutes_and_is_on_record_with_its_rule(store, say, rule, cases, mia):
    await rule("words", "casino", "mute", 30)
    with pytest.raises(Forbidden) as refusal:
        await say(mia, "casino")
    assert refusal.value.code == "muted"
    with pytest.raises(Forbidden, match="only read"):
        await say(mia, "sorry", at=NOON + timedelta(minutes=29))
    assert (await say(mia, "sorry", at=NOON + timedelta(minutes=31))).content == "sorry"
    assert await cases() == [("mute", 'the word "casino"', "casino")]


async def test_what_is_only_noticed_is_said_and_put_on_record_once_hidden_from_its_author(store, say, rule, cases, mia):
    await rule("words", "casino", "notify")
    said = await say(mia, "casino night", nonce="one")
    assert (await say(mia, "casino night", nonce="one")).id == said.id
    assert await cases() == [("filtered", 'the word "casino"', "casino night")]
    row = await store.pool.fetchrow("select message_id, hidden from cases where kind = 'filtered'")
    assert tuple(row) == (said.id, True)


async def test_the_heaviest_rule_counts_and_of_equal_ones_the_oldest(store, say, rule, mia):
    await rule("words", "casino", "notify")
    await rule("pattern", "cas.no", "hold")
    await rule("words", "my casino", "delete")
    verdict = await filters.weigh(store, filters.Words(mia, "my casino", NOON))
    assert (verdict.rule, verdict.filter.action) == ('the word "my casino"', "delete")
    assert (await filters.weigh(store, filters.Words(mia, "a casino", NOON))).filter.kind == "pattern"


async def test_links_wait_from_who_is_new_and_from_nobody_else(store, say, mia):
    link = "look https://evil.example/1"
    with pytest.raises(Held):
        await say(mia, link)
    for turn in range(3):
        await say(mia, f"hello number {turn}")
    assert (await say(mia, link)).content == link
    assert (await say(await people.add_visitor(store.pool, "Ned"), f"see {store.config.public_url}/blog")).id
    old = await member(store, "olga")
    assert (await say(old, link, at=NOON + timedelta(days=2))).content == link


async def test_what_was_deleted_does_not_make_anybody_known(store, room, say, mia):
    for turn in range(3):
        said = await say(mia, f"hello number {turn}")
        await messages.delete(store, room.id, mia, said.id, NOON)
    with pytest.raises(Held):
        await say(mia, "https://evil.example")


async def test_look_alike_names_wait_also_when_one_takes_such_a_name_later(store, owner, say, cases, mia):
    await member(store, "joanna", "Joanna Pfeil")
    twin = await people.add_visitor(store.pool, "J0anna  Pfei1")
    with pytest.raises(Held):
        await say(twin, "hello, it is me")
    for turn in range(4):
        await say(mia, f"hello number {turn}")
    await store.pool.execute("update names_used set first_at = $1", NOON - timedelta(days=1))
    renamed = await people.rename(store.pool, mia.id, "Jоanna Pfeil")  # noqa: RUF001 - with a Cyrillic o
    with pytest.raises(Held):
        await say(renamed, "hello, it is me")
    assert await cases() == [("hold", 'a name that looks like "Joanna Pfeil"', "hello, it is me")] * 2


async def test_the_same_words_a_third_time_within_ten_minutes_are_refused_to_a_person_and_to_a_network(store, say, mia):
    words = "Everybody come and see what I have found"
    ned = await people.add_visitor(store.pool, "Ned")
    await say(mia, words, nonce="a")
    await say(mia, words, nonce="a")  # sent again, not said again
    await say(ned, words.upper())
    with pytest.raises(Refused) as refusal:
        await say(await people.add_visitor(store.pool, "Zoe"), f"{words} !!!")
    assert refusal.value.code == "filtered"
    for _ in range(4):
        await say(ned, "good day", network="198.51.100.1")
    assert (await say(mia, words, at=NOON + timedelta(minutes=11))).id


async def test_nobody_of_the_house_is_filtered_nor_who_moderates(store, owner, say, rule, mia):
    await rule("words", "casino", "delete")
    ida = await member(store, "ida", role="author")
    assert (await say(owner.person, "casino")).id
    assert (await say(ida, "casino")).id
    await store.pool.execute("insert into moderator_roles (role_id, name, added_at) values (5, 'Mods', $1)", NOON)
    max_ = await member(store, "max")
    with pytest.raises(Refused):
        await say(max_, "casino")
    await sanctions.warn(store, Moderator(max_, frozenset({5})), mia.id, NOON, reason="Be kind.")
    assert (await say(max_, "casino")).id


async def test_an_edit_brings_in_nothing_that_would_have_had_to_wait_or_go(store, room, say, rule, mia, cases):
    await rule("words", "casino", "hold")
    await rule("words", "poker", "delete")
    await rule("words", "dice", "notify")
    said = await say(mia, "an evening")
    for words in ("a casino evening", "a poker evening"):
        with pytest.raises(Refused) as refusal:
            await messages.edit(store, room.id, mia, said.id, words, NOON)
        assert refusal.value.code == "filtered"
    edited = await messages.edit(store, room.id, mia, said.id, "a dice evening", NOON)
    assert edited.content == "a dice evening"
    assert [kind for kind, *_ in await cases()] == ["filtered", "filtered"]
    assert await store.pool.fetchval("select count(*) from held") == 0


async def test_what_two_say_to_each_other_passes_no_filter(store, say, rule, ada, bob):
    await rule("words", "casino", "delete")
    room_id = await chat_between(store, ada, bob)
    said = await messages.say(store, room_id, ada, "casino", "n", NOON, network="192.0.2.1", is_open=False)
    assert said.content == "casino"


async def test_what_was_said_before_a_rule_was_made_is_only_asked_for_again(store, say, rule, cases, mia):
    said = await say(mia, "casino night", nonce="one")
    await rule("words", "casino", "mute")
    assert (await say(mia, "casino night", nonce="one")).id == said.id
    assert await cases() == []


async def test_rules_that_another_process_changed_count_once_it_is_told(store, say, mia):
    await say(mia, "casino")
    await store.pool.execute("insert into filters (kind, pattern, action) values ('words', 'casino', 'delete')")
    store.live.announce(FiltersChanged())
    with pytest.raises(Refused):
        await say(mia, "casino")


async def test_a_rule_that_is_none_any_more_is_left_out_and_the_others_count(store, say, mia):
    await store.pool.execute(
        """insert into filters (kind, pattern, action)
        values ('pattern', '(', 'delete'), ('words', 'casino', 'delete')"""
    )
    store.live.announce(FiltersChanged())
    with pytest.raises(Refused):
        await say(mia, "casino")
    assert (await say(mia, "(")).id


async def test_the_loop_goes_round_while_many_heavy_rules_are_asked(store, mia):
    heavy = [("pattern", f"[^c]{{5}}[ab]{{20}}(a|b){{1,15}}b*[ab]{{2,30}}z{turn}", "hold", None) for turn in range(20)]
    await store.pool.executemany("insert into filters (kind, pattern, action, minutes) values ($1, $2, $3, $4)", heavy)
    store.live.announce(FiltersChanged())
    await filters.weigh(store, filters.Words(mia, "x", NOON))
    rounds = 0

    async def count():
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await filters.weigh(store, filters.Words(mia, "".join(random.Random(1).choices("ab", k=2_000)), NOON))
    counting.cancel()
    assert rounds >= 5
