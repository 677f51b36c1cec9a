"""Moderating from Discord, through its own interactions: who may, what is said, and that nothing is done twice."""

import asyncio
import re
from datetime import UTC, datetime

import asyncpg
import pytest

from cogs import _case_words as case_words
from cogs._menu_room import MENUS_MAX
from db import filters, floods, people, roles, sanctions, sightings, times
from db.config import Mod
from db.errors import Refused
from db.events import FiltersChanged
from db.moderators import NOT_YOURS
from practice import Answers
from practice import porch as ids
from tests.cogs.conftest import shared, until
from tests.cogs.mod_rows import ASKED, BUTTONS, PATIENCE, ROWS, WORDS, button, command, form, menu, of_zed, set_up
from tests.members import NOON

EMPTIED = (
    *("sanctions", "purges", "held", "reports", "mod_notices", "moderator_roles", "filters", "sightings", "cases"),
    "messages",
)
OURS = "it is our fault"
OF_THE_OWNER = (
    *(("status", {}), ("config", {}), ("login", {}), ("announce", {}), ("backup", {})),
    *(("set", {"key": "hangout.rate", "value": ""}), ("maintenance", {"state": "off"})),
)
MOD = Mod(raid_names=10_000, new_messages=0)


@pytest.fixture(scope="module")
async def open_porch(databases, tmp_path_factory):
    async with shared(databases, tmp_path_factory, mod=MOD) as porch:
        yield porch


@pytest.fixture
async def scene(open_porch):
    """As if nobody had ever been there, and then set up."""
    porch, store = open_porch, open_porch.store
    await porch.relayed()
    for table in EMPTIED:  # row by row, for the loops go on meanwhile, and a truncation would have to wait for them
        await store.pool.execute(f"delete from {table}")
    await store.pool.execute("update rooms set locked = false, slowmode = 0")
    await store.pool.execute("delete from settings where key like 'floods%' or key like '%panic%'")
    await store.pool.execute("alter sequence cases_id_seq restart")
    store.sighted.clear()
    store.live.announce(FiltersChanged())
    await sanctions.load(store)
    await floods.load(store)
    world = porch.practice.world
    for gone in (*world.messages.values(), world.nonces, world.whispers, world.pings):
        gone.clear()
    for name in ids.MEMBERS:
        porch.practice.take_role(name, ids.KEEPERS)
    return await set_up(porch)


async def count(scene, kind):
    return await scene.porch.store.pool.fetchval("select count(*) from cases where kind = $1", kind)


def last_words(answer):
    return (answer.followups[-1] if answer.followups else answer.message).content


# The table


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_moderator_is_answered_with_the_case_and_a_second_time_does_nothing_more(scene, row):
    who = "owner" if row.is_owners else "Mika"
    first = await row.ask(scene, who)
    assert re.search(row.says, first.content), first.content
    assert first.ephemeral
    if row.again is not None:
        second = await row.ask(scene, who)
        assert re.search(row.again, second.content), second.content
    if row.kind:
        assert await count(scene, row.kind) == row.opens


async def test_nobody_else_gets_anything_not_even_who_held_the_role_before(scene):
    scene.practice.take_role("Mika", ids.KEEPERS)
    scene.practice.give_role("Teo", scene.practice.add_role("Bakers").id)
    counting = "select (select count(*) from cases), (select count(*) from people), (select count(*) from purges)"
    before = await scene.porch.store.pool.fetchrow(counting)
    for row in ROWS:
        for who in ("Mika", "Teo"):
            assert last_words(await row.ask(scene, who)).partition("\n")[0] == NOT_YOURS, row.name
    assert await scene.porch.store.pool.fetchrow(counting) == before


async def test_a_moderator_who_is_not_the_owner_appoints_nobody(scene):
    for words in ("role add", "role remove"):
        answer = await command(words, role=ids.KEEPERS)(scene, "Mika")
        assert answer.content == "Only the owner of the site can do this."
    assert [one.id for one in await roles.listing(scene.porch.store.pool)] == [ids.KEEPERS]


