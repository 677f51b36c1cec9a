"""Reactions, and the sign that somebody is typing."""

import re

from practice import archive, payloads
from practice.messages import where
from practice.model import Channel, Json, Member, Message
from practice.refusals import refusal
from practice.world import World

CUSTOM = re.compile(r"^(?:<a?:)?(\w{2,32}):(\d{15,20})>?$")
DIFFERENT_MAX = 20
SIGN = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
SHADE = "[\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
UNICODE = re.compile(f"(?:[0-9#*]\ufe0f?\u20e3|{FLAG}|{SIGN}{SHADE}*(?:\u200d{SIGN}{SHADE}*)*)")


def emoji_key(world: World, emoji: str) -> str:
    """An emoji as Discord keeps it: a custom one under its present name, a unicode one exactly as it was sent. The same
    sign with and without a variation selector are two reactions, as people have reported of Discord for years
    (discord-api-docs#2723). Raises 10014 for what is no emoji."""
    custom = CUSTOM.match(emoji)
    if custom:
        known = world.guild.emojis.get(int(custom[2]))
        if known is None:
            raise refusal(10014)
        return f"{known.name}:{known.id}"
    if not UNICODE.fullmatch(emoji):
        raise refusal(10014)
    return emoji


def event(world: World, message: Message, user_id: int, key: str) -> Json:
    shape = {"user_id": str(user_id), "message_id": str(message.id), "emoji": payloads.reaction_emoji(world, key)}
    return where(message) | shape | {"burst": False, "type": 0}  # none is a "super reaction"


def add(world: World, message: Message, user_id: int, emoji: str) -> None:
    """Raises 30010 for a twenty-first emoji on one message."""
    archive.check_awake(world, message.channel_id)
    key = emoji_key(world, emoji)
    if key not in message.reactions and len(message.reactions) >= DIFFERENT_MAX:
        raise refusal(30010)
    people = message.reactions.setdefault(key, [])
    if user_id in people:
        return
    people.append(user_id)
    shape = event(world, message, user_id, key)
    if message.guild_id and user_id in world.guild.members:
        shape["member"] = payloads.member(world.guild.members[user_id])
    if message.webhook_id is None:
        shape["message_author_id"] = str(message.author.id)
    world.tell("MESSAGE_REACTION_ADD", shape)


def remove(world: World, message: Message, user_id: int, emoji: str) -> None:
    archive.check_awake(world, message.channel_id)
    key = emoji_key(world, emoji)
    if user_id not in message.reactions.get(key, []):
        return
    message.reactions[key].remove(user_id)
    if not message.reactions[key]:
        del message.reactions[key]
    world.tell("MESSAGE_REACTION_REMOVE", event(world, message, user_id, key))


def remove_emoji(world: World, message: Message, emoji: str) -> None:
    key = emoji_key(world, emoji)
    if message.reactions.pop(key, None):
        shape = {"message_id": str(message.id), "emoji": payloads.reaction_emoji(world, key)}
        world.tell("MESSAGE_REACTION_REMOVE_EMOJI", where(message) | shape)


def clear(world: World, message: Message) -> None:
    if not message.reactions:
        return
    message.reactions.clear()
    world.tell("MESSAGE_REACTION_REMOVE_ALL", where(message) | {"message_id": str(message.id)})


def typing(world: World, channel: Channel, user_id: int) -> None:
    shape: Json = {"channel_id": str(channel.id), "user_id": str(user_id), "timestamp": int(world.now())}
    member: Member | None = world.guild.members.get(user_id)
    if channel.guild_id and member:
        shape |= {"guild_id": str(channel.guild_id), "member": payloads.member(member)}
    world.typing[channel.id, user_id] = world.now()
    world.tell("TYPING_START", shape)
