"""Threads in a channel, with or without the message that they hang on."""

from practice import payloads
from practice.model import Channel, ChannelType
from practice.world import World


def start(world: World, channel: Channel, user_id: int, name: str, message_id: int | None = None) -> Channel:
    """A thread that hangs on a message has that message's id."""
    number = world.message(channel.id, message_id).id if message_id else world.ids.next()
    kind = ChannelType.PUBLIC_THREAD
    thread = Channel(number, kind, name, channel.guild_id, parent_id=channel.id, owner_id=user_id)
    world.channels[thread.id] = thread
    world.tell("THREAD_CREATE", payloads.channel(world, thread) | {"newly_created": True})
    return thread