async def test_what_is_not_there_is_said_not_to_be(scene):
    for row in ROWS:
        if row.missing:
            answer = await row.missing(scene, "owner")
            assert re.search(row.lacks, answer.content), (row.name, answer.content)
            assert OURS not in answer.content


async def test_a_database_that_takes_three_seconds_makes_nobody_wait_for_nothing(scene, monkeypatch):
    """Discord takes the first answer within three seconds, and the practice one refuses a later one."""
    slow, lend = asyncio.Event(), asyncpg.Pool._acquire
    offers = {words: await ASKED[words].ask(scene, "Mika") for words, *_ in BUTTONS}

    async def later(pool, timeout):
        await slow.wait()
        return await lend(pool, timeout)

    monkeypatch.setattr(asyncpg.Pool, "_acquire", later)
    asyncio.get_running_loop().call_later(3.2, slow.set)
    offered = scene.practice.autocomplete("mod ban", "who", {"who": "Z"}, who="Mika")
    pressing = [
        scene.practice.press(offers[words].message, button(offers[words], name), who="Mika")
        for words, name, *_ in BUTTONS
    ]
    owners = [scene.practice.command(f"site {words}", given, timeout=PATIENCE) for words, given in OF_THE_OWNER]
    choices, *answers = await asyncio.gather(offered, *owners, *(row.ask(scene, "Mika") for row in ROWS), *pressing)
    said, answers = answers[: len(owners)], answers[len(owners) :]
    for (words, _), answer in zip(OF_THE_OWNER, said, strict=True):
        assert (answer.kind, OURS in answer.content) == (Answers.DEFERRED_MESSAGE, False), words
    assert choices == []
    assert all(answer.kind in {Answers.DEFERRED_UPDATE, Answers.UPDATE} for answer in answers[len(ROWS) :])
    for row, answer in zip(ROWS, answers[: len(ROWS)], strict=True):
        assert answer.kind is Answers.DEFERRED_MESSAGE, row.name
        assert answer.content, row.name
        assert OURS not in answer.content, row.name


# Buttons and the form


@pytest.mark.parametrize(("words", "name", "says", "kind"), BUTTONS, ids=[one[1] for one in BUTTONS])
async def test_a_button_does_it_once_and_for_a_moderator_only(scene, words, name, says, kind):
    answer = await ASKED[words].ask(scene, "Mika")
    custom_id, before = button(answer, name), await count(scene, kind)
    if kind:
        scene.practice.take_role("Mika", ids.KEEPERS)
        refused = await scene.practice.press(answer.message, custom_id, who="Mika")
        await until(lambda: refused.interaction.followups)
        told = scene.practice.world.whispers[refused.interaction.followups[0]]
        assert told.content == NOT_YOURS
        assert await count(scene, kind) == before
        scene.practice.give_role("Mika", ids.KEEPERS)
    await asyncio.gather(*(scene.practice.press(answer.message, custom_id, who="Mika") for _ in range(2)))
    await until(lambda: re.search(says, scene.practice.world.whispers[answer.message.id].content))
    assert await count(scene, kind) == before + (1 if kind else 0)


async def test_a_purge_removes_exactly_what_was_shown(scene):
    answer = await command("purge", text="bad.example")(scene, "owner")
    later = await scene.porch.say(f"{WORDS} again", name="Zed")
    await scene.practice.press(answer.message, button(answer, "mod:purge"))
    await until(lambda: "Removed" in scene.practice.world.whispers[answer.message.id].content)
    rows = await scene.porch.store.pool.fetch("select id from messages where deleted_at is null and source = 'web'")
    assert [row["id"] for row in rows] == [later.id]
    await until(lambda: WORDS not in scene.porch.words_in_discord())


