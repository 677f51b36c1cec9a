"""What moderators remove on the site, or take the links out of, as it then is in Discord: cogs/errands.py."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import discord
import pytest

from cogs import _chores
from cogs._channel_words import case_line
from cogs.errands import Errands
from db import messages, people
from db.cases import get as case_of
from db.moderators import Moderator
from db.opening import open_store
from db.outbox import Errand, _errands
from practice import permissions
from practice import porch as places
from tests.cogs.conftest import until
from tests.cogs.threads import published


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(_chores, "CALM", 0.02)
    monkeypatch.setattr(_chores, "REST", 0.05)
    monkeypatch.setattr(_errands, "FIRST_WAIT", timedelta(seconds=0.02))


@pytest.fixture
async def tidy(standing):
    """The shared porch, where nobody has said anything yet."""
    await standing.store.pool.execute("truncate messages, changes, cases, mod_notices, errands cascade")
    standing.practice.faults.stop()
    standing.practice.set_bot_permissions(add=permissions.BOT)
    for said in standing.practice.world.messages.values():
        said.clear()
    return standing


@pytest.fixture
async def mod(standing):
    return await the_owner(standing.store)


async def the_owner(store):
    kept = await people.keep_discord(store.pool, {places.OWNER: "Robin"}, places.OWNER)
    return Moderator(await people.get(store.pool, kept[places.OWNER]))


def now():
    return datetime.now(UTC)


async def heard(porch, *there):
    """The ids here of messages in Discord, once they are on the site."""

    async def known():
        found = [await messages.by_discord(porch.store.pool, one.id) for one in there]
        return [one[1] for one in found] if all(found) else None

    await until(known)
    return await known()


async def nothing_to_do(porch):
    async def so():
        return not await porch.store.pool.fetchval(
            """select exists (select from errands) or exists (select from messages where relay in ('pending', 'sending')
                or (relay = 'sent' and (revision <> relayed_revision or deleted_at is not null)))"""
        )

    await until(so)


async def cases(porch):
    return [row["kind"] for row in await porch.store.pool.fetch("select kind from cases order by id")]


async def test_a_message_from_discord_that_is_removed_here_is_gone_there_and_its_echo_is_no_second_case(tidy, mod):
    bad, good = tidy.practice.say("Mika", "buy this"), tidy.practice.say("Teo", "hello")
    [message_id, _] = await heard(tidy, bad, good)
    await messages.remove(tidy.store, mod, message_id, now())
    await nothing_to_do(tidy)
    await until(lambda: tidy.words_in_discord() == ["hello"])
    last = tidy.practice.say("Teo", "and hear all before this")
    await heard(tidy, last)
    assert await tidy.words_on_the_site() == ["hello", "and hear all before this"]
    assert await cases(tidy) == ["remove"]


async def test_many_go_with_one_request_whoever_said_them(tidy, mod):
    there = [tidy.practice.say("Mika", f"buy {number}") for number in range(3)]
    ids = await heard(tidy, *there)
    said = [await tidy.say(f"buy {number}") for number in range(3)]
    await tidy.relayed()
    tidy.practice.world.requests.clear()
    await messages.purge(tidy.store, mod, [*ids, *(one.id for one in said)], now())
    await nothing_to_do(tidy)
    assert tidy.words_in_discord() == []
    [bulk] = [one for one in tidy.practice.requests if one.path.endswith("/messages/bulk-delete")]
    assert bulk.status == 204
    assert {one.id for one in there} <= {int(one) for one in bulk.body["messages"]}


async def test_what_the_bot_may_not_take_away_is_told_once_and_not_tried_for_ever(tidy, mod):
    there = tidy.practice.say("Mika", "buy this")
    [message_id] = await heard(tidy, there)
    tidy.practice.set_bot_permissions(without=permissions.MANAGE_MESSAGES)
    case = await messages.remove(tidy.store, mod, message_id, now())
    await nothing_to_do(tidy)
    row = await tidy.store.pool.fetchrow("select details, wanted from cases c, mod_notices where c.id = $1", case.id)
    assert row["details"] == {"refused": "Discord did not let the bot do it there: Missing Permissions."}
    assert row["wanted"] == 2, "the line in the moderators' channel is to say so"
    line = case_line(await case_of(tidy.store.pool, case.id))
    assert line.endswith("Missing Permissions.")
    assert (tidy.words_in_discord(), await tidy.words_on_the_site()) == (["buy this"], [])


async def test_without_the_right_the_sites_own_go_by_the_relay(tidy, mod):
    said = [await tidy.say(f"buy {number}") for number in range(4)]
    await tidy.relayed()
    tidy.practice.set_bot_permissions(without=permissions.MANAGE_MESSAGES)
    case = await messages.purge(tidy.store, mod, [one.id for one in said], now())
    await until(lambda: tidy.words_in_discord() == [])
    assert "refused" not in await tidy.store.pool.fetchval("select details from cases where id = $1", case.id)


async def test_hidden_links_are_hidden_in_the_copy_and_the_cards_of_others_messages_suppressed(tidy, mod):
    url = "https://bad.example/x"
    there = tidy.practice.say("Mika", f"see {url}")
    tidy.practice.unfurl(there.id, url=url, title="Bad")
    [message_id] = await heard(tidy, there)
    said = await tidy.say(f"or {url}")
    await tidy.relayed()
    for one in (message_id, said.id):
        await messages.hide_links(tidy.store, mod, one, now())
    await nothing_to_do(tidy)
    assert tidy.words_in_discord() == [f"see {url}", "or [link hidden]"]
    assert tidy.practice.find(there.id).flags & 4
    tidy.practice.edit(there.id, f"look, {url}")
    await until(lambda: _first(tidy, "look, [link hidden]"))
    [shown, _] = await tidy.on_the_site()
    assert shown.extras.cards == ()


async def _first(porch, words):
    return (await porch.words_on_the_site())[0] == words


async def test_in_a_thread_that_sleeps_it_is_woken_for_it(tidy, mod):
    talk = await (await published(tidy, places.COMMENTS)).has_thread()
    there = talk.reply("Mika", "buy this")
    [message_id] = await heard(tidy, there)
    tidy.practice.change_thread(talk.thread_id, archived=True)
    await messages.remove(tidy.store, mod, message_id, now())
    await nothing_to_do(tidy)
    assert talk.words_in_discord() == []


async def test_what_is_older_than_two_weeks_goes_by_itself_and_the_rest_together(tidy):
    now_there = datetime.now(UTC)
    ages = [timedelta(days=days) for days in (20, 15, 3, 1)]
    due = [
        Errand(discord.utils.time_snowflake(now_there - age), "delete", 5, is_ours=False, case_id=None, tries=0)
        for age in ages
    ]
    chore = Errands(SimpleNamespace(store=tidy.store))
    assert chore._together(due, now_there) == due[2:]
    assert chore._together(due[:3], now_there) == due[:1]


async def test_while_discord_is_away_it_waits(tidy, mod):
    there = tidy.practice.say("Mika", "buy this")
    [message_id] = await heard(tidy, there)
    tidy.practice.world.requests.clear()
    tidy.practice.faults.away()
    await messages.remove(tidy.store, mod, message_id, now())
    await until(lambda: any(one.method == "DELETE" and one.status != 204 for one in tidy.practice.requests))
    assert tidy.words_in_discord() == ["buy this"]
    tidy.practice.faults.back()
    await until(lambda: tidy.words_in_discord() == [], 20)


async def test_what_was_removed_while_no_bot_was_there_goes_once_it_is_and_does_not_come_back(
    porch_config, opened, practice
):
    there = practice.say("Mika", "buy this")
    async with opened(porch_config) as porch:
        [message_id] = await heard(porch, there)
    async with open_store(porch_config) as store:
        await messages.remove(store, await the_owner(store), message_id, now())
    assert len(practice.messages()) == 1, "whoever would have done it has gone"
    async with opened(porch_config) as porch:
        await nothing_to_do(porch)
        assert porch.words_in_discord() == []
        await heard(porch, practice.say("Mika", "hello"))
        assert (await porch.words_on_the_site(), await cases(porch)) == (["hello"], ["remove"])
