import asyncio
from contextlib import suppress

import msgspec
import pytest
from discord.ext import commands

from cogs import Bot, gateway
from db.leadership import Lease
from practice.porch import MESSAGE_CONTENT
from tests.cogs.conftest import until


async def test_a_wrong_token_is_one_line_and_a_state_and_mends_itself(
    porch_config, opened, practice, caplog, monkeypatch
):
    monkeypatch.setattr("cogs.gateway.LATER", 0.1)
    token, practice.world.application.token = practice.token, "another"
    async with opened(porch_config) as porch:
        await until(lambda: porch.store.discord.state == "wrong_token")
        await asyncio.sleep(0.5)  # it tries again after 0.1 s and after 0.2
        assert caplog.text.count("does not accept the bot's token") == 1
        assert token not in caplog.text
        practice.world.application.token = token
        await porch.is_on()
        assert porch.store.discord.sentence == ""


async def test_a_token_that_is_changed_while_the_bot_is_online_is_noticed(porch):
    porch.practice.faults.change_token("another")
    await until(lambda: porch.store.discord.state == "wrong_token", 20)


async def test_a_missing_intent_is_one_line_that_says_where_to_switch_it_on(porch_config, opened, practice, caplog):
    practice.faults.withdraw_intents(MESSAGE_CONTENT)
    async with opened(porch_config) as porch:
        await until(lambda: porch.store.discord.state == "missing_intent")
        assert caplog.text.count("Message Content Intent") == 1


async def test_discord_that_is_away_at_the_start_is_waited_for(porch_config, opened, practice):
    practice.faults.away()
    async with opened(porch_config) as porch:
        await until(lambda: porch.store.discord.state == "connecting")
        await porch.say("hello")
        await asyncio.sleep(1)
        practice.faults.back()
        await porch.is_on(20)
        await porch.relayed()
        assert porch.words_in_discord() == ["hello"]


async def test_a_first_connection_to_the_gateway_that_fails_does_not_end_the_bot(porch_config, opened, practice):
    practice.gateway.refusing = True
    async with opened(porch_config) as porch:
        await until(lambda: "cannot be reached" in porch.store.discord.connection_sentence)
        practice.gateway.refusing = False
        await porch.is_on(20)


async def test_commands_are_registered_once_and_again_only_when_discord_has_lost_them(porch_config, opened, practice):
    def registrations():
        return sum(r.method == "PUT" and r.path.endswith("/commands") for r in practice.requests)

    for _ in range(2):
        async with opened(porch_config) as porch:
            await porch.is_on()
            await until(lambda: practice.world.commands)
            await asyncio.sleep(0.3)
    assert registrations() == 1
    practice.world.commands.clear()
    async with opened(porch_config):
        await until(lambda: practice.world.commands)


async def test_the_owner_makes_a_channel_the_hangout_and_that_is_remembered(porch_config, opened, practice):
    nameless = msgspec.structs.replace(
        porch_config, discord=msgspec.structs.replace(porch_config.discord, channel_id=0)
    )
    async with opened(nameless) as porch:
        await until(lambda: practice.world.commands)
        answer = await practice.command("hangout here", channel="general")
        assert answer.ephemeral
        assert "https://porch.example/hangout" in answer.content
        await porch.is_on()
        await porch.say("hello")
        await porch.relayed()
        assert [one.content for one in practice.messages("general")] == ["hello"]
    async with opened(nameless) as porch:
        practice.say("Mika", "still here", channel="general")

        async def heard():
            return await porch.words_on_the_site() == ["hello", "still here"]

        await until(heard)


async def test_only_the_owner_may_move_the_hangout(porch, practice):
    await until(lambda: practice.world.commands)
    answer = await practice.command("hangout here", channel="general", who="Mika")
    assert answer.ephemeral
    assert "owner" in answer.content
    await porch.say("hello")
    await porch.relayed()
    assert porch.words_in_discord() == ["hello"]


async def test_a_channel_that_the_configuration_names_is_not_moved_by_a_command(porch, practice):
    await until(lambda: practice.world.commands)
    answer = await practice.command("hangout here", channel="general")
    assert "configuration" in answer.content


async def test_the_owner_sees_how_the_hangout_is(porch, practice):
    await porch.say("hello")
    await porch.relayed()
    await until(lambda: practice.world.commands)
    answer = await practice.command("hangout status")
    assert answer.ephemeral
    for part in ("Relay", "Waiting for Discord**: 0", "People on the site", "Porchlight**", "up since"):
        assert part in answer.content, answer.content


async def test_a_command_while_the_database_is_away_is_answered_with_a_sentence(porch, practice):
    await until(lambda: practice.world.commands)
    await porch.store.pool.close()
    answer = await practice.command("hangout status")
    assert answer.ephemeral
    texts = [answer.content, *(one.content for one in answer.followups)]
    assert any(text.endswith(".") and "Traceback" not in text for text in texts)


async def test_the_lamp_follows_the_owner(porch, practice):
    await until(lambda: porch.store.presence.owner == "online")
    for status in ("idle", "dnd", "offline", "online"):
        practice.set_status("owner", status)
        await until(lambda status=status: porch.store.presence.owner == status)
    practice.set_status("Mika", "dnd")
    await asyncio.sleep(0.2)
    assert porch.store.presence.owner == "online"


async def test_a_connection_that_forgets_that_it_was_cancelled_ends_all_the_same():
    """As discord.py's does in Python 3.11, where it was cancelled in the moment in which it came about."""

    class Forgetful:
        async def connect(self):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            await asyncio.Event().wait()

    living = asyncio.create_task(gateway._connected(Forgetful()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    living.cancel()
    async with asyncio.timeout(10):
        with pytest.raises(asyncio.CancelledError):
            await living


async def test_a_bot_that_is_cut_off_while_it_closes_leaves_no_cog_at_work(store):
    class Slow(commands.Cog):
        async def cog_unload(self):
            leaving.set()
            await may_go.wait()

    class Last(commands.Cog):
        pass

    leaving, may_go = asyncio.Event(), asyncio.Event()
    bot = Bot(store, Lease(store.dsn), None, sees_presence=False)
    await bot.add_cog(Slow())
    await bot.add_cog(Last())
    closing = asyncio.create_task(bot.close())
    await leaving.wait()
    closing.cancel()
    await asyncio.sleep(0)
    closing.cancel()
    may_go.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert dict(bot.cogs) == {}
    assert bot.is_closed()
