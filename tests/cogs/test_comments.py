"""Comments and a thread in Discord as one conversation: the promises of the hangout, in more than one room."""

import asyncio

import msgspec
import pytest

from cogs import _line
from db import messages
from practice import payloads, permissions
from practice import porch as places
from practice.model import Overwrite
from tests.cogs.conftest import until
from tests.cogs.test_hearing_changes import HEART, counts
from tests.cogs.threads import ask_for_thread, published

HOOK = r"^/webhooks/\d+/[^/]+$"


@pytest.fixture
async def talk(porch):
    return await (await published(porch, places.COMMENTS)).has_thread()


@pytest.fixture
async def other(porch, talk):
    return await (await published(porch, places.COMMENTS, "Moths", "moths")).has_thread()


async def taken_up(talk, opened_porch):
    """The same talk after a restart."""
    talk.porch, talk.store = opened_porch, opened_porch.store
    return talk


async def test_a_comment_is_in_the_thread_under_its_authors_name_and_picture(talk):
    message = await talk.comment("well **said**")
    await talk.porch.relayed()
    [there] = talk.in_discord()
    assert (there.content, there.author.username) == ("well **said**", "Ada")
    assert there.avatar_url == f"https://porch.example/avatars/{message.author.id}.png"
    assert talk.practice.world.webhooks[there.webhook_id].channel_id == places.COMMENTS
    assert (await talk.comments())[0].discord_id == there.id
    assert await talk.porch.on_the_site() == []  # and not in the hangout


async def test_what_members_say_in_the_thread_are_comments_and_replies_stay_replies(talk):
    message = await talk.comment("a question?")
    await talk.porch.relayed()
    talk.reply("Mika", "an answer", reply_to=talk.in_discord()[0].id)
    asked, answer = await talk.are("a question?", "an answer")
    assert (answer.author.name, answer.source, answer.reply_to.id) == ("Mika", "discord", message.id)
    await talk.comment("thanks", reply_to=answer.id)
    await talk.porch.relayed()
    link = f"https://discord.com/channels/{places.GUILD}/{talk.thread_id}/{answer.discord_id}"
    assert talk.words_in_discord()[-1] == f"> **Mika**: an answer [↩]({link})\nthanks"
    assert asked.id == message.id


async def test_edits_deletions_and_reactions_cross_both_ways(talk):
    first, second = await talk.comment("one"), await talk.comment("two")
    await talk.porch.relayed()
    said = talk.reply("Mika", "three")
    await talk.are("one", "two", "three")
    ada, now = first.author, first.created_at
    person = await talk.porch.person(ada.name)
    await messages.edit(talk.store, talk.room_id, person, first.id, "one, edited", now)
    await messages.delete(talk.store, talk.room_id, person, second.id, now)
    await messages.react(talk.store, talk.room_id, person, first.id, HEART, on=True)
    await until(lambda: talk.words_in_discord() == ["one, edited", "three"])
    await until(lambda: talk.in_discord()[0].reactions.get(HEART) == [talk.practice.bot_id])
    talk.practice.edit(said.id, "three, edited")
    talk.practice.react("Teo", said.id, HEART)
    await talk.are("one, edited", "three, edited")

    async def counted():
        return counts((await talk.comments())[-1]) == {HEART: 1}

    await until(counted)
    talk.practice.delete(talk.in_discord()[0].id)
    await talk.are("three, edited")


async def test_what_discord_tells_by_itself_in_a_thread_is_no_comment(talk):
    said = talk.reply("Mika", "hello")
    talk.practice.pin("Mika", said.id)
    talk.practice.rename_channel("Robin", "Another name", channel=talk.thread_id)
    talk.reply("Teo", "last")
    await talk.are("hello", "last")


