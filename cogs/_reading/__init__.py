"""Reading Discord's messages: from discord.py's objects to what db/messages keeps. For cogs/hearing.py; no I/O."""

from collections.abc import Mapping

import discord

from cogs._reading._cards import cards
from cogs._reading._pieces import attachment, forward, poll, sticker, thread
from cogs._reading._system import sentence
from cogs._reading._words import clean, mentions, name_of, unnamed, with_names
from db.emoji import CUSTOM, key_of
from db.messages import Extras, Heard

__all__ = ["emoji_key", "heard", "is_loading", "is_whole", "name_of", "unnamed", "with_names"]

SPOKEN = {
    discord.MessageType.default,
    discord.MessageType.reply,
    discord.MessageType.chat_input_command,
    discord.MessageType.context_menu_command,
}
ONLY_THERE = "*Something that can only be seen in Discord.*"  # buttons, games and whatever comes after them
NEEDED = {"author", "content", "type", "attachments", "embeds", "edited_timestamp"}


def heard(message: discord.Message, nicknames: Mapping[int, str]) -> Heard | None:
    """None for what nobody said and that is not told here either. `nicknames` by user id, for messages from a page of
    history, which carries none.
    """
    is_said = message.type in SPOKEN
    told = message.content if is_said else sentence(message)
    if told is None:
        return None
    author, files = message.author, tuple(attachment(one) for one in message.attachments)
    extras = _extras(message, is_said=is_said)
    is_empty = not (told or files or extras != Extras())
    return Heard(
        discord_id=message.id,
        author_discord_id=author.id,
        author_name=name_of(author) if isinstance(author, discord.Member) or message.webhook_id else None,
        fallback_name=nicknames.get(author.id) or name_of(author),
        content=ONLY_THERE if is_empty else clean(told),
        created_at=message.created_at,
        mentions=mentions(message, message.content),
        attachments=files,
        reply_to_discord_id=_replied_to(message),
        kind="said" if is_said else "system",
        extras=extras,
        edited_at=message.edited_at if is_said else None,
        channel_id=message.channel.id,
    )


def _extras(message: discord.Message, *, is_said: bool) -> Extras:
    return Extras(
        stickers=tuple(sticker(one) for one in message.stickers),
        forward=forward(message),
        poll=poll(message.poll) if message.poll and is_said else None,
        cards=cards(message.embeds) if is_said else (),
        thread=thread(message),
    )


def _replied_to(message: discord.Message) -> int | None:
    """What this answers, or tells of; a forward answers nothing."""
    reference = message.reference
    if reference is None or reference.type is not discord.MessageReferenceType.reply:
        return None
    return reference.message_id


def is_loading(message: discord.Message) -> bool:
    """Whether a bot is still thinking about what to say here."""
    return message.flags.loading


def is_whole(update: discord.RawMessageUpdateEvent) -> bool:
    """Whether an update tells all there is of the message; else it has to be asked for."""
    data, message = update.data, update.message
    knows_votes = "poll" not in data or (data["poll"] or {}).get("results") is not None
    return data.keys() >= NEEDED and knows_votes and not (message.flags.has_thread and message.thread is None)


def emoji_key(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """The key of an emoji as db/emoji.py makes it; one that was deleted in Discord has lost its name there."""
    if isinstance(emoji, str):
        return key_of(emoji)
    if emoji.id is None:
        return key_of(emoji.name)
    written = f"{emoji.name}:{emoji.id}"
    return written if CUSTOM.fullmatch(written) else f"emoji:{emoji.id}"
