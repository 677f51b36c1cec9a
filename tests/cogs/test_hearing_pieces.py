from practice.files import Upload
from tests.cogs.test_hearing_changes import comes, hears

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8


async def first(porch, wanted=bool):
    seen = await comes(porch, lambda seen: seen and wanted(seen[0]))
    return seen[0]


async def test_stickers_come_as_pictures_and_those_that_are_none_by_name(porch):
    porch.practice.say("Mika", "", stickers=["warm cocoa", "blinking lamp"])
    porch.practice.say("Mika", "", stickers=["moth", "rocking chair"])
    seen = await comes(porch, lambda seen: len(seen) == 2)
    shown = [(one.name, one.ext) for message in seen for one in message.extras.stickers]
    assert shown == [("warm cocoa", "png"), ("blinking lamp", "png"), ("moth", ""), ("rocking chair", "gif")]
    assert [one.content for one in seen] == ["", ""]


async def test_a_file_comes_with_all_that_is_known_of_it(porch):
    picture = Upload(0, "SPOILER_cat.png", "image/png", PNG, description="A cat, asleep", size=(320, 200), spoiler=True)
    porch.practice.say("Mika", "look", files=[picture])
    [file] = (await first(porch)).attachments
    kept = porch.practice.messages()[-1].attachments[0]
    assert (file.name, file.alt, file.width, file.height, file.size) == ("cat.png", "A cat, asleep", 320, 200, len(PNG))
    assert (file.spoiler, file.voice, file.content_type, file.id) == (True, False, "image/png", str(kept.id))
    assert file.url.startswith(porch.practice.cdn_base)
    assert "hm=" in file.url


async def test_a_voice_message_is_one_and_has_its_length(porch):
    porch.practice.voice("Mika", 4.5)
    [file] = (await first(porch)).attachments
    assert (file.voice, file.duration, file.content_type) == (True, 4.5, "audio/ogg")


async def test_a_forward_tells_what_was_said_and_where_without_naming_hidden_channels(porch):
    mika = porch.practice.member("Mika").user.id
    porch.practice.say("Mika", "hello")
    await hears(porch, "hello")
    origin = porch.practice.say("Teo", f"listen, <@{mika}>", channel="general", files=[("a.txt", b"abc")])
    secret = porch.practice.say("owner", "behind a door", channel="mod")
    porch.practice.forward("Mika", origin.id)
    porch.practice.forward("owner", secret.id)
    seen = await comes(porch, lambda seen: len(seen) == 3)
    one, other = [message.extras.forward for message in seen[1:]]
    assert (one.content, one.origin, [file.name for file in one.attachments]) == (
        f"listen, <@{mika}>",
        "general",
        ["a.txt"],
    )
    assert one.mentions.users == {str(mika): "Mika"}
    assert one.url.endswith(f"/{origin.channel_id}/{origin.id}")
    assert one.at.startswith(f"{origin.timestamp:%Y-%m-%dT%H:%M}")
    assert (other.content, other.origin) == ("behind a door", "")
    assert [message.reply_to for message in seen] == [None] * 3


async def test_a_poll_shows_its_votes_as_they_come_and_how_it_ended(porch):
    asked = porch.practice.poll("Mika", "Tea?", ["Yes", ("No", "\u2764\ufe0f")], multiple=True)
    poll = (await first(porch)).extras.poll
    assert (poll.question, poll.multiple, poll.is_over) == ("Tea?", True, False)
    assert [(one.text, one.emoji, one.votes) for one in poll.answers] == [("Yes", "", 0), ("No", "\u2764\ufe0f", 0)]
    for name in ("Teo", "Juniper"):
        porch.practice.vote(name, asked.id, "Yes")
    requests = len(porch.practice.requests)
    voted = await first(porch, lambda one: one.extras.poll.answers[0].votes == 2)
    assert voted.edited_at is None
    asked_for = [one for one in porch.practice.requests[requests:] if one.path.endswith(f"/messages/{asked.id}")]
    assert len(asked_for) == 1, "a crowd of votes is one question to Discord"
    porch.practice.end_poll(asked.id)
    over, told = await comes(porch, lambda seen: len(seen) == 2 and seen[0].extras.poll.is_over)
    assert over.extras.poll.answers[0].votes == 2
    assert (told.kind, told.content, told.author.name) == (
        "system",
        "asked Tea?, and the poll is over: Yes won with 2 of 2 votes.",
        "Mika",
    )


