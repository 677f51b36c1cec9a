"""The messages that Discord writes by itself: who joined, what was pinned, a thread that was opened, a boost. Source:
'Message Types' on Discord's message page."""

from datetime import datetime

from practice import messages, payloads
from practice.model import Channel, ChannelType, Guild, Member, Message, MessageType, Reference, User
from practice.world import World


def draft(
    world: World,
    channel: Channel,
    author: User,
    kind: MessageType,
    content: str = "",
    reference: Reference | None = None,
) -> Message:
    return Message(
        id=world.ids.next(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author=author,
        content=content,
        timestamp=world.time(),
        type=kind,
        reference=reference,
    )


def write(
    world: World,
    channel: Channel,
    author: User,
    kind: MessageType,
    content: str = "",
    reference: Reference | None = None,
) -> Message:
    """Publishes a system message; nobody's device rings."""
    return messages.publish(world, draft(world, channel, author, kind, content, reference))


def join(world: World, name: str, user_id: int | None = None) -> Member:
    """A new member, who is welcomed in the guild's system channel if it has one."""
    number = user_id or world.ids.next()
    user = User(number, name.lower().replace(" ", "_"), name, avatar=f"{number:032x}")
    member = Member(user, [], world.time())
    world.users[number], world.guild.members[number] = user, member
    world.tell("GUILD_MEMBER_ADD", payloads.member(member) | in_guild(world.guild))
    welcome(world, user, MessageType.JOIN)
    return member


def leave(world: World, member: Member) -> None:
    """A member goes; what they said stays."""
    del world.guild.members[member.user.id]
    world.tell("GUILD_MEMBER_REMOVE", {"user": payloads.user(member.user)} | in_guild(world.guild))


def boost(world: World, member: Member) -> Message | None:
    """Somebody boosts the guild; the system channel says so."""
    member.premium_since = member.premium_since or world.time()
    world.guild.boosts += 1
    world.tell("GUILD_MEMBER_UPDATE", payloads.member(member) | in_guild(world.guild))
    world.tell("GUILD_UPDATE", payloads.guild(world))
    return welcome(world, member.user, MessageType.BOOST)


def welcome(world: World, user: User, kind: MessageType) -> Message | None:
    channel = world.channels.get(world.guild.system_channel_id or 0)
    return write(world, channel, user, kind) if channel else None


def in_guild(guild: Guild) -> dict[str, str]:
    return {"guild_id": str(guild.id)}


def rename(world: World, channel: Channel, name: str, by: User) -> None:
    """Gives a channel another name. Only in a thread does a message tell of it: a text channel just changes."""
    channel.name = name
    if channel.type is ChannelType.PUBLIC_THREAD:
        world.tell("THREAD_UPDATE", payloads.channel(world, channel))
        write(world, channel, by, MessageType.NAME_CHANGE, name)
    else:
        world.tell("CHANNEL_UPDATE", payloads.channel(world, channel))


def pins_changed(world: World, channel: Channel, when: datetime | None) -> None:
    channel.last_pin = when
    shape = {"channel_id": str(channel.id), "last_pin_timestamp": payloads.stamp(when)}
    world.tell("CHANNEL_PINS_UPDATE", shape | ({"guild_id": str(channel.guild_id)} if channel.guild_id else {}))
