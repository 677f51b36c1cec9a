"""Making threads for posts, and keeping them: cogs/threads.py."""

import asyncio

import pytest

from cogs import _line, _thread_words
from db.events import NoticeDue
from practice import permissions
from practice import porch as places
from tests.cogs.conftest import until
from tests.cogs.threads import published

CHANGING = r"^/channels/\d+$"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    """Nobody is far away here: what may still be at work in Discord is done soon."""
    for module in (_line, _thread_words):
        monkeypatch.setattr(module, "SETTLE", 0.2)


@pytest.fixture
async def talk(porch):
    return await (await published(porch, places.COMMENTS)).has_thread()


async def in_forum(practice):
    return [one for one in practice.world.channels.values() if one.parent_id == places.COMMENTS]


async def shows(talk, revision):
    async def so():
        row = await talk.notice()
        return row["shown"] == revision

    await until(so)


async def test_a_post_that_comes_out_gets_a_thread_in_the_forum_that_begins_with_what_it_is_about(talk):
    embed = talk.first.embeds[0]
    assert (talk.thread.name, talk.thread.parent_id) == ("Lamps", places.COMMENTS)
    assert (embed["title"], embed["url"]) == ("Lamps", "https://porch.example/blog/lamps")
    assert embed["description"] == r"What they \*are\* for"
    row = await talk.notice()
    assert (row["state"], row["message_id"], row["shown"], row["tries"]) == ("sent", talk.thread_id, 1, 0)
    assert await talk.comments() == []


async def test_in_a_text_channel_it_hangs_on_a_message(porch):
    talk = await (await published(porch, places.GENERAL)).has_thread()
    [message] = porch.practice.messages("general")
    assert (message.id, message.embeds[0]["url"]) == (talk.thread_id, "https://porch.example/blog/lamps")
    assert (talk.thread.parent_id, talk.thread.name) == (places.GENERAL, "Lamps")
    await talk.comment("first!")
    talk.reply("Mika", "second")
    await talk.are("first!", "second")
    await talk.change(title="Lanterns")
    await shows(talk, 2)
    assert (message.embeds[0]["title"], talk.thread.name) == ("Lanterns", "Lanterns")
    assert len(porch.practice.messages("general")) == 1


@pytest.mark.parametrize("where", [places.COMMENTS, places.GENERAL])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_thread_whose_making_has_an_unknown_outcome_is_there_once(porch, where, when):
    porch.practice.faults.cut(rf"^/channels/{where}/(threads|messages)$", method="POST", when=when)
    talk = await (await published(porch, where)).has_thread()
    assert [one.id for one in porch.practice.world.channels.values() if one.parent_id == where] == [talk.thread_id]
    assert (await talk.notice())["state"] == "sent"


async def test_a_thread_that_was_hung_up_without_an_answer_is_found_on_its_message(porch):
    porch.practice.faults.status(500, r"/messages/\d+/threads$", method="POST", when="after")
    talk = await (await published(porch, places.GENERAL)).has_thread()
    assert len(porch.practice.messages("general")) == 1
    await talk.comment("hello")
    await porch.relayed()
    assert talk.words_in_discord() == ["hello"]


