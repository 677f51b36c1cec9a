"""Pinned messages. Source: 'Pin Message' and 'Get Channel Pins' on Discord's message page."""

from practice import messages, system
from practice.model import SYSTEM, Channel, Message, MessageType, Reference, User
from practice.refusals import refusal
from practice.world import World

PINS_MAX = 250


def pinned(world: World, channel: Channel) -> list[Message]:
    """The pinned messages of a channel, the last one pinned first."""
    found = [(each.pinned_at, each) for each in world.messages.get(channel.id, {}).values() if each.pinned_at]
    return [message for _, message in sorted(found, key=lambda pair: pair[0], reverse=True)]


def pin(world: World, message: Message, by: User) -> None:
    """Pins a message and says so in its channel. Raises 30003 for the 251st, 50021 for Discord's own messages."""
    if message.type in SYSTEM:
        raise refusal(50021)
    if message.pinned_at is not None:
        return
    channel = world.channel(message.channel_id)
    if len(pinned(world, channel)) >= PINS_MAX:
        raise refusal(30003)
    message.pinned_at = world.time()
    system.pins_changed(world, channel, message.pinned_at)
    messages.tell_update(world, message)
    points = Reference(message.id, channel.id, channel.guild_id)
    system.write(world, channel, by, MessageType.PINNED, reference=points)


def unpin(world: World, message: Message) -> None:
    """Takes a pin away; the line that told of it stays."""
    if message.pinned_at is None:
        return
    message.pinned_at = None
    channel = world.channel(message.channel_id)
    left = pinned(world, channel)
    system.pins_changed(world, channel, left[0].pinned_at if left else None)
    messages.tell_update(world, message)
