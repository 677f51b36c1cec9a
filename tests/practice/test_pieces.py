"""Stickers, forwards, polls, voice messages, embeds, pins, threads and system messages, as discord.py reads them."""

import io
from datetime import timedelta

import aiohttp
import discord
import pytest

from practice import Practice, Refusal
from practice.pictures import picture
from tests.practice.conftest import Connect, Listener, until


def hangout(client: Listener, practice: Practice) -> discord.TextChannel:
    channel = client.get_channel(practice.channel_id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def heard(client: Listener, count: int = 1) -> discord.Message:
    """The last of so many messages."""
    await until(lambda: len(client.heard) >= count)
    return client.heard[count - 1]


async def updates(client: Listener, count: int = 1) -> None:
    await until(lambda: client.events.count("MESSAGE_UPDATE") >= count)


# Stickers


async def test_stickers_are_said_and_their_pictures_are_of_their_kind(practice: Practice, client: Listener) -> None:
    practice.say("Mika", "", stickers=["warm cocoa", "blinking lamp", "moth"])
    practice.say("Mika", "", stickers=["rocking chair"])
    await heard(client, 2)
    items = [item for message in client.heard for item in message.stickers]
    assert [item.format.name for item in items] == ["png", "apng", "lottie", "gif"]
    begins = {"png": b"\x89PNG", "apng": b"\x89PNG", "lottie": b"{", "gif": b"GIF89a"}
    async with aiohttp.ClientSession() as session:
        for item in items:
            url = f"{practice.cdn_base}/stickers/{item.id}.{item.format.file_extension}"
            async with session.get(url) as answer:
                assert (await answer.read()).startswith(begins[item.format.name])
        async with session.get(f"{practice.cdn_base}/stickers/{items[2].id}.png") as answer:
            assert answer.status == 404
    assert (await items[0].fetch()).name == "warm cocoa"


async def test_a_sticker_that_is_not_there_and_a_fourth_one_are_refused(practice: Practice, client: Listener) -> None:
    with pytest.raises(LookupError):
        practice.say("Mika", "", stickers=["no such"])
    with pytest.raises(Refusal, match="50035"):
        practice.say("Mika", "", stickers=["moth"] * 4)
    with pytest.raises(discord.HTTPException) as refused:
        await hangout(client, practice).send(stickers=[discord.Object(5)])  # type: ignore[list-item]
    assert refused.value.code == 50081
    assert practice.messages() == []


async def test_a_new_sticker_is_told_of(practice: Practice, client: Listener) -> None:
    practice.add_sticker("firefly")
    guild = client.get_guild(practice.guild_id)
    assert guild is not None
    await until(lambda: "firefly" in {each.name for each in guild.stickers})


# Forwards


async def test_a_forward_carries_a_copy_that_outlives_the_original(practice: Practice, client: Listener) -> None:
    first = practice.say("owner", "in general", channel="general", files=[("cat.png", picture("cat"))])
    practice.forward("Mika", first.id)
    practice.delete(first.id)
    message = await heard(client, 2)
    assert (message.content, message.author.display_name, message.flags.forwarded) == ("", "Mika", True)
    assert message.reference is not None
    assert message.reference.type is discord.MessageReferenceType.forward
    assert (message.reference.message_id, message.reference.channel_id) == (first.id, first.channel_id)
    [snapshot] = message.message_snapshots
    assert (snapshot.content, snapshot.created_at) == ("in general", first.timestamp)
    assert await snapshot.attachments[0].read() == picture("cat")
    again = practice.forward("Teo", message.id)
    assert again.snapshots[0].content == "in general"


async def test_the_bot_can_forward_and_a_poll_cannot_be_forwarded(practice: Practice, client: Listener) -> None:
    practice.say("Mika", "hello", channel="general")
    poll = practice.poll("Mika", "Tea?", ["Yes"])
    sent = await (await heard(client)).forward(hangout(client, practice))
    assert sent.message_snapshots[0].content == "hello"
    with pytest.raises(Refusal, match="50035"):
        practice.forward("Mika", poll.id)


# Polls


async def test_a_poll_is_asked_voted_in_and_ended(practice: Practice, client: Listener) -> None:
    asked = practice.poll("Mika", "Tea or cocoa?", ["Tea", ("Cocoa", "☕")], hours=3)
    message = await heard(client)
    assert message.poll is not None
    assert (message.content, message.poll.question, message.poll.multiple) == ("", "Tea or cocoa?", False)
    assert [(answer.id, answer.text) for answer in message.poll.answers] == [(1, "Tea"), (2, "Cocoa")]
    practice.vote("Teo", asked.id, 1)
    practice.vote("Teo", asked.id, "Cocoa")  # only one may be chosen
    practice.vote("owner", asked.id, 2)
    result = practice.end_poll(asked.id)
    told = await heard(client, 2)
    votes = [event for event in client.events if "POLL_VOTE" in event]
    assert votes == [
        "MESSAGE_POLL_VOTE_ADD",
        "MESSAGE_POLL_VOTE_REMOVE",
        "MESSAGE_POLL_VOTE_ADD",
        "MESSAGE_POLL_VOTE_ADD",
    ]
    assert (told.type, told.id) == (discord.MessageType.poll_result, result.id)
    fields = {field.name: field.value for field in told.embeds[0].fields}
    assert (fields["victor_answer_text"], fields["victor_answer_votes"], fields["total_votes"]) == ("Cocoa", "2", "2")
    fetched = await hangout(client, practice).fetch_message(asked.id)
    assert fetched.poll is not None
    assert (fetched.poll.is_finalised(), fetched.edited_at) == (True, None)
    assert [answer.vote_count for answer in fetched.poll.answers] == [0, 2]
    voters = {user.display_name async for user in fetched.poll.answers[1].voters()}
    assert voters == {"Robin", "Teo"}
    with pytest.raises(Refusal, match="520001"):
        practice.vote("Mika", asked.id, 1)


async def test_several_answers_may_be_chosen_where_the_poll_says_so(practice: Practice) -> None:
    asked = practice.poll("Mika", "Which?", ["One", "Two"], multiple=True)
    practice.vote("Teo", asked.id, 1)
    practice.vote("Teo", asked.id, 2)
    practice.unvote("Teo", asked.id, 1)
    assert asked.poll is not None
    assert [len(answer.voters) for answer in asked.poll.answers] == [0, 1]
    practice.vote("owner", asked.id, 1)
    fields = {field["name"]: field["value"] for field in practice.end_poll(asked.id).embeds[0]["fields"]}
    assert "victor_answer_id" not in fields  # it is a draw


async def test_the_bot_asks_and_ends_a_poll_of_its_own_only(practice: Practice, client: Listener) -> None:
    poll = discord.Poll("Rain?", duration=timedelta(hours=1))
    poll.add_answer(text="Yes")
    sent = await hangout(client, practice).send(poll=poll)
    await sent.end_poll()
    assert [message.type for message in practice.messages()] == [0, 46]
    other = practice.poll("Mika", "Sun?", ["Yes"])
    with pytest.raises(discord.Forbidden):
        await hangout(client, practice).get_partial_message(other.id).end_poll()


async def test_a_poll_ends_when_its_time_is_over(connect: Connect) -> None:
    clock = [1_800_000_000.0]
    async with Practice(now=lambda: clock[0]) as practice:
        client = await connect(practice)
        practice.poll("Mika", "Soon?", ["Yes"], hours=1)
        clock[0] += 3601
        await until(lambda: len(client.heard) == 2)
        assert client.heard[1].type is discord.MessageType.poll_result


@pytest.mark.parametrize(
    ("question", "answers", "hours"),
    [
        ("", ["a"], 1),
        ("q", [], 1),
        ("q", ["a"] * 11, 1),
        ("q", ["x" * 56], 1),
        ("x" * 301, ["a"], 1),
        ("q", ["a"], 769),
    ],
)
def test_a_poll_out_of_bounds_is_refused(question: str, answers: list[str], hours: int) -> None:
    practice = Practice()
    with pytest.raises(Refusal, match="50035"):
        practice.poll("Mika", question, answers, hours=hours)
    assert practice.messages() == []


async def test_without_the_polls_intent_votes_are_not_heard(practice: Practice, connect: Connect) -> None:
    intents = discord.Intents.all()
    intents.polls = False
    client = await connect(practice, intents)
    asked = practice.poll("Mika", "Tea?", ["Yes"])
    practice.vote("Teo", asked.id, 1)
    practice.say("Teo", "done")
    await heard(client, 2)
    assert "MESSAGE_POLL_VOTE_ADD" not in client.events


# Voice messages and embeds


async def test_a_voice_message_is_one_sound_with_length_and_bars(practice: Practice, client: Listener) -> None:
    practice.voice("Juniper", 2.5)
    message = await heard(client)
    [sound] = message.attachments
    assert (message.flags.voice, message.content, sound.filename) == (True, "", "voice-message.ogg")
    assert (sound.content_type, sound.duration, len(sound.waveform or b"")) == ("audio/ogg", 2.5, 25)
    assert (await sound.read())[:4] == b"OggS"
    with pytest.raises(Refusal, match="50162"):
        practice.edit(message.id, "no")
    with pytest.raises(Refusal, match="50160"):
        practice.post("Mika", "hangout", {"flags": 1 << 13}, [("a.png", picture("a")), ("b.png", picture("b"))])


async def test_an_embed_that_arrives_later_is_no_edit(practice: Practice, client: Listener) -> None:
    said = practice.say("Mika", "see https://example.org/a")
    practice.unfurl(said.id, url="https://example.org/a", title="A", description="About A", image="https://x.org/p.png")
    await updates(client)
    message = await hangout(client, practice).fetch_message(said.id)
    assert message.edited_at is None
    [embed] = message.embeds
    assert (embed.type, embed.title, embed.url, embed.thumbnail.width) == ("link", "A", "https://example.org/a", 1200)
    async with aiohttp.ClientSession() as session, session.get(embed.thumbnail.proxy_url or "") as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
    practice.suppress_embeds(said.id)
    await updates(client, 2)
    hidden = await hangout(client, practice).fetch_message(said.id)
    assert (hidden.embeds, hidden.flags.suppress_embeds, hidden.edited_at) == ([], True, None)
    practice.suppress_embeds(said.id, suppressed=False)
    practice.edit(said.id, "see nothing")
    gone = await hangout(client, practice).fetch_message(said.id)
    assert gone.embeds == []
    assert gone.edited_at is not None


# System messages


async def test_joins_boosts_and_pins_are_messages_of_discords_own(practice: Practice, client: Listener) -> None:
    practice.join("Ines")
    practice.boost("Mika")
    said = practice.say("Teo", "keep this")
    practice.pin("owner", said.id)
    await heard(client, 4)
    kinds = [message.type.name for message in client.heard]
    assert kinds == ["new_member", "premium_guild_subscription", "default", "pins_add"]
    joined, boosted, _, pinned = client.heard
    assert [message.author.display_name for message in (joined, boosted, pinned)] == ["Ines", "Mika", "Robin"]
    assert pinned.reference is not None
    assert (pinned.reference.message_id, pinned.reference.resolved) == (said.id, None)
    assert "CHANNEL_PINS_UPDATE" in client.events
    kept = await hangout(client, practice).fetch_message(said.id)
    assert (kept.pinned, kept.edited_at) == (True, None)
    with pytest.raises(Refusal, match="50021"):
        practice.pin("owner", joined.id)
    practice.delete(joined.id)


async def test_pins_are_listed_in_both_ways_the_newest_first(practice: Practice, client: Listener) -> None:
    said = [practice.say("Teo", str(n)) for n in range(3)]
    for message in said[:2]:
        practice.pin("owner", message.id)
    channel = hangout(client, practice)
    assert [message.content async for message in channel.pins()] == ["1", "0"]
    await channel.get_partial_message(said[2].id).pin()
    await channel.get_partial_message(said[0].id).unpin()
    headers = {"Authorization": f"Bot {practice.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{practice.api_base}/channels/{practice.channel_id}/pins") as answer:
            assert [message["content"] for message in await answer.json()] == ["2", "1"]
        new = f"{practice.api_base}/channels/{practice.channel_id}/messages/pins"
        async with session.get(new, params={"limit": 1}) as answer:
            page = await answer.json()
        assert (page["has_more"], page["items"][0]["message"]["content"]) == (True, "2")
        async with session.get(new, params={"before": page["items"][0]["pinned_at"]}) as answer:
            assert [item["message"]["content"] for item in (await answer.json())["items"]] == ["1"]
    assert [message.content for message in practice.pins()] == ["2", "1"]


# Threads


async def test_a_thread_on_a_message_shows_in_it_and_begins_with_a_line_back(
    practice: Practice, client: Listener
) -> None:
    said = practice.say("Mika", "big topic")
    thread = practice.start_thread("Teo", "Topic", message_id=said.id)
    starter = await heard(client, 2)
    await updates(client)
    message = await hangout(client, practice).fetch_message(said.id)
    assert message.flags.has_thread
    assert message.thread is not None
    assert (message.thread.name, message.edited_at) == ("Topic", None)
    assert (starter.type, starter.channel.id) == (discord.MessageType.thread_starter_message, thread.id)
    assert starter.reference is not None
    assert isinstance(starter.reference.resolved, discord.Message)
    assert starter.reference.resolved.content == "big topic"
    assert [message.content for message in practice.messages()] == ["big topic"]
    with pytest.raises(Refusal, match="160004"):
        practice.start_thread("Teo", "Again", message_id=said.id)
    practice.delete_thread(thread.id)
    assert practice.find(said.id).flags == 0


async def test_a_thread_without_a_message_is_told_of_in_the_channel(practice: Practice, client: Listener) -> None:
    thread = practice.start_thread("Teo", "Loose talk")
    told = await heard(client)
    assert (told.type, told.content) == (discord.MessageType.thread_created, "Loose talk")
    assert told.reference is not None
    assert (told.reference.channel_id, told.reference.message_id) == (thread.id, None)
    practice.rename_channel("Teo", "Looser talk", channel=thread.id)
    renamed = await heard(client, 2)
    assert (renamed.type, renamed.channel.id) == (discord.MessageType.channel_name_change, thread.id)
    practice.rename_channel("owner", "parlour")
    await until(lambda: hangout(client, practice).name == "parlour")
    assert len(practice.messages("parlour")) == 1  # a channel changes its name without a message
    made = await hangout(client, practice).create_thread(name="By the bot", type=discord.ChannelType.public_thread)
    assert made.owner_id == practice.bot_id
    guild = client.get_guild(practice.guild_id)
    assert guild is not None
    assert len(await guild.active_threads()) == 2


async def test_what_the_bot_may_not_read_has_no_poll_and_no_forward(practice: Practice, connect: Connect) -> None:
    intents = discord.Intents.all()
    intents.message_content = False
    client = await connect(practice, intents)
    first = practice.say("Mika", "secret")
    practice.poll("Mika", "Secret?", ["Yes"])
    practice.forward("Mika", first.id)
    await heard(client, 3)
    assert (client.heard[1].poll, client.heard[2].message_snapshots) == (None, [])


async def test_a_webhook_carries_no_stickers_and_answers_nobody(practice: Practice, client: Listener) -> None:
    said = practice.say("Mika", "hello")
    webhook = await hangout(client, practice).create_webhook(name="Porch")
    body = {"content": "hi", "sticker_ids": ["1100000000000000601"], "message_reference": {"message_id": str(said.id)}}
    async with aiohttp.ClientSession() as session:
        url = f"{practice.api_base}/webhooks/{webhook.id}/{webhook.token}?wait=1"
        async with session.post(url, json=body) as answer:
            sent = await answer.json()
    assert not {"sticker_items", "message_reference"} & set(sent)


async def test_a_spoiler_keeps_its_flag_its_words_and_its_title(practice: Practice, client: Listener) -> None:
    webhook = await hangout(client, practice).create_webhook(name="Porch")
    data = io.BytesIO(picture("cat"))
    await webhook.send(file=discord.File(data, "my cat.png", spoiler=True, description="A cat"), wait=True)
    [file] = (await heard(client)).attachments
    assert (file.filename, file.is_spoiler(), file.description) == ("SPOILER_my_cat.png", True, "A cat")
    assert (file.title, practice.messages()[0].attachments[0].flags) == ("SPOILER_my cat", 1 << 3)
