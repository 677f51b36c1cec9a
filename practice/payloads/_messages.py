"""Messages with all that hangs on them."""

from urllib.parse import quote

from practice.model import EPHEMERAL, File, Json, Message
from practice.payloads._people import bare_member, stamp, user
from practice.world import World


def attachment(world: World, file: File) -> Json:
    kind = "ephemeral-attachments" if file.ephemeral else "attachments"
    path = f"/{kind}/{file.channel_id}/{file.id}/{quote(file.filename)}"
    url = f"{world.cdn_base}{path}?{world.sign(path)}&"
    shape: Json = {
        "id": str(file.id),
        "filename": file.filename,
        "size": len(file.data),
        "url": url,
        "proxy_url": url,
        "content_type": file.content_type,
    }
    if file.width and file.height:
        shape |= {"width": file.width, "height": file.height}
    if file.description is not None:
        shape["description"] = file.description
    return {**shape, "ephemeral": True} if file.ephemeral else shape


def reaction_emoji(key: str) -> Json:
    """`key` is a unicode emoji, or `name:id` of a custom one."""
    name, _, number = key.partition(":")
    return {"id": number or None, "name": name}


def reactions(world: World, message: Message) -> list[Json]:
    return [
        {
            "emoji": reaction_emoji(key),
            "count": len(people),
            "count_details": {"normal": len(people), "burst": 0},
            "me": world.bot.id in people,
            "me_burst": False,
            "burst_colors": [],
        }
        for key, people in message.reactions.items()
    ]


def message(world: World, message: Message, *, with_reference: bool = True) -> Json:
    """A message as REST answers it; the gateway's events are message_event."""
    shape: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel_id),
        "type": int(message.type),
        "content": message.content,
        "author": user(message.author),
        "timestamp": stamp(message.timestamp),
        "edited_timestamp": stamp(message.edited_timestamp),
        "tts": False,
        "pinned": False,
        "flags": message.flags,
        "mention_everyone": message.mention_everyone,
        "mentions": [user(world.users[who]) for who in message.mentions],
        "mention_roles": [str(each) for each in message.mention_roles],
        "attachments": [attachment(world, file) for file in message.attachments],
        "embeds": message.embeds,
        "components": message.components,
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
    return shape | (reference_part(world, message) if with_reference else {})


def reference_part(world: World, answer: Message) -> Json:
    """What a reply carries: where it points, and the message itself, or null when that is deleted."""
    points = answer.reference
    if points is None:
        return {}
    where = {"type": 0, "channel_id": str(points.channel_id), "message_id": str(points.message_id)}
    if points.guild_id:
        where["guild_id"] = str(points.guild_id)
    original = world.messages.get(points.channel_id, {}).get(points.message_id)
    quoted = message(world, original, with_reference=False) if original else None
    return {"message_reference": where, "referenced_message": quoted}


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