async def test_a_purge_that_was_offered_a_day_ago_is_offered_anew(scene):
    answer = await command("purge", text="bad.example")(scene, "owner")
    await scene.porch.store.pool.execute("update purges set asked_at = asked_at - interval '25 hours'")
    pressed = await scene.practice.press(answer.message, button(answer, "mod:purge"))
    await until(lambda: pressed.interaction.followups)
    assert "too long ago" in scene.practice.world.whispers[pressed.interaction.followups[0]].content
    assert WORDS in await scene.porch.words_on_the_site()


async def test_the_form_bans_with_the_words_and_the_message_as_evidence(scene):
    await form(lambda it: it.copy)(scene, "Mika")
    row = await scene.porch.store.pool.fetchrow(
        "select reason, by_name, message_id, evidence from cases where kind = 'ban'"
    )
    assert (row["reason"], row["by_name"], row["message_id"]) == ("for the links", "Mika", scene.said)
    assert row["evidence"][0]["content"] == WORDS
    refused = await form(lambda it: it.own)(scene, "Mika")
    assert "said in Discord" in refused.content


# Whom one means


@pytest.mark.parametrize("typed", ["Zed", "zed", "@Zed", "person:{}"])
async def test_people_are_meant_by_name_or_by_what_was_chosen(scene, typed):
    answer = await command("warn", who=typed.format(scene.zed))(scene, "Mika")
    assert answer.content.startswith("**Zed** is warned.")


@pytest.mark.parametrize("typed", [f"<@{ids.MEMBERS['Juniper']}>", str(ids.MEMBERS["Juniper"])])
async def test_a_member_of_discord_who_never_spoke_is_meant_by_a_mention_or_the_id(scene, typed):
    answer = await command("mute", who=typed, for_="1h")(scene, "Mika")
    assert answer.content.startswith("**Juniper** is muted until")


async def test_of_two_with_one_name_one_has_to_be_chosen(scene):
    twins = [await people.add_visitor(scene.porch.store.pool, "Ida") for _ in range(2)]
    for twin in twins:
        await sightings.note(scene.porch.store, twin.id, "203.0.113.9", datetime.now(UTC))
    assert "Several people are called so" in (await command("ban", who="ida")(scene, "Mika")).content
    offered = await scene.practice.autocomplete("mod ban", "who", {"who": "id"}, who="Mika")
    assert {one["value"] for one in offered} == {f"person:{twin.id}" for twin in twins}
    assert all(re.fullmatch(r"Ida \(visitor, now\)", one["name"]) for one in offered)
    assert await scene.practice.autocomplete("mod ban", "who", {"who": "id"}, who="Teo") == []


@pytest.mark.parametrize("who", ["owner", "Mika"])
async def test_the_owner_and_oneself_are_not_banned(scene, who):
    answer = await command("ban", who=f"<@{ids.OWNER if who == 'owner' else ids.MEMBERS['Mika']}>")(scene, who)
    assert "Case" not in answer.content
    assert await count(scene, "ban") == 0


async def test_a_message_that_several_share_is_removed_after_a_second_thought(scene):
    other = await scene.porch.say("me too", name="Yan")
    await scene.porch.relayed()
    await scene.porch.store.pool.execute(
        "update messages set discord_id = $1, part = 1 where id = $2", scene.copy.id, other.id
    )
    answer = await menu("Remove from site", lambda it: it.copy)(scene, "Mika")
    assert answer.content.startswith("This removes 2 messages")
    assert "Several people speak" in (await form(lambda it: it.copy)(scene, "Mika")).content


async def test_where_the_discussion_of_a_post_is_it_is_that_which_is_locked(scene):
    pool = scene.porch.store.pool
    await pool.execute("insert into channels (id) values ($1) on conflict do nothing", ids.GENERAL)
    room = await pool.fetchval("insert into rooms (kind, channel_id) values ('comments', $1) returning id", ids.GENERAL)
    answer = await scene.practice.command("mod lock", who="Mika", channel="general")
    assert answer.content.startswith("The discussion of this post is locked.")
    locked = "select id from rooms where locked"
    assert [row["id"] for row in await pool.fetch(locked)] == [room]
    await pool.execute("delete from rooms where id = $1", room)


# What is kept is told


