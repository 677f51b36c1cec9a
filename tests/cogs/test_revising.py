"""What is changed, taken back and reacted with on the site, and what the channel then shows."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import messages
from db.errors import Refused
from tests.cogs.conftest import until


def now():
    return datetime.now(UTC)


async def revised(porch, seconds=15.0):
    """Waits until Discord has heard of everything."""

    async def nothing_is_overdue():
        return not await porch.store.pool.fetchval(
            """select exists (select from messages where relay in ('pending', 'sending') or (relay = 'sent'
                and source = 'web' and (revision <> relayed_revision or deleted_at is not null)))
            or exists (select from mirrors where wanted <> placed)"""
        )

    await until(nothing_is_overdue, seconds)


async def edit(porch, message, content, at=None):
    author = await porch.person(message.author.name)
    return await messages.edit(porch.store, 1, author, message.id, content, at or now())


async def delete(porch, message):
    author = await porch.person(message.author.name)
    return await messages.delete(porch.store, 1, author, message.id, now())


async def react(porch, message, emoji, name="Ada", *, on=True):
    return await messages.react(porch.store, 1, await porch.person(name), message.id, emoji, on=on)


async def test_an_edit_reaches_the_channel_and_pings_nobody(porch):
    message = await porch.say("first")
    await porch.relayed()
    changed = await edit(porch, message, f"second @everyone <@{porch.practice.owner_id}>")
    await revised(porch)
    [there] = porch.practice.messages()
    assert there.content == changed.content
    assert there.edited_timestamp is not None
    assert porch.practice.pings == []


async def test_an_edit_before_the_send_is_what_is_sent(porch):
    porch.practice.faults.away()
    message = await porch.say("first")
    await edit(porch, message, "second")
    porch.practice.faults.back()
    await revised(porch, 30)
    assert porch.words_in_discord() == ["second"]


async def test_an_edit_while_the_send_is_under_way_follows_it(porch):
    gate = porch.practice.faults.hold()
    message = await porch.say("first")
    await until(lambda: not porch.practice.faults.rest.waiting)
    await edit(porch, message, "second")
    gate.set()
    await revised(porch)
    assert porch.words_in_discord() == ["second"]


async def test_a_deletion_reaches_the_channel(porch):
    message = await porch.say("regret")
    await porch.say("stays")
    await porch.relayed()
    await delete(porch, message)
    await revised(porch)
    assert porch.words_in_discord() == ["stays"]
    assert await porch.words_on_the_site() == ["stays"]


async def test_what_is_deleted_before_it_was_sent_is_never_sent(porch):
    porch.practice.faults.away()
    message = await porch.say("regret")
    await delete(porch, message)
    await porch.say("stays")
    porch.practice.faults.back()
    await revised(porch, 30)
    assert porch.words_in_discord() == ["stays"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_is_deleted_while_its_send_has_an_unknown_outcome_is_not_left_in_the_channel(porch, when):
    porch.practice.faults.status(500, when=when)
    message = await porch.say("regret")
    await until(lambda: porch.practice.faults.rest.waiting == [])
    await delete(porch, message)
    await revised(porch, 20)
    assert porch.words_in_discord() == []


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", ["status", "cut"])
async def test_a_revision_with_an_unknown_outcome_is_made_again(porch, method, when, fault):
    message = await porch.say("first")
    await porch.relayed()
    break_ = (
        porch.practice.faults.cut
        if fault == "cut"
        else lambda *words, **how: porch.practice.faults.status(500, *words, **how)
    )
    break_(r"^/webhooks/\d+/[^/]+/messages/", method=method, when=when)
    await (edit(porch, message, "second") if method == "PATCH" else delete(porch, message))
    await revised(porch, 20)
    assert porch.words_in_discord() == (["second"] if method == "PATCH" else [])


async def test_a_reply_quotes_its_original_and_quotes_it_as_it_is_now(porch):
    original = porch.practice.say("Mika", "the original")
    await until(lambda: has_words(porch, "the original"))
    [heard] = await porch.on_the_site()
    ada = await porch.person("Ada")
    await messages.say(porch.store, 1, ada, "indeed", "n", now(), network="n", reply_to=heard.id)
    await porch.relayed()
    assert porch.words_in_discord()[-1].startswith("> **Mika**: the original [↩](https://discord.com/channels/")
    assert porch.words_in_discord()[-1].endswith(f"/{original.id})\nindeed")
    await messages.hear_deletions(porch.store, 1, [original.id], now())
    await revised(porch)
    assert porch.words_in_discord()[-1] == "> **Mika**: *(this message was deleted)*\nindeed"


async def has_words(porch, words):
    return words in await porch.words_on_the_site()


async def test_the_site_mirrors_as_one_reaction_of_the_bot_while_anybody_holds_it(porch):
    message = await porch.say("hello")
    await porch.relayed()
    [there] = porch.practice.messages()
    await react(porch, message, "👍")
    await react(porch, message, "👍", "Bob")
    await revised(porch)
    assert there.reactions == {"👍": [porch.practice.bot_id]}
    await react(porch, message, "👍", on=False)
    await revised(porch)
    assert there.reactions == {"👍": [porch.practice.bot_id]}
    await react(porch, message, "👍", "Bob", on=False)
    await revised(porch)
    assert not there.reactions.get("👍")
    [here] = await porch.on_the_site()
    assert here.reactions == ()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_reaction_with_an_unknown_outcome_is_made_again(porch, when):
    message = await porch.say("hello")
    await porch.relayed()
    porch.practice.faults.status(500, "/reactions/", when=when)
    await react(porch, message, "❤")
    await revised(porch, 20)
    [there] = porch.practice.messages()
    assert [people for people in there.reactions.values() if people] == [[porch.practice.bot_id]]


async def test_variation_selectors_do_not_split_counts(porch):
    message = await porch.say("hello")
    await react(porch, message, "❤")
    await react(porch, message, "❤️", "Bob")
    [here] = await porch.on_the_site()
    assert [(one.emoji, one.count) for one in here.reactions] == [("❤️", 2)]


@pytest.mark.parametrize("emoji", ["", "x", "👍👍", "<script>", "lamp:123456789012345678", "a" * 5000, "\ud83d"])
async def test_what_is_no_emoji_is_refused_with_a_sentence(porch, emoji):
    message = await porch.say("hello")
    with pytest.raises(Refused, match=r"emoji.*\.$"):
        await react(porch, message, emoji)


async def test_a_message_holds_twenty_different_emoji(porch):
    message = await porch.say("hello")
    for emoji in "😀😁😂😃😄😅😆😇😈😉😊😋😌😍😎😏😐😑😒😓":
        await react(porch, message, emoji)
    with pytest.raises(Refused, match="20 different"):
        await react(porch, message, "👍")
    await react(porch, message, "😀", "Bob")


async def test_only_the_author_changes_a_message_and_only_for_a_while(porch):
    message = await porch.say("mine")
    bob = await porch.person("Bob")
    with pytest.raises(Refused) as refusal:
        await messages.edit(porch.store, 1, bob, message.id, "his", now())
    assert refusal.value.code == "not_yours"
    with pytest.raises(Refused) as refusal:
        await messages.delete(porch.store, 1, bob, message.id, now())
    assert refusal.value.code == "not_yours"
    with pytest.raises(Refused) as refusal:
        await edit(porch, message, "late", message.created_at + timedelta(seconds=901))
    assert refusal.value.code == "too_late"
    assert await porch.words_on_the_site() == ["mine"]


async def test_a_webhook_that_is_gone_keeps_no_later_message_waiting(porch):
    message = await porch.say("first")
    await porch.relayed()
    porch.practice.faults.delete_webhooks()
    await edit(porch, message, "second")
    await porch.say("next")
    await revised(porch, 20)
    assert porch.words_in_discord() == ["first", "next"]
    assert await porch.words_on_the_site() == ["second", "next"]


async def test_mentions_from_the_site_ring_only_where_the_owner_wants_it(porch_config, opened, practice):
    hangout = msgspec.structs.replace(porch_config.hangout, mentions="users")
    async with opened(msgspec.structs.replace(porch_config, hangout=hangout)) as porch:
        await porch.is_on()
        mika = practice.say("Mika", "here")
        await until(lambda: has_words(porch, "here"))
        await porch.say("hello @mika and @everyone and @Robin")
        await porch.relayed()
    assert practice.messages()[-1].content == f"hello <@{mika.author.id}> and @everyone and @Robin"
    assert [ping.target for ping in practice.pings] == [mika.author.id]


async def test_what_a_moderator_deletes_before_we_know_that_it_arrived_is_not_sent_again(porch):
    await porch.say("first")
    await porch.relayed()
    porch.practice.faults.status(500, when="after")
    await porch.say("not wanted")
    await until(lambda: len(porch.practice.messages()) == 2)
    porch.practice.delete(porch.practice.messages()[-1].id)
    await until(lambda: has_words_only(porch, "first"), 15)
    assert porch.words_in_discord() == ["first"]


async def has_words_only(porch, *words):
    return await porch.words_on_the_site() == list(words)
