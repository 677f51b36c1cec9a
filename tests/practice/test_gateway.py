"""The gateway, heard by discord.py's own client."""

import asyncio
import json
from typing import Any

import aiohttp
import discord
import pytest

from practice import Practice, porch
from practice.porch import MESSAGE_CONTENT
from tests.practice.conftest import Connect, Listener, until


async def test_a_client_logs_in_and_knows_the_guild(practice: Practice, client: Listener) -> None:
    guild = client.get_guild(practice.guild_id)
    assert guild is not None
    assert (guild.name, guild.owner_id) == ("The Porch", practice.owner_id)
    assert [channel.name for channel in guild.text_channels] == ["hangout", "general", "mod", "news"]
    assert sorted(member.display_name for member in guild.members) == ["Juniper", "Mika", "Porchlight", "Robin", "Teo"]
    assert client.application is not None
    assert client.application.owner.id == practice.owner_id


async def test_what_a_member_says_reaches_the_client(practice: Practice, client: Listener) -> None:
    said = practice.say("Mika", "hello from the porch")
    await until(lambda: client.heard)
    [heard] = client.heard
    assert (heard.id, heard.content, heard.author.display_name) == (said.id, "hello from the porch", "Mika")
    assert isinstance(heard.author, discord.Member)


async def test_edits_deletions_and_reactions_reach_the_client(practice: Practice, client: Listener) -> None:
    said = [practice.say("Mika", f"number {n}") for n in range(4)]
    practice.edit(said[0].id, "number nought")
    practice.react("Teo", said[0].id, "👋")
    practice.unreact("Teo", said[0].id, "👋")
    practice.delete(said[1].id)
    practice.bulk_delete(said[2].id, said[3].id)
    practice.typing("Juniper")
    await until(lambda: "TYPING_START" in client.events)
    heard = [event for event in client.events if event.startswith("MESSAGE_")]
    reactions = ["MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"]
    assert heard == [*["MESSAGE_CREATE"] * 4, "MESSAGE_UPDATE", *reactions, "MESSAGE_DELETE", "MESSAGE_DELETE_BULK"]


async def test_a_dropped_gateway_is_resumed_and_what_was_missed_comes_in_order(
    practice: Practice, client: Listener
) -> None:
    practice.faults.drop_gateway()
    for n in range(5):
        practice.say("Teo", f"while you were gone {n}")
    await until(lambda: client.resumes)
    await until(lambda: len(client.heard) == 5)
    assert client.texts == [f"while you were gone {n}" for n in range(5)]
    assert client.readies == 1


async def test_a_request_to_reconnect_is_followed_by_a_resume(practice: Practice, client: Listener) -> None:
    practice.faults.reconnect()
    await until(lambda: client.resumes)
    practice.say("Teo", "after")
    await until(lambda: client.texts == ["after"])


@pytest.mark.parametrize("dropped", [False, True])
async def test_after_a_lost_session_the_client_identifies_anew_and_never_hears_what_it_missed(
    practice: Practice, client: Listener, dropped: bool
) -> None:
    practice.faults.lose_session(dropped=dropped)
    practice.say("Teo", "lost")
    await until(lambda: client.readies == 2)
    practice.say("Teo", "found")
    await until(lambda: client.heard)
    assert client.texts == ["found"]


async def test_a_paused_gateway_keeps_events_back_until_it_goes_on(practice: Practice, client: Listener) -> None:
    practice.faults.pause_gateway()
    practice.say("Mika", "held back")
    await asyncio.sleep(0.1)
    assert client.texts == []
    practice.faults.pause_gateway(paused=False)
    await until(lambda: client.texts == ["held back"])


async def test_discord_away_and_back_is_survived_by_a_resume(practice: Practice, client: Listener) -> None:
    practice.faults.away(0.2)
    practice.say("Mika", "into the dark")
    await until(lambda: client.texts == ["into the dark"])


async def test_a_wrong_token_is_a_login_failure(practice: Practice, connect: Connect) -> None:
    with pytest.raises(discord.LoginFailure):
        await connect(practice, token="another")


