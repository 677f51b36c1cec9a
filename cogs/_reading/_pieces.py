"""What comes with a message besides its words: files, stickers, a forward, a poll, a thread."""

import math

import discord

from cogs._reading._words import channel_name, clean, mentions
from db.emoji import CUSTOM, key_of
from db.messages import Answer, Attachment, Forward, Poll, Sticker, Thread

FILENAME_MAX, ALT_MAX, TITLE_MAX = 260, 1024, 300
ANSWERS_MAX = 10
SPOILER = "SPOILER_"
ENDINGS = {
    discord.StickerFormatType.png: "png",
    discord.StickerFormatType.apng: "png",
    discord.StickerFormatType.gif: "gif",
}


def attachment(file: discord.Attachment) -> Attachment:
    return Attachment(
        name=clean(file.filename, FILENAME_MAX).removeprefix(SPOILER) or "file",
        id=str(file.id),
        url=file.url,
        content_type=clean(file.content_type or "", 100).partition(";")[0].strip() or "application/octet-stream",
        size=file.size,
        width=file.width,
        height=file.height,
        alt=clean(file.description or "", ALT_MAX),
        spoiler=file.is_spoiler(),
        voice=file.is_voice_message(),
        duration=file.duration if file.duration is not None and math.isfinite(file.duration) else None,
    )


def sticker(item: discord.StickerItem) -> Sticker:
    return Sticker(id=str(item.id), name=clean(item.name, TITLE_MAX), ext=ENDINGS.get(item.format, ""))


def forward(message: discord.Message) -> Forward | None:
    """What was passed on, as it was then; where it came from, when that is known and no secret."""
    if not message.message_snapshots:
        return None
    copy, origin = message.message_snapshots[0], message.reference
    return Forward(
        content=clean(copy.content or "\n".join(one.url for one in copy.embeds if one.url)),
        mentions=mentions(message, copy.content),
        attachments=tuple(attachment(one) for one in copy.attachments),
        stickers=tuple(sticker(one) for one in copy.stickers),
        origin=channel_name(message, origin.channel_id) if origin else "",
        url=origin.jump_url if origin and origin.message_id else "",
        at=copy.created_at.isoformat(),
    )


def poll(asked: discord.Poll) -> Poll:
    return Poll(
        question=clean(str(asked.question), TITLE_MAX),
        answers=tuple(_answer(one) for one in asked.answers[:ANSWERS_MAX]),
        ends_at=asked.expires_at.isoformat() if asked.expires_at else "",
        multiple=asked.multiple,
        is_over=asked.is_finalised(),
    )


def _answer(given: discord.PollAnswer) -> Answer:
    emoji = given.emoji
    written = "" if emoji is None else f"{emoji.name}:{emoji.id}" if emoji.id else key_of(emoji.name)
    is_drawable = not (emoji and emoji.id) or CUSTOM.fullmatch(written)
    return Answer(text=clean(given.text or "", TITLE_MAX), emoji=written if is_drawable else "", votes=given.vote_count)


def thread(message: discord.Message) -> Thread | None:
    """The thread that began here. A message that tells of a thread points at it."""
    begun = message.thread
    if begun:
        return Thread(clean(begun.name, TITLE_MAX), begun.jump_url)
    if message.type is discord.MessageType.thread_created and message.reference and message.guild:
        url = f"https://discord.com/channels/{message.guild.id}/{message.reference.channel_id}"
        return Thread(clean(message.content, TITLE_MAX), url)
    return None
