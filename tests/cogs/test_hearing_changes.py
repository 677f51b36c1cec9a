import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from cogs import _ear
from db import messages
from practice import system
from practice.messages import publish
from practice.model import LOADING, MessageType
from tests.cogs.conftest import until

POST = r"^/webhooks/\d+/[^/]+$"
HEART, BARE_HEART = "\u2764\ufe0f", "\u2764"


async def comes(porch, wanted, seconds=10.0):
    """Waits until `wanted` holds for what is on the site; shows what is there when it does not."""
    seen = []

    async def is_there():
        seen[:] = await porch.on_the_site()
        return wanted(seen)

    try:
        await until(is_there, seconds)
    except TimeoutError:
        raise AssertionError(f"on the site: {seen}") from None
    return seen


async def hears(porch, *words, seconds=10.0):
    return await comes(porch, lambda seen: [one.content for one in seen] == list(words), seconds)


def counts(message):
    return {one.emoji: one.count for one in message.reactions}


async def reacted(porch, wanted, seconds=10.0):
    """Waits until the newest message has these reactions, as {emoji: count}."""
    return await comes(porch, lambda seen: seen and counts(seen[-1]) == wanted, seconds)


async def reacts(porch, message, emoji, *, name="Ada", on=True):
    await messages.react(porch.store, 1, await porch.person(name), message.id, emoji, on=on)


async def in_discord(porch, emoji, *, there):
    await until(lambda: (porch.practice.bot_id in porch.practice.messages()[-1].reactions.get(emoji, [])) is there)


# Edits


async def test_an_edit_is_shown_as_one_and_keeps_its_place(porch):
    first = porch.practice.say("Mika", "frist")
    porch.practice.say("Mika", "second")
    porch.practice.edit(first.id, "first")
    seen = await hears(porch, "first", "second")
    assert (seen[0].edited_at is not None, seen[1].edited_at) == (True, None)


async def test_edits_and_deletions_within_milliseconds_end_as_they_ended_in_discord(porch):
    for number in range(20):
        said = porch.practice.say("Mika", f"{number}")
        porch.practice.edit(said.id, f"{number}!")
        if number % 2:
            porch.practice.delete(said.id)
    await hears(porch, *(f"{number}!" for number in range(0, 20, 2)))


async def test_a_card_that_comes_later_is_shown_and_is_no_edit(porch):
    said = porch.practice.say("Mika", "see https://a.example/page")
    porch.practice.unfurl(said.id, url="https://a.example/page", title="A *page*", description="Of **words**", site="A")
    [message] = await comes(porch, lambda seen: seen and seen[0].extras.cards)
    [card] = message.extras.cards
    assert (card.title, card.description, card.site, card.url) == (
        "A page",
        "Of **words**",
        "A",
        "https://a.example/page",
    )
    assert (message.content, message.edited_at) == ("see https://a.example/page", None)
    porch.practice.suppress_embeds(said.id)
    await comes(porch, lambda seen: not seen[0].extras.cards)


async def test_the_edit_of_our_own_message_is_not_heard_back(porch):
    said = await porch.say("mine")
    await porch.relayed()
    there = porch.practice.messages()[-1]
    porch.practice.edit(there.id, "as somebody else would have it")
    porch.practice.say("Mika", "after")
    seen = await hears(porch, "mine", "after")
    assert (seen[0].id, seen[0].edited_at) == (said.id, None)


async def test_an_update_that_tells_not_everything_is_asked_for(porch):
    said = porch.practice.say("Mika", "one")
    await hears(porch, "one")
    said.content, said.edited_timestamp = "two", datetime.now(UTC)
    shape = {"id": str(said.id), "channel_id": str(said.channel_id), "guild_id": str(porch.practice.guild_id)}
    empty = {"content": "", "attachments": [], "embeds": [], "pinned": False, "mention_everyone": False, "tts": False}
    porch.practice.world.tell("MESSAGE_UPDATE", shape | empty | {"type": 0, "edited_timestamp": None})
    await hears(porch, "two")


# Deletions