async def test_a_changed_token_ends_the_connection(practice: Practice, client: Listener) -> None:
    practice.faults.change_token("another")
    await until(client.is_closed)


async def test_a_privileged_intent_that_is_switched_off_ends_the_connection(
    practice: Practice, connect: Connect
) -> None:
    practice.faults.withdraw_intents(MESSAGE_CONTENT)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await connect(practice)


async def test_without_the_content_intent_only_mentions_can_be_read(practice: Practice, connect: Connect) -> None:
    intents = discord.Intents.all()
    intents.message_content = False
    client = await connect(practice, intents)
    practice.say("Mika", "for everybody")
    practice.say("Mika", f"for <@{practice.bot_id}>")
    await until(lambda: len(client.heard) == 2)
    assert client.texts == ["", f"for <@{practice.bot_id}>"]


async def test_a_channel_that_the_bot_cannot_see_is_silent(practice: Practice, client: Listener) -> None:
    practice.channel("mod").overwrites.pop()
    practice.say("owner", "between us", channel="mod")
    practice.say("owner", "for all")
    await until(lambda: client.heard)
    assert client.texts == ["for all"]


CLOSES = [
    ([{"op": 8, "d": {}}], 4003),
    ([{"op": 99, "d": None}], 4001),
    (["not json"], 4002),
    (["[1]"], 4002),
    ([{"op": 2, "d": None}], 4002),
    (["x" * 5000], 4002),
    ([{"op": 2, "d": {"token": "wrong", "intents": 0}}], 4004),
    ([{"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 0}}], 4004),
    ([{"op": 2, "d": {"token": porch.TOKEN, "intents": 1 << 40}}], 4013),
    ([{"op": 2, "d": {"token": porch.TOKEN, "intents": 1}}] * 2, 4005),
    ([{"op": 1, "d": None}] * 121, 4008),
]


@pytest.mark.parametrize(("frames", "code"), CLOSES)
async def test_a_client_that_breaks_the_protocol_is_closed_with_discords_code(
    practice: Practice, frames: list[Any], code: int
) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(practice.gateway_url) as ws:
        for frame in frames:
            await ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))
        async with asyncio.timeout(5):
            async for _ in ws:
                pass
        assert ws.close_code == code


async def test_a_session_that_never_was_cannot_be_resumed(practice: Practice) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(practice.gateway_url) as ws:
        assert (await ws.receive_json())["op"] == 10
        await ws.send_json({"op": 6, "d": {"token": practice.token, "session_id": "never", "seq": 3}})
        answer = await ws.receive_json()
        assert (answer["op"], answer["d"]) == (9, False)


async def test_a_thread_is_known_and_what_is_said_in_it_is_heard_there(practice: Practice, client: Listener) -> None:
    first = practice.say("Mika", "let us talk about this apart")
    thread = practice.start_thread("Mika", "Apart", message_id=first.id)
    practice.say("Mika", "apart", channel=thread.id)
    await until(lambda: len(client.heard) == 3)
    assert client.heard[1].type is discord.MessageType.thread_starter_message
    heard = client.heard[2].channel
    assert isinstance(heard, discord.Thread)
    assert (heard.id, heard.parent_id, heard.name) == (first.id, practice.channel_id, "Apart")
    assert [message.content for message in practice.messages()] == ["let us talk about this apart"]
    channel = client.get_channel(practice.channel_id)
    assert isinstance(channel, discord.TextChannel)
    webhook = await channel.create_webhook(name="Porch")
    await webhook.send("apart too", thread=heard)
    assert [message.content for message in practice.messages(thread.id)] == ["", "apart", "apart too"]


async def test_presence_and_membership_are_told(practice: Practice, client: Listener) -> None:
    guild = client.get_guild(practice.guild_id)
    assert guild is not None
    practice.set_status("owner", "idle")
    newcomer = practice.join("Ines").user.id
    practice.rename("Mika", "Mika of the porch")
    await until(lambda: guild.get_member_named("Mika of the porch"))
    owner, joined = guild.get_member(practice.owner_id), guild.get_member(newcomer)
    assert owner is not None
    assert joined is not None
    assert (owner.status, joined.display_name) == (discord.Status.idle, "Ines")
