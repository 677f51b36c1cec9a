"""Making rules, taking them away, and trying them on what was said."""

from datetime import timedelta

import pytest

from db import cases as moderation
from db import comments, filters, people
from db.comments import Trap
from db.errors import Forbidden, NotFound, Refused
from db.moderators import Moderator
from tests.members import NOON, chat_between
from tests.posted import a_post


async def listed(store):
    return [(one.kind, one.pattern, one.action, one.minutes) for one in await filters.all(store.pool)]


async def test_the_house_begins_with_rules_against_what_raids_bring(store):
    assert await listed(store) == [
        ("links", "", "hold", None),
        ("mentions", "5", "hold", None),
        ("repeats", "3", "delete", None),
        ("zalgo", "", "hold", None),
        ("names", "", "hold", None),
    ]


async def test_a_rule_counts_at_once_and_each_change_is_a_case_that_nobody_but_moderators_see(store, owner, say, mia):
    made = await filters.add(store, owner, "words", "Casino", "delete", None, NOON)
    with pytest.raises(Refused):
        await say(mia, "casino")
    assert await filters.add(store, owner, "words", "casino ", "delete", None, NOON) == made
    changed = await filters.add(store, owner, "words", "casino", "mute", 10, NOON)
    assert (changed.id, changed.action, changed.minutes) == (made.id, "mute", 10)
    assert await filters.remove(store, owner, made.id, NOON) == changed
    with pytest.raises(NotFound):
        await filters.remove(store, owner, made.id, NOON)
    assert (await say(mia, "casino")).id
    rows = await store.pool.fetch("select details, hidden, by_name from cases where kind = 'filter' order by id")
    assert [(row["details"]["change"], row["details"]["action"]) for row in rows] == [
        ("add", "delete"),
        ("replace", "mute"),
        ("remove", "mute"),
    ]
    assert all(row["hidden"] and row["by_name"] == owner.person.name for row in rows)


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [("links", "github.com"), ("mentions", "2"), ("repeats", "5"), ("caps", "50"), ("zalgo", ""), ("names", "")],
)
async def test_of_what_is_one_setting_there_is_one_rule_and_the_new_one_takes_its_place(store, owner, kind, pattern):
    before = [one for one in await filters.all(store.pool) if one.kind == kind]
    for action in ("notify", "delete"):
        made = await filters.add(store, owner, kind, pattern, action, None, NOON)
        assert made.instead_of == tuple(before)
        before = [one for one in await filters.all(store.pool) if one.kind == kind]
        assert before == [made]
    if kind == "links":
        [latest] = await moderation.latest(store.pool, limit=1)
        assert latest.details["instead_of"] == "links github.com: notify"


async def test_a_host_that_is_allowed_may_be_linked_to_by_new_people_at_once(store, owner, say, mia):
    with pytest.raises(Refused, match="moderator"):
        await say(mia, "see https://github.com/porch")
    await filters.add(store, owner, "links", "github.com", "hold", None, NOON)
    assert (await say(mia, "look at https://github.com/house")).id


async def test_there_may_be_many_words_and_patterns(store, owner):
    for kind, pattern in (("words", "casino"), ("words", "poker"), ("pattern", "lo+se"), ("pattern", "wi+n")):
        assert (await filters.add(store, owner, kind, pattern, "hold", None, NOON)).instead_of == ()
    assert len(await listed(store)) == 9


async def test_only_moderators_make_and_remove_rules(store, mia):
    somebody, before = Moderator(mia, frozenset({1})), await listed(store)
    with pytest.raises(Forbidden):
        await filters.add(store, somebody, "words", "casino", "delete", None, NOON)
    with pytest.raises(Forbidden):
        await filters.remove(store, somebody, 1, NOON)
    assert await listed(store) == before


async def test_there_are_not_more_rules_than_can_be_asked(store, owner):
    await store.pool.execute(
        "insert into filters (kind, pattern, action) select 'words', 'w' || n, 'hold' from generate_series(1, 195) n"
    )
    with pytest.raises(Refused, match="200"):
        await filters.add(store, owner, "words", "casino", "hold", None, NOON)


async def test_trying_a_rule_shows_what_it_would_have_been_about_and_changes_nothing(store, owner, say, ada, bob, mia):
    said = [await say(mia, words) for words in ("no luck", "the casino", "a C@SINO?")]
    room_id = await chat_between(store, ada, bob)
    await store.pool.execute("update messages set content = 'casino' where room_id = $1", room_id)
    tried = await filters.test(store, filters.draft("words", "casino"))
    assert tried.looked_at == 3
    assert [(one.message_id, one.name, one.rule) for one in tried.found] == [
        (one.id, "Mia Merle", 'the word "casino"') for one in said[1:]
    ]
    newest = await filters.test(store, filters.draft("words", "casino"), 1)
    assert ([one.content for one in newest.found], newest.looked_at) == (["a C@SINO?"], 1)
    assert len(await listed(store)) == 5
    assert await store.pool.fetchval("select count(*) from cases") == 0


async def test_repeats_and_names_are_tried_as_they_would_have_been_asked(store, owner, say, mia):
    twin = await people.add_visitor(store.pool, "R0bin")
    for one in await filters.all(store.pool):
        await filters.remove(store, owner, one.id, NOON)
    for minute in (0, 1, 2, 20):
        await say(mia, "come and see what is new", at=NOON + timedelta(minutes=minute))
    await say(twin, "hello")
    repeated = await filters.test(store, filters.draft("repeats", "3"))
    assert [one.created_at for one in repeated.found] == [NOON + timedelta(minutes=2)]
    assert [one.name for one in (await filters.test(store, filters.draft("names"))).found] == ["R0bin"]


async def test_comments_wait_or_are_refused_by_the_same_rules(store, owner, rule, cases, ada):
    post = await a_post(store, owner.person)
    await rule("words", "casino", "hold")
    await rule("words", "poker", "delete")
    await rule("words", "dice", "notify")

    async def bring(content):
        trap = Trap("", comments.stamp(store.secret_key, post.id, NOON - timedelta(minutes=1)))
        return await comments.post(store, ada, post, content, content, NOON, network="127.0.0.1", trap=trap)

    waiting = await bring("the casino is near")
    assert (waiting.state, waiting.held_for) == ("waiting", "filter")
    with pytest.raises(Refused) as refusal:
        await bring("poker is better")
    assert refusal.value.code == "filtered"
    said = await bring("roll the dice")
    await comments.decide(store, said.id, "approve", owner.person, NOON)
    with pytest.raises(Refused) as refusal:
        await comments.edit(store, ada, said.id, "how casino it is", NOON)
    assert refusal.value.code == "held"
    assert (await cases())[:3] == [
        ("hold", 'the word "casino"', "the casino is near"),
        ("filtered", 'the word "poker"', "poker is better"),
        ("filtered", 'the word "dice"', "roll the dice"),
    ]
