"""Reactions, and the sign that somebody is typing."""

import re

from practice import payloads
from practice.messages import where
from practice.model import Channel, Json, Member, Message
from practice.refusals import refusal
from practice.world import World

CUSTOM = re.compile(r"^(?:<a?:)?(\w{2,32}):(\d{15,20})>?$")
VARIATION = "\ufe0f"


def emoji_key(world: World, message: Message, emoji: str) -> str:
    """The key that an emoji has on this message: a variation selector more or less is no other emoji."""
    custom = CUSTOM.match(emoji)
    if custom:
        known = world.guild.emojis.get(int(custom[2]))
        if known is None:
            raise refusal(10014)
        return f"{known.name}:{known.id}"
    if not emoji or emoji.isascii() or len(emoji) > 16:
        raise refusal(10014)
    bare = emoji.replace(VARIATION, "")
    return next((key for key in message.reactions if key.replace(VARIATION, "") == bare), emoji)


def event(message: Message, user_id: int, key: str) -> Json:
    shape = {"user_id": str(user_id), "message_id": str(message.id), "emoji": payloads.reaction_emoji(key)}
    return where(message) | shape | {"burst": False, "type": 0}


def add(world: World, message: Message, user_id: int, emoji: str) -> None:
    key = emoji_key(world, message, emoji)
    people = message.reactions.setdefault(key, [])
    if user_id in people:
        return
    people.append(user_id)
    shape = event(message, user_id, key)
    if message.guild_id and user_id in world.guild.members:
        shape["member"] = payloads.member(world.guild.members[user_id])
    if message.webhook_id is None:
        shape["message_author_id"] = str(message.author.id)
    world.tell("MESSAGE_REACTION_ADD", shape)


def remove(world: World, message: Message, user_id: int, emoji: str) -> None:
    key = emoji_key(world, message, emoji)
    if user_id not in message.reactions.get(key, []):
        return
    message.reactions[key].remove(user_id)
    if not message.reactions[key]:
        del message.reactions[key]
    world.tell("MESSAGE_REACTION_REMOVE", event(message, user_id, key))


def remove_emoji(world: World, message: Message, emoji: str) -> None:
    key = emoji_key(world, message, emoji)
    if message.reactions.pop(key, None):
        shape = {"message_id": str(message.id), "emoji": payloads.reaction_emoji(key)}
        world.tell("MESSAGE_REACTION_REMOVE_EMOJI", where(message) | shape)


def clear(world: World, message: Message) -> None:
    message.reactions.clear()
    world.tell("MESSAGE_REACTION_REMOVE_ALL", where(message) | {"message_id": str(message.id)})


def typing(world: World, channel: Channel, user_id: int) -> None:
    shape: Json = {"channel_id": str(channel.id), "user_id": str(user_id), "timestamp": int(world.now())}
    member: Member | None = world.guild.members.get(user_id)
    if channel.guild_id and member:
        shape |= {"guild_id": str(channel.guild_id), "member": payloads.member(member)}
    world.tell("TYPING_START", shape)