async def test_what_waits_stands_in_the_queue_and_what_was_done_in_the_cases(scene):
    await scene.porch.store.pool.execute(
        """insert into held (room_id, author_id, nonce, content, rule, created_at)
        values (1, $1, 'n', 'let me in', 'the word "casino"', now())""",
        scene.zed,
    )
    told = (await command("queue")(scene, "Mika")).content
    assert told.startswith("1 held, 0 comments and 0 reports wait.")
    assert "**Zed** (the word" in told
    await of_zed("ban", "", None, "ban", reason="*bold* words").ask(scene, "Mika")
    bans = (await command("bans")(scene, "Mika")).content
    assert re.search(r"\*\*Zed\*\* banned until somebody lifts it, case \d+: \\\*bold\\\* words", bans)
    listed = (await command("cases", who=f"person:{scene.zed}")(scene, "Mika")).content
    assert re.match(r"`\d+` ban \*\*Zed\*\* by Mika", listed)
    history = (await command("who", who="Zed")(scene, "Mika")).content
    assert "Banned until somebody lifts it" in history


async def test_a_filter_is_found_by_what_it_says_and_taken_away(scene):
    await command("filter add", kind="words", action="hold", pattern="casino")(scene, "Mika")
    assert re.fullmatch(r"`\d+` words casino: hold\.?", (await command("filter list")(scene, "Mika")).content)
    [made] = [one for one in await filters.all(scene.porch.store.pool) if one.pattern == "casino"]
    offered = await scene.practice.autocomplete("mod filter remove", "filter", {"filter": "CAS"}, who="Mika")
    assert offered == [{"name": "words casino: hold", "value": str(made.id)}]
    assert await scene.practice.autocomplete("mod filter remove", "filter", {"filter": ""}, who="Teo") == []
    answer = await command("filter remove", filter=offered[0]["value"])(scene, "Mika")
    assert answer.content == f"Filter {made.id} is gone: words casino: hold."


@pytest.mark.parametrize(("words", "undoing"), [("ban", "unban"), ("mute", "unmute")])
async def test_what_was_done_to_somebody_is_lifted_once(scene, words, undoing):
    await ASKED[words].ask(scene, "Mika")
    for again in ("", " already"):
        answer = await command(undoing, who=f"person:{scene.zed}")(scene, "Mika")
        assert re.match(
            rf"\*\*Zed\*\* is not {'banned' if words == 'ban' else 'muted'} any more{again}\. Case", answer.content
        )
    assert await count(scene, undoing) == 1


async def test_answers_fit_discord_however_long_the_record_is(scene):
    for number in range(40):
        await sanctions.warn(scene.porch.store, None, scene.zed, NOON, reason=f"{number} {'x' * 400}", rule="test")
    for words in ("cases", "who"):
        answer = await command(words, who=f"person:{scene.zed}")(scene, "Mika")
        assert 1000 < len(answer.content) <= 2000
    assert case_words.fitted(["x" * 900] * 5).endswith(f"{'x' * 900}\n… and 3 more")
    assert len(case_words.fitted(["x" * 3000])) == 2000


# Rules


async def test_more_menus_than_five_are_registered_as_discord_takes_them(open_porch):
    menus = [one["name"] for one in open_porch.practice.world.commands.values() if one["type"] == 3]
    assert {"Remove from site", "Ban web author", "Hide link", "Who is this?", "Publish as post"} <= set(menus)
    assert 5 < len(menus) <= MENUS_MAX


@pytest.mark.parametrize(
    ("typed", "hours"), [("2h", 2), ("3 days ago", 72), ("yesterday 12:00", 24), ("11:00", 1), ("13:00", 23)]
)
def test_since_when_is_read_as_the_last_time_that_was_so(typed, hours):
    assert (NOON - times.since(typed, NOON, "UTC")).total_seconds() == hours * 3600


def test_since_when_is_never_to_come():
    with pytest.raises(Refused, match="still to come"):
        times.since("2026-08-01 12:00", NOON, "UTC")