async def test_what_is_deleted_in_discord_is_gone_singly_and_in_bulk(porch):
    said = [porch.practice.say("Mika", f"{number}") for number in range(6)]
    await hears(porch, *(f"{number}" for number in range(6)))
    porch.practice.delete(said[0].id)
    porch.practice.bulk_delete(*(one.id for one in said[2:5]))
    await hears(porch, "1", "5")


async def test_a_reply_quotes_no_more_what_was_deleted(porch):
    said = porch.practice.say("Mika", "a secret")
    porch.practice.say("Teo", "oh", reply_to=said.id)
    await hears(porch, "a secret", "oh")
    porch.practice.delete(said.id)
    [reply] = await hears(porch, "oh")
    assert reply.reply_to.content is None


async def test_a_moderator_deletes_what_was_said_on_the_site(porch):
    await porch.say("rude")
    await porch.relayed()
    porch.practice.delete(porch.practice.messages()[-1].id)
    await hears(porch)


async def test_a_deletion_that_comes_before_the_answer_to_our_post_counts(porch):
    gate = porch.practice.faults.hold(POST, method="POST", when="after")
    await porch.say("rude")
    await until(porch.practice.messages)
    porch.practice.delete(porch.practice.messages()[-1].id)
    porch.practice.say("Mika", "next")
    await asyncio.sleep(0.2)  # so that it is heard first
    gate.set()
    await hears(porch, "next")
    await porch.relayed()
    await asyncio.sleep(0.3)
    assert porch.words_in_discord() == ["next"]


async def test_a_reaction_that_comes_before_the_answer_to_our_post_counts(porch):
    gate = porch.practice.faults.hold(POST, method="POST", when="after")
    await porch.say("nice")
    await until(porch.practice.messages)
    porch.practice.react("Mika", porch.practice.messages()[-1].id, HEART)
    await asyncio.sleep(0.2)  # so that it is heard first
    gate.set()
    await reacted(porch, {HEART: 1})


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(_ear, "PATIENCE", 0.1)


async def test_a_reaction_that_comes_long_before_the_answer_to_our_post_counts_when_that_comes(porch, impatient):
    gate = porch.practice.faults.hold(POST, method="POST", when="after")
    await porch.say("nice")
    await until(porch.practice.messages)
    porch.practice.react("Mika", porch.practice.messages()[-1].id, HEART)
    porch.practice.say("Teo", "meanwhile")
    seen = await hears(porch, "nice", "meanwhile")
    assert counts(seen[0]) == {}
    gate.set()
    await comes(porch, lambda seen: counts(seen[0]) == {HEART: 1})


async def test_a_deletion_that_comes_long_before_the_answer_to_our_post_counts_when_that_comes(porch, impatient):
    gate = porch.practice.faults.hold(POST, method="POST", when="after")
    await porch.say("rude")
    await until(porch.practice.messages)
    porch.practice.delete(porch.practice.messages()[-1].id)
    porch.practice.say("Teo", "meanwhile")
    await hears(porch, "rude", "meanwhile")
    gate.set()
    await hears(porch, "meanwhile")


async def test_what_is_about_unknown_messages_or_other_channels_changes_nothing_and_keeps_nobody_waiting(porch):
    elsewhere = porch.practice.say("Mika", "elsewhere", channel="general")
    porch.practice.react("Mika", elsewhere.id, HEART)
    porch.practice.edit(elsewhere.id, "still elsewhere")
    for event in ("MESSAGE_DELETE", "MESSAGE_REACTION_REMOVE_ALL"):
        shape = {"channel_id": str(porch.practice.channel_id), "guild_id": str(porch.practice.guild_id)}
        porch.practice.world.tell(event, shape | {"id": "42", "message_id": "42"})
    porch.practice.delete(elsewhere.id)
    porch.practice.say("Mika", "here")
    await hears(porch, "here", seconds=3)


# Reactions


