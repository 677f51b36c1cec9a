"""Reading Discord's messages: from discord.py's objects to what db/messages.py keeps. No I/O."""

from collections.abc import Mapping

import discord

from db.markup import Mentions
from db.messages import Attachment, Heard
from db.names import FALLBACK, NEWLINES, UNSAYABLE, clean_name

CONTENT_MAX = 6000  # Discord's own limit is 4,000; what is made of embeds and stickers may be longer
NAME_MAX = 100
SPOKEN = {
    discord.MessageType.default,
    discord.MessageType.reply,
    discord.MessageType.chat_input_command,
    discord.MessageType.context_menu_command,
}


def is_spoken(message: discord.Message) -> bool:
    """Whether somebody said this, rather than Discord itself (joins, pins, boosts)."""
    return message.type in SPOKEN


def heard(message: discord.Message, nicknames: Mapping[int, str]) -> Heard:
    """`nicknames` by user id, for messages from a page of history, which carries none."""
    author = message.author
    return Heard(
        discord_id=message.id,
        author_discord_id=author.id,
        author_name=name_of(author) if isinstance(author, discord.Member) or message.webhook_id else None,
        fallback_name=nicknames.get(author.id) or name_of(author),
        content=_clean(_words(message)),
        created_at=message.created_at,
        mentions=_mentions(message),
        attachments=tuple(_attachment(message, one) for one in message.attachments),
        reply_to_discord_id=message.reference.message_id if message.reference else None,
    )


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot keep, or what would turn the text around it."""
    return UNSAYABLE.sub("", NEWLINES.sub("\n", text))[:CONTENT_MAX]


def name_of(user: discord.abc.User) -> str:
    return clean_name(user.display_name)[:NAME_MAX] or user.name or FALLBACK


def _words(message: discord.Message) -> str:
    """What was said; for a message without words, what it consists of."""
    if message.content:
        return message.content
    parts = [f"*sticker: {sticker.name}*" for sticker in message.stickers]
    parts += [part for embed in message.embeds for part in (embed.title, embed.description, embed.url) if part][:3]
    return "\n".join(parts)


def _mentions(message: discord.Message) -> Mentions:
    return Mentions(
        users={str(user.id): user.display_name for user in message.mentions},
        roles={str(role.id): role.name for role in message.role_mentions},
        channels={str(channel.id): channel.name for channel in message.channel_mentions},
    )


def _attachment(message: discord.Message, file: discord.Attachment) -> Attachment:
    return Attachment(
        name=_clean(file.filename),
        url=message.jump_url,
        content_type=file.content_type or "application/octet-stream",
        size=file.size,
        width=file.width,
        height=file.height,
        alt=_clean(file.description or ""),
    )