async def test_one_that_was_begun_before_a_crash_is_found_by_an_address_that_the_post_had(
    porch_config, opened, practice
):
    async with opened(porch_config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
        # as a kill between Discord's answer and our commit leaves it
        await porch.store.pool.execute("update post_notices set state = 'sending', message_id = null, after_id = 1")
        await porch.store.pool.execute("update rooms set channel_id = null where kind = 'comments'")
        await talk.change(slug="lanterns")
        practice.change_thread(talk.thread_id, archived=True)
    async with opened(porch_config) as porch:
        again = talk.thread_id
        talk.store, talk.thread_id = porch.store, 0
        await talk.has_thread()
        assert talk.thread_id == again
        await until(lambda: talk.first.embeds[0]["url"].endswith("/blog/lanterns"))
        assert len(await in_forum(practice)) == 1


async def test_an_edit_of_the_post_gives_the_thread_its_new_name_and_beginning(talk):
    talk.practice.faults.rate_limit(0.4, CHANGING, method="PATCH")  # new names are taken only now and then
    await talk.change(title="x" * 200, summary="Otherwise")
    await shows(talk, 2)
    assert talk.thread.name == f"{'x' * 99}…"
    assert talk.first.embeds[0] == {
        "type": "rich",
        "title": "x" * 200,
        "url": "https://porch.example/blog/lamps",
        "description": "Otherwise",
    }
    assert await talk.comments() == []  # that Discord tells of the new name is no comment


async def test_a_sleeping_thread_is_brought_up_to_date_and_sleeps_on(talk):
    talk.practice.change_thread(talk.thread_id, archived=True)
    await talk.change(title="Lanterns")
    await shows(talk, 2)
    assert (talk.thread.name, talk.first.embeds[0]["title"]) == ("Lanterns", "Lanterns")
    assert talk.thread.archived


async def test_a_post_that_is_taken_back_locks_its_thread_and_opens_it_when_it_is_there_again(talk):
    await talk.change(state="draft")
    await until(lambda: talk.thread.locked and talk.thread.archived)
    await talk.change(state="published")
    await until(lambda: not talk.thread.locked and not talk.thread.archived)
    await talk.comment("back again")
    await talk.porch.relayed()
    assert talk.words_in_discord() == ["back again"]
    await talk.change(deleted_at=talk.thread.archived_at)
    await until(lambda: talk.thread.locked and talk.thread.archived)


async def test_what_a_moderator_has_locked_stays_locked_when_the_post_is_edited(talk):
    talk.practice.change_thread(talk.thread_id, locked=True)
    await talk.change(title="Lanterns")
    await shows(talk, 2)
    assert (talk.thread.name, talk.thread.locked) == ("Lanterns", True)


async def test_without_the_channel_the_owner_is_told_once_and_it_is_tried_again(porch, caplog):
    talk = await published(porch, 42)

    async def was_tried():
        return (await talk.notice())["tries"] >= 1

    await until(was_tried)
    row = await talk.notice()
    assert (row["state"], "comments_channel_id" in row["reason"]) == ("due", True)
    await porch.store.pool.execute("update post_notices set channel_id = $1, next_at = now()", places.COMMENTS)
    porch.store.live.announce(NoticeDue())
    await talk.has_thread()


async def test_a_thread_that_was_deleted_in_discord_leaves_the_comments_on_the_site(talk):
    await talk.comment("one")
    await talk.porch.relayed()
    talk.practice.delete_thread(talk.thread_id)

    async def is_alone():
        return await talk.store.pool.fetchval("select channel_id is null from rooms where id = $1", talk.room_id)

    await until(is_alone)
    later = await talk.comment("two")
    assert (later.relay, (await talk.notice())["state"]) == ("none", "failed")
    assert [one.content for one in await talk.comments()] == ["one", "two"]
    await talk.change(title="Lanterns")
    await asyncio.sleep(0.5)
    assert await in_forum(talk.practice) == []


async def test_a_thread_that_was_deleted_meanwhile_is_noticed_when_something_is_to_be_said(
    porch_config, opened, practice
):
    async with opened(porch_config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
    practice.delete_thread(talk.thread_id)
    async with opened(porch_config) as porch:
        talk.porch, talk.store = porch, porch.store
        await talk.comment("anybody?")
        await porch.relayed()
        [message] = await talk.comments()
        assert (message.content, message.relay) == ("anybody?", "none")


async def test_without_manage_threads_the_thread_stays_open_and_the_reason_is_kept(porch_config, opened, practice):
    practice.set_bot_permissions(without=permissions.MANAGE_THREADS)
    async with opened(porch_config) as porch:
        talk = await (await published(porch, places.COMMENTS)).has_thread()
        await talk.change(state="draft")

        async def is_told():
            return (await talk.notice())["reason"]

        await until(is_told)
        assert not talk.thread.locked