async def test_reactions_are_counted_whichever_way_they_are_written(porch):
    said = porch.practice.say("owner", "well?")
    custom = porch.practice.add_emoji("tea")
    porch.practice.react("Mika", said.id, HEART)
    porch.practice.react("Teo", said.id, BARE_HEART)
    porch.practice.react("Teo", said.id, f"tea:{custom.id}")
    await reacted(porch, {HEART: 2, f"tea:{custom.id}": 1})
    porch.practice.unreact("Mika", said.id, HEART)
    await reacted(porch, {HEART: 1, f"tea:{custom.id}": 1})


@pytest.mark.parametrize("emoji", [None, HEART])
async def test_a_moderator_clears_all_reactions_or_all_of_one_emoji(porch, emoji):
    said = porch.practice.say("owner", "well?")
    [message] = await hears(porch, "well?")
    await reacts(porch, message, HEART)
    porch.practice.react("Mika", said.id, "\U0001f44d")
    porch.practice.react("Mika", said.id, HEART)
    await in_discord(porch, HEART, there=True)
    await reacted(porch, {HEART: 2, "\U0001f44d": 1})
    porch.practice.clear_reactions(said.id, emoji)
    await reacted(porch, {"\U0001f44d": 1} if emoji else {})


async def test_the_bots_reaction_stands_for_the_site_and_is_counted_once(porch):
    porch.practice.say("owner", "well?")
    [message] = await hears(porch, "well?")
    await reacts(porch, message, HEART)
    await in_discord(porch, HEART, there=True)
    porch.practice.react("Mika", porch.practice.messages()[-1].id, HEART)
    await reacted(porch, {HEART: 2})
    await reacts(porch, message, HEART, on=False)
    await in_discord(porch, HEART, there=False)
    await reacted(porch, {HEART: 1})
    await reacts(porch, message, HEART, name="Bo")  # and our own taking back was nobody's clearing
    await reacted(porch, {HEART: 2})


async def test_our_own_taking_back_that_is_told_late_takes_nobodys_reaction(porch):
    porch.practice.say("owner", "well?")
    [message] = await hears(porch, "well?")
    await reacts(porch, message, HEART)
    await in_discord(porch, HEART, there=True)
    porch.practice.faults.pause_gateway()
    await reacts(porch, message, HEART, on=False)
    await in_discord(porch, HEART, there=False)
    await reacts(porch, message, HEART, name="Bo")
    porch.practice.faults.pause_gateway(paused=False)
    porch.practice.say("owner", "next")
    seen = await hears(porch, "well?", "next")
    assert counts(seen[0]) == {HEART: 1}
    await until(lambda: porch.practice.bot_id in porch.practice.messages()[0].reactions.get(HEART, []))


async def test_a_moderator_who_takes_the_bots_reaction_away_takes_those_of_the_site(porch):
    said = porch.practice.say("owner", "well?")
    [message] = await hears(porch, "well?")
    for name in ("Ada", "Bo"):
        await reacts(porch, message, HEART, name=name)
    porch.practice.react("Mika", said.id, HEART)
    await in_discord(porch, HEART, there=True)
    await reacted(porch, {HEART: 3})
    porch.practice.unreact(porch.practice.bot_id, said.id, HEART)
    await reacted(porch, {HEART: 1})


async def test_changes_wait_while_the_database_is_away(porch):
    said = porch.practice.say("Mika", "one")
    await hears(porch, "one")
    await porch.store.pool.execute(
        """select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and datname = current_database()"""
    )
    porch.practice.edit(said.id, "two")
    porch.practice.react("Teo", said.id, HEART)
    seen = await hears(porch, "two", seconds=15)
    await reacted(porch, {HEART: 1})
    assert seen[0].edited_at - datetime.now(UTC) < timedelta(minutes=1)


async def test_a_bot_that_thinks_before_it_speaks_is_heard_when_it_has_spoken(porch):
    world, place = porch.practice.world, porch.practice.channel("hangout")
    answer = system.draft(world, place, porch.practice.member("Teo").user, MessageType.DEFAULT)
    answer.flags = LOADING
    publish(world, answer)
    porch.practice.say("Mika", "meanwhile")
    await hears(porch, "meanwhile")
    porch.practice.edit(answer.id, "well thought")
    await hears(porch, "meanwhile", "well thought")
