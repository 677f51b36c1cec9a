"""Threads in a channel, with or without the message that they hang on. Source: Discord's 'Threads' page."""

from practice import checks, messages, payloads, system
from practice.model import HAS_THREAD, SYSTEM, Channel, ChannelType, Message, MessageType, Reference, User
from practice.refusals import invalid_form, refusal
from practice.world import World

NAME_MAX = 100


def start(world: World, channel: Channel, by: User, name: object, message_id: int | None = None) -> Channel:
    """A thread that hangs on a message has that message's id, and begins with a line that points back at it. One that
    hangs on none is told of by a message in the channel. Raises 160004 for a message that has a thread."""
    named = thread_name(name)
    origin = world.message(channel.id, message_id) if message_id else None
    if origin and origin.type in SYSTEM:
        raise refusal(50021)
    if origin and origin.id in world.channels:
        raise refusal(160004)
    number, kind = origin.id if origin else world.ids.next(), ChannelType.PUBLIC_THREAD
    thread = Channel(number, kind, named, channel.guild_id, parent_id=channel.id, owner_id=by.id)
    world.channels[thread.id] = thread
    world.tell("THREAD_CREATE", payloads.channel(world, thread) | {"newly_created": True})
    if origin:
        hang(world, thread, origin, by)
    else:
        points = Reference(None, thread.id, thread.guild_id)
        system.write(world, channel, by, MessageType.THREAD_CREATED, thread.name, points)
    return thread


def thread_name(given: object) -> str:
    name = checks.content(given, "name")
    if not 1 <= len(name) <= NAME_MAX:
        raise invalid_form("name", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {NAME_MAX} in length.")
    return name


def hang(world: World, thread: Channel, origin: Message, by: User) -> None:
    origin.flags |= HAS_THREAD
    messages.tell_update(world, origin)
    points = Reference(origin.id, origin.channel_id, origin.guild_id)
    system.write(world, thread, by, MessageType.THREAD_STARTER, reference=points)


def delete(world: World, thread: Channel) -> None:
    """The thread and what was said in it; the message it hangs on stays."""
    del world.channels[thread.id]
    world.messages.pop(thread.id, None)
    gone = {"id": thread.id, "guild_id": thread.guild_id, "parent_id": thread.parent_id}
    world.tell("THREAD_DELETE", {key: str(value) for key, value in gone.items()} | {"type": int(thread.type)})
    origin = world.messages.get(thread.parent_id or 0, {}).get(thread.id)
    if origin:
        origin.flags &= ~HAS_THREAD
        messages.tell_update(world, origin)
