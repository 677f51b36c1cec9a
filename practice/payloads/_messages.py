"""Messages with all that hangs on them."""

from practice.model import EPHEMERAL, Json, Message, MessageType, Reference, ReferenceType
from practice.payloads._guilds import channel
from practice.payloads._people import bare_member, user
from practice.payloads._pieces import content_part, poll, reactions
from practice.world import World

POINTS_AND_QUOTES = frozenset({MessageType.REPLY, MessageType.THREAD_STARTER})


def message(world: World, message: Message, *, with_reference: bool = True) -> Json:
    """A message as REST answers it; the gateway's events are message_event."""
    shape: Json = content_part(world, message) | {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "author": user(message.author),
        "tts": False,
        "pinned": message.pinned_at is not None,
        "mention_everyone": message.mention_everyone,
    }
    if message.reactions:
        shape["reactions"] = reactions(world, message)
    if message.webhook_id:
        shape["webhook_id"] = str(message.webhook_id)
    if message.application_id:
        shape["application_id"] = str(message.application_id)
    if message.interaction:
        shape["interaction_metadata"] = message.interaction
    if message.nonce is not None:
        shape["nonce"] = message.nonce
    if message.poll:
        shape["poll"] = poll(world, message.poll)
    return shape | thread_part(world, message) | reference_part(world, message, with_message=with_reference)


def thread_part(world: World, message: Message) -> Json:
    """The thread that hangs on a message has its id; so has a post in a forum, but there the message is in it."""
    thread = world.channels.get(message.id)
    return {"thread": channel(world, thread)} if thread and thread.parent_id == message.channel_id else {}


def reference_part(world: World, message: Message, *, with_message: bool) -> Json:
    """Where a message points. A reply brings along the message itself, or null when that is deleted; a forward brings
    a copy; what points from inside a quoted message is not followed."""
    points = message.reference
    if points is None:
        return {}
    shape: Json = {"message_reference": reference(points)}
    if message.snapshots:
        shape["message_snapshots"] = [{"message": content_part(world, each)} for each in message.snapshots]
    if with_message and points.type is ReferenceType.DEFAULT and message.type in POINTS_AND_QUOTES:
        shape["referenced_message"] = quoted(world, points)
    return shape


def reference(points: Reference) -> Json:
    where = {"type": int(points.type), "channel_id": str(points.channel_id)}
    if points.message_id:
        where["message_id"] = str(points.message_id)
    return where | ({"guild_id": str(points.guild_id)} if points.guild_id else {})


def quoted(world: World, points: Reference) -> Json | None:
    original = world.messages.get(points.channel_id, {}).get(points.message_id or 0)
    return message(world, original, with_reference=False) if original else None


def message_event(world: World, written: Message) -> Json:
    """MESSAGE_CREATE and MESSAGE_UPDATE: REST's shape, with the guild and the members that are spoken of."""
    shape = message(world, written)
    shape["channel_type"] = int(world.channels[written.channel_id].type)
    if written.guild_id is None:
        return shape
    shape["guild_id"] = str(written.guild_id)
    members = world.guild.members
    if written.webhook_id is None and written.author.id in members:
        shape["member"] = bare_member(members[written.author.id])
    for mention in shape["mentions"]:
        if int(mention["id"]) in members:
            mention["member"] = bare_member(members[int(mention["id"])])
    return shape


def is_ephemeral(message: Message) -> bool:
    return bool(message.flags & EPHEMERAL)
