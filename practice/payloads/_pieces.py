"""What hangs on a message: files, stickers, reactions, polls and forwarded messages."""

from urllib.parse import quote

from practice.model import SUPPRESS_EMBEDS, File, Json, Message, Poll, PollAnswer, Snapshot, Sticker
from practice.payloads._people import stamp, user
from practice.world import World


def attachment(world: World, file: File) -> Json:
    kind = "ephemeral-attachments" if file.ephemeral else "attachments"
    path = f"/{kind}/{file.channel_id}/{file.id}/{quote(file.filename)}"
    url = f"{world.cdn_base}{path}?{world.sign(path)}&"
    optional = {
        "width": file.width or None,
        "height": file.height or None,
        "title": file.title,
        "description": file.description,
        "duration_secs": file.duration,
        "waveform": file.waveform,
        "flags": file.flags or None,
        "ephemeral": file.ephemeral or None,
    }
    return {
        "id": str(file.id),
        "filename": file.filename,
        "size": len(file.data),
        "url": url,
        "proxy_url": url,
        "content_type": file.content_type,
    } | {key: value for key, value in optional.items() if value is not None}


def sticker_item(sticker: Sticker) -> Json:
    """A sticker as a message carries it."""
    return {"id": str(sticker.id), "name": sticker.name, "format_type": int(sticker.format)}


def sticker(world: World, sticker: Sticker) -> Json:
    """A sticker as the guild lists it."""
    whole = {"tags": sticker.tags, "type": 2, "description": None, "available": True, "guild_id": str(world.guild.id)}
    return sticker_item(sticker) | whole


def reaction_emoji(world: World, key: str) -> Json:
    """`key` is a unicode emoji, or `name:id` of a custom one."""
    name, _, number = key.partition(":")
    custom = world.guild.emojis.get(int(number or 0))
    return {"id": number or None, "name": name} | ({"animated": True} if custom and custom.animated else {})


def reactions(world: World, message: Message) -> list[Json]:
    return [
        {
            "emoji": reaction_emoji(world, key),
            "count": len(people),
            "count_details": {"normal": len(people), "burst": 0},
            "me": world.bot.id in people,
            "me_burst": False,
            "burst_colors": [],
        }
        for key, people in message.reactions.items()
    ]


def poll(world: World, poll: Poll) -> Json:
    return {
        "question": {"text": poll.question},
        "answers": [{"answer_id": answer.id, "poll_media": poll_media(world, answer)} for answer in poll.answers],
        "expiry": stamp(poll.expiry),
        "allow_multiselect": poll.multiple,
        "layout_type": 1,
        "results": {
            "is_finalized": poll.finalized,
            "answer_counts": [
                {"id": answer.id, "count": len(answer.voters), "me_voted": world.bot.id in answer.voters}
                for answer in poll.answers
            ],
        },
    }


def poll_media(world: World, answer: PollAnswer) -> Json:
    return {"text": answer.text} | ({"emoji": reaction_emoji(world, answer.emoji)} if answer.emoji else {})


def content_part(world: World, said: Message | Snapshot) -> Json:
    """What a message and the copy of a forwarded one have in common."""
    shape: Json = {
        "type": int(said.type),
        "content": said.content,
        "timestamp": stamp(said.timestamp),
        "edited_timestamp": stamp(said.edited_timestamp),
        "flags": said.flags,
        "mentions": [user(world.users[who]) for who in said.mentions],
        "mention_roles": [str(each) for each in said.mention_roles],
        "attachments": [attachment(world, file) for file in said.attachments],
        "embeds": [] if said.flags & SUPPRESS_EMBEDS else said.embeds,
        "components": said.components,
    }
    return shape | ({"sticker_items": [sticker_item(each) for each in said.stickers]} if said.stickers else {})