async def test_comments_from_before_the_thread_go_there_once_and_in_order(porch):
    talk = await published(porch, places.COMMENTS, notice=False)
    for words in ("one", "two", "three"):
        await talk.comment(words)
    _, second, _ = await talk.comments()
    await messages.delete(porch.store, talk.room_id, await porch.person("Ada"), second.id, second.created_at)
    await ask_for_thread(talk, places.COMMENTS)
    await talk.has_thread()
    await talk.comment("four")
    await porch.relayed()
    assert talk.words_in_discord() == ["one", "three", "four"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_comment_with_an_unknown_outcome_is_in_the_thread_once(talk, when, monkeypatch):
    monkeypatch.setattr(_line, "SETTLE", 0.2)
    await talk.comment("first")
    await talk.porch.relayed()
    talk.practice.faults.cut(HOOK, method="POST", when=when)
    await talk.comment("twice?")
    await talk.comment("last")
    await talk.porch.relayed(20)
    assert talk.words_in_discord() == ["first", "twice?", "last"]


async def test_a_deleted_webhook_is_made_anew_and_serves_all_threads(talk, other):
    await talk.comment("one")
    await other.comment("two")
    await talk.porch.relayed()
    talk.practice.faults.delete_webhooks()
    await talk.comment("three")
    await other.comment("four")
    await talk.porch.relayed()
    assert (talk.words_in_discord(), other.words_in_discord()) == (["one", "three"], ["two", "four"])
    assert len(talk.practice.world.webhooks) == 1


async def test_without_manage_webhooks_the_bot_brings_comments_itself(porch_config, opened, practice):
    practice.set_bot_permissions(without=permissions.MANAGE_WEBHOOKS)
    async with opened(porch_config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
        await talk.comment("hello")
        await porch.relayed()
        assert talk.words_in_discord() == ["**Ada**: hello"]
        assert [one.source for one in await talk.comments()] == ["web"]


async def test_a_slow_thread_keeps_neither_the_hangout_nor_its_neighbour_waiting(talk, other):
    """The hangout has a line of its own; a locked thread is waited for while the others go on."""
    talk.practice.change_thread(talk.thread_id, locked=True)
    await talk.comment("waits")
    await other.comment("goes on")
    await talk.porch.say("in the hangout")
    await until(lambda: other.words_in_discord() == ["goes on"])
    await until(lambda: talk.porch.words_in_discord() == ["in the hangout"])
    assert ([one.relay for one in await talk.comments()], talk.porch.store.discord.state) == (["pending"], "on")
    talk.practice.change_thread(talk.thread_id, locked=False)
    await talk.porch.relayed()
    assert talk.words_in_discord() == ["waits"]


async def test_a_hangout_that_is_shut_keeps_no_thread_waiting(porch_config, opened, practice):
    async with opened(porch_config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
        del practice.world.channels[practice.channel_id]
        await porch.say("to nowhere")
        await talk.comment("to the thread")
        talk.reply("Mika", "from the thread")
        await talk.are("to the thread", "from the thread")
        await until(lambda: "to the thread" in talk.words_in_discord())


async def test_a_thread_that_sleeps_is_woken_for_what_is_to_be_done_in_it(talk):
    message = await talk.comment("one")
    await talk.porch.relayed()
    talk.practice.change_thread(talk.thread_id, archived=True)
    await messages.edit(talk.store, talk.room_id, await talk.porch.person("Ada"), message.id, "two", message.created_at)
    await until(lambda: talk.words_in_discord() == ["two"])
    talk.practice.change_thread(talk.thread_id, archived=True)
    await talk.comment("three")
    await talk.porch.relayed()
    assert talk.words_in_discord() == ["two", "three"]


async def test_what_was_said_and_changed_in_threads_while_the_program_was_down_is_caught_up_with(
    porch_config, opened, practice
):
    async with opened(porch_config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
        said = [talk.reply("Mika", f"{number}") for number in range(4)]
        await talk.are("0", "1", "2", "3")
        await talk.comment("from the site")
        await porch.relayed()
    practice.edit(said[1].id, "one")
    practice.delete(said[2].id)
    practice.delete(talk.in_discord()[-1].id)
    practice.react("Teo", said[3].id, HEART)
    talk.reply("Teo", "new", reply_to=said[3].id)
    async with opened(porch_config) as porch:
        seen = await (await taken_up(talk, porch)).are("0", "one", "3", "new", seconds=15)
        assert seen[3].reply_to.content == "3"

        async def counted():
            return counts((await talk.comments())[2]) == {HEART: 1}

        await until(counted)


async def test_what_was_said_in_a_thread_before_it_went_to_sleep_is_read_where_comments_are_configured(
    porch_config, opened, practice
):
    discord = msgspec.structs.replace(porch_config.discord, comments_channel_id=places.COMMENTS)
    config = msgspec.structs.replace(porch_config, discord=discord)
    async with opened(config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
    talk.reply("Mika", "before it slept")
    practice.change_thread(talk.thread_id, archived=True)
    async with opened(config) as porch:
        await (await taken_up(talk, porch)).are("before it slept")


async def test_a_thread_that_nobody_looked_into_is_caught_up_with_when_something_happens_in_it(
    porch_config, opened, practice
):
    async with opened(porch_config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
        said = talk.reply("Mika", "first")
        await talk.are("first")
    practice.edit(said.id, "first, edited")
    practice.change_thread(talk.thread_id, archived=True)
    async with opened(porch_config) as porch:
        await taken_up(talk, porch)
        await porch.is_on()
        await asyncio.sleep(0.5)  # until it has looked round
        talk.reply("Teo", "second")
        await talk.are("first, edited", "second")


async def test_a_thread_that_cannot_be_read_keeps_no_other_waiting_and_is_read_when_it_may_be(
    porch_config, opened, practice
):
    async with opened(porch_config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
        other = await (await published(porch, places.GENERAL, "Moths", "moths")).has_thread()
    forum = practice.channel(places.COMMENTS)
    talk.reply("Robin", "unseen")
    other.reply("Mika", "seen")
    forum.overwrites = [Overwrite(places.GUILD, 0, deny=permissions.READ_MESSAGE_HISTORY)]
    async with opened(porch_config) as porch:
        await (await taken_up(other, porch)).are("seen")
        talk.reply("Robin", "live, but after something that is missing")
        other.reply("Mika", "live")
        await other.are("seen", "live")
        assert await (await taken_up(talk, porch)).comments() == []
        forum.overwrites = []
        practice.world.tell("CHANNEL_UPDATE", payloads.channel(practice.world, forum))
        await talk.are("unseen", "live, but after something that is missing")
