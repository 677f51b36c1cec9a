"""What the practice Discord keeps over a restart when it is given a file: members, emoji, stickers, channels, messages
with their files, webhooks, commands, and what signs the addresses of files. Discord does not forget, and a program that
compares its own memory with Discord's would take a forgotten message for a deleted one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from practice.model import Channel, Emoji, Json, Member, Message, Sticker, User, Webhook
from practice.world import World

PAUSE_SECONDS = 1.0


@dataclass(slots=True)
class Memory:
    channels: list[Channel]
    messages: list[Message]
    webhooks: list[Webhook]
    avatars: dict[str, str]
    commands: dict[int, Json]
    users: list[User] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    emojis: list[Emoji] = field(default_factory=list)
    stickers: list[Sticker] = field(default_factory=list)
    boosts: int = 0
    secret: bytes = b""


def save(world: World, path: Path) -> None:
    """Replaces the file in one step, so that a kill in between leaves the old one whole."""
    messages = [message for listed in world.messages.values() for message in listed.values()]
    guild = world.guild
    memory = Memory(
        channels=list(world.channels.values()),
        messages=messages,
        webhooks=list(world.webhooks.values()),
        avatars=world.avatars,
        commands=world.commands,
        users=[user for user in world.users.values() if user is not world.bot],
        members=[member for member in guild.members.values() if not member.user.bot],
        emojis=list(guild.emojis.values()),
        stickers=list(guild.stickers.values()),
        boosts=guild.boosts,
        secret=world.secret,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(msgspec.json.encode(memory))
    fresh.replace(path)


def load(world: World, path: Path) -> bool:
    """Fills an empty world; False when there is no file, or none that can be read."""
    try:
        memory = msgspec.json.decode(path.read_bytes(), type=Memory)
    except (OSError, msgspec.DecodeError):
        return False
    world.channels |= {channel.id: channel for channel in memory.channels}  # there may be new ones since
    for message in memory.messages:
        world.messages.setdefault(message.channel_id, {})[message.id] = message
        copies = [file for each in message.snapshots for file in each.attachments]
        world.files.update({file.id: file for file in (*message.attachments, *copies)})
    world.webhooks = {webhook.id: webhook for webhook in memory.webhooks}
    world.avatars, world.commands = memory.avatars, memory.commands
    world.secret = memory.secret or world.secret
    load_guild(world, memory)
    return True


def load_guild(world: World, memory: Memory) -> None:
    guild = world.guild
    if memory.members:
        bots = {number: member for number, member in guild.members.items() if member.user.bot}
        guild.members = {member.user.id: member for member in memory.members} | bots
    world.users |= {user.id: user for user in memory.users}
    world.users |= {member.user.id: member.user for member in guild.members.values()}
    guild.emojis.update({emoji.id: emoji for emoji in memory.emojis})
    guild.stickers.update({sticker.id: sticker for sticker in memory.stickers})
    guild.boosts = memory.boosts


@asynccontextmanager
async def kept(world: World, path: Path) -> AsyncIterator[None]:
    """Saves about a second after a change, and at the end."""
    changed = asyncio.Event()
    deaf = world.listen(lambda _event, _data: changed.set())
    saver = asyncio.create_task(save_when(world, path, changed))
    try:
        yield
    finally:
        deaf()
        saver.cancel()
        save(world, path)


async def save_when(world: World, path: Path, changed: asyncio.Event) -> None:
    while True:
        await changed.wait()
        await asyncio.sleep(PAUSE_SECONDS)
        changed.clear()
        save(world, path)