async def test_a_thread_leads_from_its_first_message_and_what_is_said_in_it_stays_there(porch):
    said = porch.practice.say("Mika", "plans?")
    thread = porch.practice.start_thread("Teo", "The plans", message_id=said.id)
    porch.practice.say("Teo", "in the thread", channel=thread.id)
    bare = porch.practice.start_thread("Teo", "Other *things*")
    porch.practice.say("Mika", "here")
    first, told, last = await comes(porch, lambda seen: len(seen) == 3 and seen[0].extras.thread)
    assert (first.content, first.extras.thread.name, first.edited_at) == ("plans?", "The plans", None)
    assert first.extras.thread.url.endswith(f"/{thread.id}")
    assert (told.kind, told.content) == ("system", r"began a thread: Other \*things\*.")
    assert told.extras.thread.url.endswith(f"/{bare.id}")
    assert last.content == "here"
    porch.practice.delete_thread(thread.id)
    await comes(porch, lambda seen: seen[0].extras.thread is None)


async def test_what_discord_itself_tells_is_a_quiet_line(porch):
    said = porch.practice.say("Mika", "keep this")
    porch.practice.join("Newcomer")
    porch.practice.pin("Teo", said.id)
    porch.practice.boost("Juniper")
    seen = await comes(porch, lambda seen: len(seen) == 4)
    assert [(one.kind, one.author.name, one.content) for one in seen[1:]] == [
        ("system", "Newcomer", "came in."),
        ("system", "Teo", "pinned a message."),
        ("system", "Juniper", "boosted the server."),
    ]
    assert seen[2].reply_to.id == seen[0].id


async def test_a_frame_without_words_is_shown_as_a_card(porch):
    embed = {
        "type": "rich",
        "title": "Build 7",
        "url": "https://ci.example/7",
        "author": {"name": "CI"},
        "fields": [{"name": "took", "value": "7 s", "inline": True}],
    }
    porch.practice.post("Mika", "hangout", {"embeds": [embed]})
    message = await first(porch)
    [card] = message.extras.cards
    assert (message.content, card.title, card.author, card.fields) == ("", "Build 7", "CI", (("took", "7 s"),))
    assert (card.url, card.site) == ("https://ci.example/7", "")


async def test_who_is_mentioned_without_being_notified_is_named_too(porch):
    mika = porch.practice.member("Mika").user.id
    porch.practice.say("Mika", "hello")
    await hears(porch, "hello")
    porch.practice.post("Teo", "hangout", {"content": f"<@{mika}> <@&1> <#{porch.practice.channel('mod').id}>"})
    said = porch.practice.messages()[-1]
    said.mentions.clear()
    porch.practice.edit(said.id, f"<@{mika}> <#{porch.practice.channel('mod').id}> again")
    said.mentions.clear()
    seen = await comes(porch, lambda seen: seen[-1].content.endswith("again"))
    assert seen[-1].mentions.users == {str(mika): "Mika"}
    assert seen[-1].mentions.channels == {}


async def test_a_message_that_cannot_be_read_does_not_keep_the_others_away(porch, monkeypatch):
    monkeypatch.setattr("cogs._reading._pieces.sticker", None)
    monkeypatch.setattr("cogs._reading.sticker", lambda _: 1 / 0)
    porch.practice.say("Mika", "", stickers=["warm cocoa"])
    porch.practice.say("Mika", "next")
    await hears(porch, "next")
