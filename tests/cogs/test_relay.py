import asyncio

import pytest

from db import rooms
from practice import permissions
from tests.cogs.conftest import until

WEBHOOK = r"^/webhooks/\d+/[^/]+$"


async def test_what_is_said_on_the_site_is_in_the_channel_under_the_visitors_name_and_picture(porch):
    message = await porch.say("hello **there**")
    await porch.relayed()
    [there] = porch.practice.messages()
    assert (there.content, there.author.username) == ("hello **there**", "Ada")
    assert there.avatar_url == f"https://porch.example/avatars/{message.author.id}.png"
    [here] = await porch.on_the_site()
    assert (here.relay, here.discord_id) == ("sent", there.id)


async def test_it_is_not_heard_again_as_an_echo(porch):
    await porch.say("hello")
    await porch.relayed()
    porch.practice.say("Mika", "hi")
    await until(lambda: _count(porch, 2))
    await asyncio.sleep(0.3)
    assert await porch.words_on_the_site() == ["hello", "hi"]


async def _count(porch, number):
    return len(await porch.on_the_site()) == number


async def test_order_is_kept_under_load(porch):
    said = [f"message {number}" for number in range(30)]
    for words in said:
        await porch.say(words)
    await porch.relayed()
    assert porch.words_in_discord() == said


async def test_what_is_said_while_discord_is_away_is_delivered_in_order_when_it_is_back(porch):
    porch.practice.faults.away()
    said = [f"message {number}" for number in range(5)]
    for words in said:
        await porch.say(words)
    await asyncio.sleep(1)
    assert porch.words_in_discord() == []
    porch.practice.faults.back()
    await porch.relayed(30)
    assert porch.words_in_discord() == said


async def test_what_waits_is_delivered_after_a_restart(porch_config, opened, practice):
    practice.faults.away()
    async with opened(porch_config) as porch:
        await porch.say("kept")
    practice.faults.back()
    async with opened(porch_config) as porch:
        await porch.relayed()
        assert porch.words_in_discord() == ["kept"]


