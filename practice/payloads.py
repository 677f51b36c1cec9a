"""The JSON shapes of Discord's objects, as the bot sees them. Ids are strings, times RFC 3339 in UTC; keys that
Discord leaves out are left out, because a null in their place breaks clients. Source: Discord's resource pages and
OpenAPI file."""

from datetime import datetime
from urllib.parse import quote

from practice import permissions
from practice.model import EPHEMERAL, Channel, ChannelType, Emoji, File, Json, Member, Message, Role, User, Webhook
from practice.world import World

LIMITED_INTENT_FLAGS = ((1 << 8, 1 << 13), (1 << 1, 1 << 15), (1 << 15, 1 << 19))


def stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="microseconds") if moment else None


def user(user: User) -> Json:
    shape: Json = {
        "id": str(user.id),
        "username": user.username,
        "discriminator": "0000" if user.bot else "0",
        "global_name": user.global_name,
        "avatar": user.avatar,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return {**shape, "bot": True} if user.bot else shape


def me(world: World) -> Json:
    extra = {"verified": True, "mfa_enabled": False, "locale": "en-US", "email": None, "bio": ""}
    return {**user(world.bot), **extra}


def bare_member(member: Member) -> Json:
    """A member without its user, as it stands beside an author."""
    return {
        "roles": [str(role) for role in member.roles],
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "joined_at": stamp(member.joined_at),
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def member(member: Member) -> Json:
    return {**bare_member(member), "user": user(member.user)}


def role(role: Role) -> Json:
    colors = {"primary_color": role.color, "secondary_color": None, "tertiary_color": None}
    return {
        "id": str(role.id),
        "name": role.name,
        "description": None,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": role.color,
        "colors": colors,
        "hoist": False,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def emoji(emoji: Emoji) -> Json:
    return {
        "id": str(emoji.id),
        "name": emoji.name,
        "animated": emoji.animated,
        "roles": [],
        "require_colons": True,
        "managed": False,
        "available": True,
    }


def channel(world: World, channel: Channel) -> Json:
    shape: Json = {
        "id": str(channel.id),
        "type": int(channel.type),
        "last_message_id": str(channel.last_message_id) if channel.last_message_id else None,
        "flags": 0,
    }
    if channel.type is ChannelType.DIRECT:
        return {**shape, "recipients": [user(world.users[who]) for who in channel.recipients]}
    shape |= {
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "rate_limit_per_user": 0,
    }
    return shape | (thread_part(world, channel) if channel.type is ChannelType.PUBLIC_THREAD else text_part(channel))


def text_part(channel: Channel) -> Json:
    overwrites = [
        {"id": str(each.id), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
        for each in channel.overwrites
    ]
    return {"position": channel.position, "topic": channel.topic, "nsfw": False, "permission_overwrites": overwrites}


def thread_part(world: World, channel: Channel) -> Json:
    count = len(world.messages.get(channel.id, {}))
    metadata = {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": stamp(world.time()),
        "locked": False,
    }
    return {
        "owner_id": str(channel.owner_id),
        "thread_metadata": metadata,
        "message_count": count,
        "total_message_sent": count,
        "member_count": 1,
    }


def guild(world: World) -> Json:
    """The guild without counts, members and channels, as GET /guilds/{id} answers."""
    guild = world.guild
    absent = (
        "icon description home_header splash discovery_splash banner application_id afk_channel_id system_channel_id "
        "widget_channel_id max_presences vanity_url_code rules_channel_id safety_alerts_channel_id "
        "public_updates_channel_id incidents_data"
    )
    zeros = (
        "system_channel_flags verification_level default_message_notifications mfa_level explicit_content_filter "
        "premium_tier premium_subscription_count nsfw_level"
    )
    return {
        **dict.fromkeys(absent.split()),
        **dict.fromkeys(zeros.split(), 0),
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "region": "deprecated",
        "afk_timeout": 300,
        "features": [],
        "widget_enabled": False,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "preferred_locale": "en-US",
        "max_members": 500000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "roles": [role(each) for each in guild.roles.values()],
        "emojis": [emoji(each) for each in guild.emojis.values()],
        "stickers": [],
    }


def counts(world: World) -> Json:
    members = world.guild.members.values()
    present = sum(1 for each in members if each.status != "offline")
    return {"approximate_member_count": len(members), "approximate_presence_count": present}


def presence(world: World, member: Member) -> Json:
    devices = {} if member.status == "offline" else {"desktop": member.status}
    return {
        "user": {"id": str(member.user.id)},
        "guild_id": str(world.guild.id),
        "status": member.status,
        "activities": [],
        "client_status": devices,
    }


def guild_create(world: World, members: list[Member], *, presences: bool) -> Json:
    """GUILD_CREATE: the members given, and their presences when that intent is there."""
    visible = [each for each in world.channels.values() if each.guild_id and world.bot_sees(each.id)]
    threads = [each for each in visible if each.type is ChannelType.PUBLIC_THREAD]
    here = [each for each in world.guild.members.values() if each.status != "offline"] if presences else []
    return {
        **guild(world),
        "joined_at": stamp(world.member(world.bot.id).joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(world.guild.members),
        "voice_states": [],
        "members": [member(each) for each in members],
        "channels": [channel(world, each) for each in visible if each not in threads],
        "threads": [channel(world, each) for each in threads],
        "presences": [presence(world, each) for each in here],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def application_flags(world: World) -> int:
    return sum(flag for intent, flag in LIMITED_INTENT_FLAGS if world.application.intents & intent)


def application(world: World) -> Json:
    application = world.application
    return {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(world.bot),
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": application_flags(world),
        "owner": user(world.users[application.owner_id]),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "hook": True,
        "tags": [],
    }


def webhook(world: World, webhook: Webhook) -> Json:
    return {
        "id": str(webhook.id),
        "type": 1,
        "name": webhook.name,
        "avatar": webhook.avatar,
        "channel_id": str(webhook.channel_id),
        "guild_id": str(world.guild.id),
        "application_id": str(webhook.application_id) if webhook.application_id else None,
        "token": webhook.token,
        "url": f"https://discord.com/api/webhooks/{webhook.id}/{webhook.token}",
        "user": user(world.users[webhook.user_id]),
    }


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


def resolved_channel(world: World, place: Channel, user_id: int) -> Json:
    held = permissions.in_channel(world.guild, user_id, place)
    return {**channel(world, place), "permissions": str(held)}
