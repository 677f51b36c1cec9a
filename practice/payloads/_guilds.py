"""The guild with its channels and emoji, the application, webhooks."""

from practice import permissions
from practice.model import Channel, ChannelType, Emoji, Json, Member, MessageType, Webhook
from practice.payloads._people import member, presence, role, stamp, user
from practice.payloads._pieces import sticker
from practice.world import World

FORUM: Json = {
    "available_tags": [],
    "default_reaction_emoji": None,
    "default_sort_order": None,
    "default_forum_layout": 0,
    "default_auto_archive_duration": 4320,
    "default_thread_rate_limit_per_user": 0,
}
LIMITED_INTENT_FLAGS = ((1 << 8, 1 << 13), (1 << 1, 1 << 15), (1 << 15, 1 << 19))


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
    if channel.last_pin:
        shape["last_pin_timestamp"] = stamp(channel.last_pin)
    if channel.type is ChannelType.DIRECT:
        return {**shape, "recipients": [user(world.users[who]) for who in channel.recipients]}
    shape |= {
        "guild_id": str(channel.guild_id),
        "name": channel.name,
        "parent_id": str(channel.parent_id) if channel.parent_id else None,
        "rate_limit_per_user": 0,
    }
    if channel.type is ChannelType.PUBLIC_THREAD:
        return shape | thread_part(world, channel)
    return shape | text_part(channel) | (FORUM if channel.type is ChannelType.FORUM else {})


def text_part(channel: Channel) -> Json:
    overwrites = [
        {"id": str(each.id), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
        for each in channel.overwrites
    ]
    return {"position": channel.position, "topic": channel.topic, "nsfw": False, "permission_overwrites": overwrites}


def thread_part(world: World, channel: Channel) -> Json:
    stored = world.messages.get(channel.id, {}).values()
    # neither the line that points back counts, nor what a forum's post began with
    count = sum(1 for each in stored if each.type is not MessageType.THREAD_STARTER and each.id != channel.id)
    metadata = {
        "archived": channel.archived,
        "auto_archive_duration": 1440,
        "archive_timestamp": stamp(channel.archived_at or world.time()),
        "locked": channel.locked,
    }
    return {
        "owner_id": str(channel.owner_id),
        "thread_metadata": metadata,
        "message_count": count,
        "total_message_sent": count,
        "member_count": 1,
    }


def resolved_channel(world: World, place: Channel, user_id: int) -> Json:
    held = permissions.in_channel(world.guild, user_id, place)
    return {**channel(world, place), "permissions": str(held)}


def guild(world: World) -> Json:
    """The guild without counts, members and channels, as GET /guilds/{id} answers."""
    guild = world.guild
    absent = (
        "icon description home_header splash discovery_splash banner application_id afk_channel_id "
        "widget_channel_id max_presences vanity_url_code rules_channel_id safety_alerts_channel_id "
        "public_updates_channel_id incidents_data"
    )
    zeros = (
        "system_channel_flags verification_level default_message_notifications mfa_level explicit_content_filter "
        "premium_tier nsfw_level"
    )
    return {
        **dict.fromkeys(absent.split()),
        **dict.fromkeys(zeros.split(), 0),
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "system_channel_id": str(guild.system_channel_id) if guild.system_channel_id else None,
        "premium_subscription_count": guild.boosts,
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
        "stickers": [sticker(world, each) for each in guild.stickers.values()],
    }


def counts(world: World) -> Json:
    members = world.guild.members.values()
    present = sum(1 for each in members if each.status != "offline")
    return {"approximate_member_count": len(members), "approximate_presence_count": present}


def guild_create(world: World, members: list[Member], *, presences: bool) -> Json:
    """GUILD_CREATE: the members given, and their presences when that intent is there."""
    visible = [each for each in world.channels.values() if each.guild_id and world.bot_sees(each.id)]
    threads = [each for each in visible if each.type is ChannelType.PUBLIC_THREAD]
    active = [each for each in threads if not each.archived]
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
        "threads": [channel(world, each) for each in active],
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