@pytest.mark.parametrize("fault", ["status", "cut"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_send_with_an_unknown_outcome_is_in_the_channel_once(porch, fault, when):
    await porch.say("first")
    await porch.relayed()
    broken = {"status": lambda: porch.practice.faults.status(500, when=when)}
    broken.get(fault, lambda: porch.practice.faults.cut(when=when))()
    await porch.say("twice?")
    await porch.say("last")
    await porch.relayed(20)
    assert porch.words_in_discord() == ["first", "twice?", "last"]
    assert [one.relay for one in await porch.on_the_site()] == ["sent"] * 3


async def test_the_same_words_twice_are_two_messages_even_when_the_outcome_of_the_second_is_unknown(porch):
    await porch.say("hi")
    await porch.relayed()
    porch.practice.faults.status(500, when="before")
    await porch.say("hi")
    await porch.relayed(20)
    porch.practice.faults.status(500, when="after")
    await porch.say("hi")
    await porch.relayed(20)
    assert porch.words_in_discord() == ["hi"] * 3
    assert len({one.discord_id for one in await porch.on_the_site()}) == 3


async def test_a_send_begun_before_a_crash_is_looked_up_before_it_is_tried_again(porch_config, opened, practice):
    async with opened(porch_config) as porch:
        await porch.say("before")
        await porch.relayed()
        newest = practice.messages()[-1].id
        await porch.say("under way")
        await porch.relayed()
        # as a kill between Discord's answer and our commit leaves it
        await porch.store.pool.execute(
            """update messages set relay = 'sending', discord_id = null, relay_after = $1, relay_said = content
            where content = 'under way'""",
            newest,
        )
    async with opened(porch_config) as porch:
        await porch.relayed()
        assert porch.words_in_discord() == ["before", "under way"]
        assert (await porch.on_the_site())[-1].discord_id == practice.messages()[-1].id


async def test_a_rate_limit_is_waited_for_and_nothing_is_lost(porch):
    porch.practice.faults.rate_limit(0.5, times=3)
    await porch.say("patience")
    await porch.relayed()
    assert porch.words_in_discord() == ["patience"]
    assert sum(request.status == 429 for request in porch.practice.requests) == 3


async def test_a_deleted_webhook_is_made_anew_once(porch):
    await porch.say("one")
    await porch.relayed()
    porch.practice.faults.delete_webhooks()
    await porch.say("two")
    await porch.say("three")
    await porch.relayed()
    assert porch.words_in_discord() == ["one", "two", "three"]
    assert sum(r.method == "POST" and r.path.endswith("/webhooks") for r in porch.practice.requests) == 2


async def test_a_restart_finds_the_webhook_that_is_there(porch_config, opened, practice):
    for number in range(3):
        async with opened(porch_config) as porch:
            await porch.say(f"{number}")
            await porch.relayed()
    assert len(practice.world.webhooks) == 1


@pytest.mark.parametrize(
    "name", ["Clyde", "my discord name", "everyone", "here", "@everyone", "a" * 32, "D1SCORD discord"]
)
async def test_names_that_discord_refuses_are_altered_just_enough(porch, name):
    await porch.say("hi", name=name)
    await porch.relayed()
    [there] = porch.practice.messages()
    assert there.content == "hi"
    assert len(there.author.username) >= len(name) - 1


async def test_a_message_that_discord_refuses_for_good_is_marked_and_blocks_nothing(porch):
    porch.practice.faults.status(400)
    refused = await porch.say("unlucky")
    await porch.say("lucky")
    await porch.relayed()
    assert porch.words_in_discord() == ["lucky"]
    [first, second] = await porch.on_the_site()
    assert (first.id, first.relay, second.relay) == (refused.id, "failed", "sent")
    assert first.relay_reason.endswith(".")


async def test_nobody_is_ever_pinged_from_the_site(porch):
    for words in ("@everyone", "@here", f"<@{porch.practice.owner_id}>", f"<@&{porch.practice.guild_id}>"):
        await porch.say(words)
    await porch.relayed()
    assert len(porch.words_in_discord()) == 4
    assert porch.practice.pings == []


async def test_without_manage_webhooks_the_bot_speaks_itself_and_says_so(porch_config, opened, practice):
    practice.set_bot_permissions(without=permissions.MANAGE_WEBHOOKS)
    async with opened(porch_config) as porch:
        await porch.say("hello", name="A*d_a")
        await porch.say("@everyone x", name="Bob")
        await porch.say("y" * 2000, name="Bob")
        await porch.relayed()
        first, second, third = practice.messages()
        assert first.content == "**A\\*d\\_a**: hello"
        assert (second.content, practice.pings) == ("**Bob**: @everyone x", [])
        assert third.embeds[0]["description"] == "y" * 2000
        assert [one.source for one in await porch.on_the_site()] == ["web"] * 3
        answer = await practice.command("hangout status")
        assert "Manage Webhooks" in answer.content
    practice.set_bot_permissions(add=permissions.MANAGE_WEBHOOKS)
    async with opened(porch_config) as porch:
        await porch.say("again")
        await porch.relayed()
        assert practice.messages()[-1].webhook_id


@pytest.mark.parametrize("when", ["before", "after"])
async def test_the_bots_own_messages_are_sent_once_too(porch_config, opened, practice, when):
    practice.set_bot_permissions(without=permissions.MANAGE_WEBHOOKS)
    async with opened(porch_config) as porch:
        await porch.is_on()
        practice.faults.status(500, r"^/channels/\d+/messages$", method="POST", when=when)
        await porch.say("once")
        await porch.relayed(20)
        assert porch.words_in_discord() == ["**Ada**: once"]


async def test_two_processes_relay_once_and_the_second_takes_over(porch_config, opened, practice):
    async with opened(porch_config) as second:
        async with opened(porch_config) as first:
            leader = first if first.store.leads else second
            await until(lambda: first.store.leads or second.store.leads)
            leader = first if first.store.leads else second
            assert not (first.store.leads and second.store.leads)
            await leader.say("one")
            await leader.relayed()
        await until(lambda: second.store.leads)
        await second.say("two")
        await second.relayed(20)
        assert second.words_in_discord() == ["one", "two"]


async def test_a_channel_named_later_gets_only_what_is_said_from_then_on(porch, store):
    other = porch.practice.channel("general").id
    await porch.say("for the first channel")
    await porch.relayed()
    await rooms.bridge(porch.store, rooms.HANGOUT, other)
    await porch.say("for the second")
    await porch.relayed()
    assert porch.words_in_discord() == ["for the first channel"]
    assert [one.content for one in porch.practice.messages("general")] == ["for the second"]


async def test_a_stop_lets_the_message_that_is_on_its_way_arrive(porch_config, opened, practice):
    async with opened(porch_config) as porch:
        await porch.is_on()
        await porch.say("first")
        await porch.relayed()
        practice.faults.delay(1.0, WEBHOOK, method="POST")
        await porch.say("on its way")
        await asyncio.sleep(0.3)
    async with opened(porch_config) as porch:
        assert [one.relay for one in await porch.on_the_site()] == ["sent", "sent"]
        assert porch.words_in_discord() == ["first", "on its way"]
