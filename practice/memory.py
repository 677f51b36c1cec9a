"""What the practice Discord keeps over a restart when it is given a file: channels, messages with their files,
webhooks and commands. Discord does not forget, and a program that compares its own memory with Discord's would take a
forgotten message for a deleted one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from practice.model import Channel, Json, Message, Webhook
from practice.world import World

PAUSE_SECONDS = 1.0


@dataclass(slots=True)
class Memory:
    channels: list[Channel]
    messages: list[Message]
    webhooks: list[Webhook]
    avatars: dict[str, str]
    commands: dict[int, Json]


def save(world: World, path: Path) -> None:
    """Replaces the file in one step, so that a kill in between leaves the old one whole."""
    messages = [message for listed in world.messages.values() for message in listed.values()]
    memory = Memory(
        list(world.channels.values()), messages, list(world.webhooks.values()), world.avatars, world.commands
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
    world.channels = {channel.id: channel for channel in memory.channels}
    for message in memory.messages:
        world.messages.setdefault(message.channel_id, {})[message.id] = message
        world.files.update({file.id: file for file in message.attachments})
    world.webhooks = {webhook.id: webhook for webhook in memory.webhooks}
    world.avatars, world.commands = memory.avatars, memory.commands
    return True


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
