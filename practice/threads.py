"""Threads in a channel, with or without the message that they hang on, and posts in a forum, which are threads too.
Source: Discord's 'Threads' page."""

from practice import archive, checks, mentions, messages, payloads, system
from practice.files import Upload
from practice.model import (
    HAS_THREAD,
    SYSTEM,
    Channel,
    ChannelType,
    Json,
    Message,
    MessageType,
    Reference,
    User,
    Webhook,
)
from practice.refusals import invalid_form, refusal
from practice.world import World

NAME_MAX = 100


def start(world: World, channel: Channel, by: User, name: object, message_id: int | None = None) -> Channel:
    """A thread that hangs on a message has that message's id, and begins with a line that points back at it. One that
    hangs on none is told of by a message in the channel. Raises 160004 for a message that has a thread."""
    if channel.type is not ChannelType.TEXT:
        raise refusal(50024)
    named = thread_name(name)
    origin = world.message(channel.id, message_id) if message_id else None
    if origin and origin.type in SYSTEM:
        raise refusal(50021)
    if origin and origin.id in world.channels:
        raise refusal(160004)
    thread = open_(world, channel, by, named, origin.id if origin else world.ids.next())
    if origin:
        hang(world, thread, origin, by)
    else:
        points = Reference(None, thread.id, thread.guild_id)
        system.write(world, channel, by, MessageType.THREAD_CREATED, thread.name, points)
    return thread


def start_in_forum(
    world: World, forum: Channel, by: User, name: object, body: object, uploads: list[Upload] | None = None
) -> Message:
    """A post with its first message, whose id is the thread's."""
    named = thread_name(name)
    if not isinstance(body, dict):
        raise invalid_form("message", "BASE_TYPE_REQUIRED", "This field is required")
    first = messages.draft(world, forum, by, body, uploads or [])
    mentions.record(world, first, mentions.read_allowed(body.get("allowed_mentions"), mentions.FOR_MESSAGES))
    return begin(world, forum, by, named, first)


def start_by_webhook(world: World, webhook: Webhook, forum: Channel, body: Json, uploads: list[Upload]) -> Message:
    named = thread_name(body["thread_name"])
    first = messages.draft_by_webhook(world, webhook, forum, body, uploads)
    return begin(world, forum, first.author, named, first)


def begin(world: World, forum: Channel, by: User, name: str, first: Message) -> Message:
    first.channel_id = first.id
    for file in first.attachments:
        file.channel_id = first.id
    open_(world, forum, by, name, first.id)
    forum.last_message_id = first.id
    return messages.publish(world, first)


def open_(world: World, parent: Channel, by: User, name: str, number: int) -> Channel:
    thread = Channel(number, ChannelType.PUBLIC_THREAD, name, parent.guild_id, parent_id=parent.id, owner_id=by.id)
    world.channels[thread.id] = thread
    world.tell("THREAD_CREATE", payloads.channel(world, thread) | {"newly_created": True})
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


def change(world: World, thread: Channel, body: Json, by: User) -> None:
    """Another name, archived or not, locked or not."""
    archive.check_change(world, thread, body, by)
    named = thread_name(body["name"]) if body.get("name") is not None else thread.name
    archive.set_state(world, thread, archived=body.get("archived"), locked=body.get("locked"))
    if named != thread.name:
        system.rename(world, thread, named, by)


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
