"""Reactions, as discord.py's client hears them and as Discord limits them."""

import discord
import pytest

from practice import Practice, Refusal
from tests.practice.conftest import Listener, until


@pytest.fixture
async def said(practice: Practice, client: Listener) -> discord.PartialMessage:
    channel = client.get_channel(practice.channel_id)
    assert isinstance(channel, discord.TextChannel)
    return channel.get_partial_message(practice.say("Mika", "look").id)


async def test_a_sign_with_and_without_its_variation_selector_are_two_reactions(
    practice: Practice, client: Listener, said: discord.PartialMessage
) -> None:
    told: list[discord.RawReactionActionEvent] = []

    @client.event
    async def on_raw_reaction_add(event: discord.RawReactionActionEvent) -> None:
        told.append(event)

    practice.react("Teo", said.id, "❤")
    await said.add_reaction("❤️")
    await until(lambda: len(told) == 2)
    assert [event.emoji.name for event in told] == ["❤", "❤️"]
    assert practice.messages()[0].reactions == {"❤": [practice.member("Teo").user.id], "❤️": [practice.bot_id]}
    teo = told[0]
    assert teo.member is not None
    assert (teo.member.display_name, teo.message_author_id, teo.burst) == (
        "Teo",
        practice.member("Mika").user.id,
        False,
    )


@pytest.mark.parametrize("emoji", ["nothing:123456789012345678", "x", "é", "👍👍", "♥︎ ", "?"])
async def test_what_is_no_emoji_is_refused(said: discord.PartialMessage, emoji: str) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await said.add_reaction(emoji)
    assert refused.value.code == 10014


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "1️⃣", "🏳️‍🌈", "🇳🇱", "👩‍👩‍👧‍👦", "©️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "⭐"])
async def test_every_kind_of_emoji_is_an_emoji(practice: Practice, said: discord.PartialMessage, emoji: str) -> None:
    await said.add_reaction(emoji)
    await said.remove_reaction(emoji, discord.Object(practice.bot_id))
    assert practice.messages()[0].reactions == {}


async def test_a_twenty_first_emoji_is_refused_but_the_others_can_still_be_joined(
    practice: Practice, said: discord.PartialMessage
) -> None:
    for n in range(20):
        practice.react("Teo", said.id, chr(0x1F600 + n))
    with pytest.raises(discord.HTTPException) as refused:
        await said.add_reaction("👍")
    assert refused.value.code == 30010
    with pytest.raises(Refusal, match="30010"):
        practice.react("Mika", said.id, "👍")
    await said.add_reaction("😀")
    assert practice.messages()[0].reactions["😀"] == [practice.member("Teo").user.id, practice.bot_id]


async def test_removals_are_told_singly_by_emoji_and_all_at_once(
    practice: Practice, client: Listener, said: discord.PartialMessage
) -> None:
    emoji = practice.add_emoji("party", animated=True)
    for who in ("Teo", "Mika"):
        practice.react(who, said.id, f"party:{emoji.id}")
        practice.react(who, said.id, "👋")
    practice.unreact("Teo", said.id, "👋")
    practice.clear_reactions(said.id, f"party:{emoji.id}")
    practice.clear_reactions(said.id)
    await until(lambda: "MESSAGE_REACTION_REMOVE_ALL" in client.events)
    removals = [event for event in client.events if "REACTION_REMOVE" in event]
    assert removals == [
        "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE_EMOJI",
        "MESSAGE_REACTION_REMOVE_ALL",
    ]
    assert practice.messages()[0].reactions == {}
