"""REST, used through discord.py's own client; what Discord refuses is refused with Discord's codes."""

import asyncio
import io
import time
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from practice import Practice, Rates, permissions
from practice.pictures import picture
from tests.practice.conftest import Connect, Listener, until

SILENT = discord.AllowedMentions.none()


def hangout(client: Listener, practice: Practice) -> discord.TextChannel:
    channel = client.get_channel(practice.channel_id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def webhook_of(client: Listener, practice: Practice) -> discord.Webhook:
    return await hangout(client, practice).create_webhook(name="Porch")


async def test_the_bot_speaks_edits_and_deletes(practice: Practice, client: Listener) -> None:
    sent = await hangout(client, practice).send("one")
    await sent.edit(content="two")
    [kept] = practice.messages()
    assert (kept.content, kept.edited_timestamp is not None, kept.author.id) == ("two", True, practice.bot_id)
    await sent.delete()
    assert practice.messages() == []


async def test_a_nonce_is_enforced(practice: Practice, client: Listener) -> None:
    channel = hangout(client, practice)
    first, second = await channel.send("once", nonce="n1"), await channel.send("twice", nonce="n1")
    assert first.id == second.id
    assert [message.content for message in practice.messages()] == ["once"]


async def test_a_webhook_speaks_under_a_visitors_name(practice: Practice, client: Listener) -> None:
    webhook = await webhook_of(client, practice)
    address = "https://example.org/ada.png"
    sent = await webhook.send("hello", username="Ada", avatar_url=address, wait=True, allowed_mentions=SILENT)
    await until(lambda: client.heard)
    assert (sent.author.name, sent.webhook_id, client.heard[0].webhook_id) == ("Ada", webhook.id, webhook.id)
    assert practice.messages()[0].avatar_url == address
    await sent.edit(content="hello!")
    assert practice.messages()[0].content == "hello!"
    await sent.delete()
    assert practice.messages() == []


@pytest.mark.parametrize("name", ["Clyde", "xDISCORDx", "everyone", "here", "x" * 81])
async def test_a_name_that_discord_refuses_is_refused(practice: Practice, client: Listener, name: str) -> None:
    webhook = await webhook_of(client, practice)
    with pytest.raises(discord.HTTPException, match="username") as refused:
        await webhook.send("hello", username=name, wait=True)
    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert practice.messages() == []


@pytest.mark.parametrize(
    ("content", "code"), [("x" * 2001, 50035), ("", 50006), ("   ", 50006)], ids=["long", "empty", "blank"]
)
async def test_content_that_discord_refuses_is_refused(
    practice: Practice, client: Listener, content: str, code: int
) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await hangout(client, practice).send(content)
    assert refused.value.code == code


@pytest.mark.parametrize("url", ["ftp://example.org/a.png", "nonsense", "http://" + "a" * 2050])
async def test_a_picture_address_that_discord_refuses_is_refused(
    practice: Practice, client: Listener, url: str
) -> None:
    webhook = await webhook_of(client, practice)
    with pytest.raises(discord.HTTPException, match="avatar_url"):
        await webhook.send("hello", username="Ada", avatar_url=url, wait=True)


async def test_the_sixteenth_webhook_is_refused(practice: Practice, client: Listener) -> None:
    for _ in range(15):
        await webhook_of(client, practice)
    with pytest.raises(discord.HTTPException) as refused:
        await webhook_of(client, practice)
    assert refused.value.code == 30007


async def test_a_deleted_webhook_is_unknown(practice: Practice, client: Listener) -> None:
    webhook = await webhook_of(client, practice)
    assert practice.faults.delete_webhooks() == 1
    with pytest.raises(discord.NotFound) as refused:
        await webhook.send("anybody?", wait=True)
    assert refused.value.code == 10015


async def test_another_webhooks_message_cannot_be_edited(practice: Practice, client: Listener) -> None:
    one, two = await webhook_of(client, practice), await webhook_of(client, practice)
    sent = await one.send("mine", wait=True)
    with pytest.raises(discord.NotFound) as refused:
        await two.edit_message(sent.id, content="yours")
    assert refused.value.code == 10008


async def test_without_manage_webhooks_there_is_no_webhook(practice: Practice, client: Listener) -> None:
    practice.set_bot_permissions(without=permissions.MANAGE_WEBHOOKS)
    with pytest.raises(discord.Forbidden) as refused:
        await webhook_of(client, practice)
    assert refused.value.code == 50013


async def test_history_is_newest_first_and_pages_both_ways(practice: Practice, client: Listener) -> None:
    said = [practice.say("Mika", str(n)) for n in range(5)]
    channel = hangout(client, practice)
    raw = await client.http.logs_from(channel.id, 2, after=said[0].id)
    assert [message["content"] for message in raw] == ["2", "1"]
    raw = await client.http.logs_from(channel.id, 2, before=said[4].id)
    assert [message["content"] for message in raw] == ["3", "2"]
    after = [message.content async for message in channel.history(after=discord.Object(said[1].id), oldest_first=True)]
    assert after == ["2", "3", "4"]
    practice.set_bot_permissions(without=permissions.READ_MESSAGE_HISTORY)
    assert [message async for message in channel.history()] == []


async def test_mentions_ping_only_where_they_are_allowed(practice: Practice, client: Listener) -> None:
    webhook = await webhook_of(client, practice)
    text = f"@everyone <@{practice.owner_id}>"
    quiet = await webhook.send(text, wait=True, allowed_mentions=SILENT)
    assert (quiet.mentions, quiet.mention_everyone, practice.pings) == ([], False, [])
    loud = await webhook.send(text, wait=True)
    assert ([user.id for user in loud.mentions], loud.mention_everyone) == ([practice.owner_id], False)
    assert [ping.target for ping in practice.pings] == [practice.owner_id]
    practice.say("Mika", "@everyone")
    practice.say("owner", "@everyone")
    assert [ping.target for ping in practice.pings] == [practice.owner_id, "everyone"]


async def test_a_reply_carries_the_message_it_answers(practice: Practice, client: Listener) -> None:
    first = practice.say("Mika", "question")
    practice.say("Teo", "answer", reply_to=first.id)
    await until(lambda: len(client.heard) == 2)
    reference = client.heard[1].reference
    assert reference is not None
    assert isinstance(reference.resolved, discord.Message)
    assert reference.resolved.content == "question"
    assert [ping.target for ping in practice.pings] == [practice.member("Mika").user.id]


async def test_files_go_both_ways_by_signed_addresses(practice: Practice, client: Listener) -> None:
    webhook = await webhook_of(client, practice)
    data = picture("cat")
    sent = await webhook.send(file=discord.File(io.BytesIO(data), "cat.png", description="A cat"), wait=True)
    [attachment] = sent.attachments
    assert (attachment.filename, attachment.size, attachment.width) == ("cat.png", len(data), 80)
    assert (attachment.content_type, attachment.description) == ("image/png", "A cat")
    assert await attachment.read() == data
    async with aiohttp.ClientSession() as session, session.get(attachment.url.partition("?")[0]) as unsigned:
        assert unsigned.status == 404


async def test_the_guild_gives_its_counts(practice: Practice, client: Listener) -> None:
    practice.set_status("Teo", "offline")
    guild = await client.fetch_guild(practice.guild_id, with_counts=True)
    assert (guild.approximate_member_count, guild.approximate_presence_count) == (5, 4)


async def test_a_member_can_be_written_to_directly(practice: Practice, client: Listener) -> None:
    member = await client.fetch_user(practice.member("Mika").user.id)
    first, second = await member.send("psst"), await member.send("psst again")
    assert first.channel.id == second.channel.id
    practice.say("Mika", "yes?", channel=first.channel.id)
    await until(lambda: client.texts[-1:] == ["yes?"])
    assert isinstance(client.heard[-1].channel, discord.DMChannel)
    assert practice.messages() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff"])
async def test_a_body_that_is_no_object_is_refused(practice: Practice, body: bytes) -> None:
    url = f"{practice.api_base}/channels/{practice.channel_id}/messages"
    headers = {"Authorization": f"Bot {practice.token}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50109)


@pytest.mark.parametrize(
    "wrong",
    [
        {"embeds": "x"},
        {"embeds": ["x"]},
        {"components": {}},
        {"allowed_mentions": []},
        {"allowed_mentions": {"users": ["x"]}},
        {"allowed_mentions": {"parse": ["all"]}},
        {"allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        {"flags": "x"},
        {"content": {}},
        {"nonce": "x" * 26},
        {"message_reference": {"message_id": "1"}},
    ],
)
async def test_a_field_of_the_wrong_kind_is_refused(practice: Practice, wrong: dict[str, Any]) -> None:
    url = f"{practice.api_base}/channels/{practice.channel_id}/messages"
    headers = {"Authorization": f"Bot {practice.token}"}
    body = {"content": "hello", **wrong}
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50035)
    assert practice.messages() == []


async def test_what_is_nowhere_is_not_found_in_json(practice: Practice) -> None:
    headers = {"Authorization": f"Bot {practice.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for path, code in (
            ("/nowhere", 0),
            ("/channels/1", 10003),
            (f"/channels/{practice.channel_id}/messages/1", 10008),
        ):
            async with session.get(practice.api_base + path) as answer:
                assert (answer.status, (await answer.json())["code"]) == (404, code)
        async with session.get(f"{practice.api_base}/channels/nonsense") as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, 50035)


async def test_bulk_deletion_has_its_limits(practice: Practice, client: Listener) -> None:
    said = [practice.say("Mika", str(n)) for n in range(3)]
    with pytest.raises(discord.HTTPException) as refused:
        await client.http.delete_messages(practice.channel_id, [said[0].id])
    assert refused.value.code == 50016
    await client.http.delete_messages(practice.channel_id, [said[0].id, said[1].id])
    said[2].timestamp -= timedelta(days=15)
    with pytest.raises(discord.HTTPException) as refused:
        await client.http.delete_messages(practice.channel_id, [said[2].id, said[0].id])
    assert refused.value.code == 50034
    assert practice.messages() == [said[2]]


# Faults


async def test_a_429_is_waited_for_and_tried_again(practice: Practice, client: Listener) -> None:
    practice.faults.rate_limit(0.2, "/messages$")
    began = time.monotonic()
    await hangout(client, practice).send("patience")
    assert time.monotonic() - began >= 0.2
    assert [request.status for request in practice.requests if request.method == "POST"] == [429, 200]


async def test_a_429_without_via_is_not_tried_again(practice: Practice, client: Listener) -> None:
    practice.faults.rate_limit(0.2, "/messages$", via=False)
    with pytest.raises(discord.HTTPException) as refused:
        await hangout(client, practice).send("banned")
    assert refused.value.status == 429


async def test_a_500_after_effect_makes_discordpy_say_it_twice(practice: Practice, client: Listener) -> None:
    webhook = await webhook_of(client, practice)
    practice.faults.status(500, when="after")
    await webhook.send("twice", wait=True)
    assert [message.content for message in practice.messages()] == ["twice", "twice"]


@pytest.mark.parametrize(("when", "kept"), [("before", 0), ("after", 1)])
async def test_a_cut_connection_takes_effect_or_not_as_asked(
    practice: Practice, client: Listener, when: Any, kept: int
) -> None:
    webhook = await webhook_of(client, practice)
    practice.faults.cut(when=when)
    with pytest.raises(aiohttp.ClientError):
        await webhook.send("hello?", wait=True)
    assert len(practice.messages()) == kept
    assert practice.requests[-1].status == 0


async def test_the_real_limits_are_announced_and_applied(connect: Connect) -> None:
    async with Practice(limits=Rates(webhook=(5, 0.3), webhook_channel=(12, 1.0))) as practice:
        client = await connect(practice)
        webhook = await webhook_of(client, practice)
        began = time.monotonic()
        await asyncio.gather(*(webhook.send(str(n), wait=True) for n in range(12)))
        assert 429 not in [request.status for request in practice.requests]  # the headers were enough
        assert time.monotonic() - began >= 0.55
        await webhook.send("one too many for the channel", wait=True)
        assert 429 in [request.status for request in practice.requests]  # this limit shows in no header
        said = [message.content for message in practice.messages()]
        assert said == [*map(str, range(12)), "one too many for the channel"]


async def test_raw_answers_carry_discords_headers() -> None:
    async with Practice(limits=True) as practice, aiohttp.ClientSession() as session:
        webhook = f"{practice.api_base}/channels/{practice.channel_id}/webhooks"
        async with session.post(webhook, json={"name": "x"}) as refused:
            assert (refused.status, await refused.json()) == (401, {"message": "401: Unauthorized", "code": 0})
        headers = {"Authorization": f"Bot {practice.token}"}
        async with session.post(webhook, json={"name": "Porch"}, headers=headers) as answer:
            made = await answer.json()
            assert answer.headers["Content-Type"] == "application/json"
        url = f"{practice.api_base}/webhooks/{made['id']}/{made['token']}"
        for n in range(6):
            async with session.post(url, json={"content": str(n)}) as answer:
                last = answer
        assert (last.status, last.headers["X-RateLimit-Remaining"], last.headers["Retry-After"]) == (429, "0", "2")
        assert last.headers["Via"]
