"""Forums, posts in them, threads that sleep or are locked, and webhooks that speak in all of these."""

import discord
import pytest

from practice import Practice, porch
from practice.refusals import Refusal
from tests.practice.conftest import Listener, until


@pytest.fixture
def forum(client: Listener) -> discord.ForumChannel:
    found = client.get_channel(porch.COMMENTS)
    assert isinstance(found, discord.ForumChannel)
    return found


async def code_of(refused: object) -> int:
    with pytest.raises(discord.HTTPException) as told:
        await refused  # type: ignore[misc]
    return told.value.code


async def test_a_post_in_a_forum_has_the_id_of_its_first_message(
    practice: Practice, client: Listener, forum: discord.ForumChannel
) -> None:
    embed = discord.Embed(title="A post", url="https://porch.example/blog/a")
    thread, first = await forum.create_thread(name="A post", embed=embed)
    assert (first.id, thread.parent_id, thread.owner_id) == (thread.id, forum.id, practice.bot_id)
    await until(lambda: forum.get_thread(thread.id))
    said = practice.say("Mika", "well said", channel=thread.id, reply_to=first.id)
    assert [one.id async for one in thread.history()] == [said.id, first.id]
    [active] = await forum.guild.active_threads()
    assert (active.id, active.last_message_id) == (thread.id, said.id)
    assert (await client.fetch_channel(forum.id)).last_message_id == thread.id  # type: ignore[union-attr]
    assert await code_of(forum.create_thread(name="without words")) == 50006


async def test_a_webhook_of_a_forum_speaks_in_its_posts_or_begins_one(
    practice: Practice, forum: discord.ForumChannel
) -> None:
    thread, _ = await forum.create_thread(name="A post", content="first")
    hook = await forum.create_webhook(name="Porchlight")
    said = await hook.send("hello", thread=thread, wait=True)
    await hook.edit_message(said.id, content="hello there", thread=thread)
    assert [one.content for one in practice.messages(thread.id)] == ["first", "hello there"]
    assert await code_of(hook.edit_message(said.id, content="from nowhere")) == 10008
    await hook.delete_message(said.id, thread=thread)
    begun = await hook.send("anew", thread_name="Another", wait=True)
    assert practice.channel("Another").id == begun.id
    assert await code_of(hook.send("where?")) == 220001
    plain = forum.guild.get_channel(practice.channel_id)
    assert isinstance(plain, discord.TextChannel)
    other = await plain.create_webhook(name="Porchlight")
    assert await code_of(other.send("x", thread_name="no forum")) == 220003
    assert await code_of(other.send("x", thread=thread)) == 10003


async def test_an_archived_thread_is_woken_by_words_and_by_nothing_else(
    practice: Practice, client: Listener, forum: discord.ForumChannel
) -> None:
    thread, first = await forum.create_thread(name="A post", content="first")
    practice.change_thread(thread.id, archived=True)
    await until(lambda: forum.get_thread(thread.id) is None)
    assert await forum.guild.active_threads() == []
    assert [one.id async for one in forum.archived_threads()] == [thread.id]
    assert await code_of(first.edit(content="other")) == 50083
    assert await code_of(first.add_reaction("\N{THUMBS UP SIGN}")) == 50083
    assert await code_of(thread.edit(name="Another")) == 50083
    practice.say("Mika", "anybody here?", channel=thread.id)
    await until(lambda: forum.get_thread(thread.id))
    await first.edit(content="other")
    await thread.edit(name="Another")
    assert practice.messages(thread.id)[-1].content == "Another"


async def test_a_locked_thread_takes_no_words_but_a_moderators(practice: Practice, forum: discord.ForumChannel) -> None:
    thread, _ = await forum.create_thread(name="A post", content="first")
    hook = await forum.create_webhook(name="Porchlight")
    await thread.edit(locked=True, archived=True)
    assert await code_of(hook.send("hello", thread=thread)) == 160005
    with pytest.raises(Refusal, match="160005"):
        practice.say("Mika", "hello", channel=thread.id)
    with pytest.raises(Refusal, match="50013"):
        practice.change_thread(thread.id, who="Mika", archived=False)
    practice.say("Robin", "closed for today", channel=thread.id)
    assert not practice.channel(thread.id).archived
