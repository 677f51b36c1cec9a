"""Users, members, roles and presences."""

from datetime import datetime

from practice.model import AuditEntry, Ban, Json, Member, Role, User
from practice.world import World


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


def identified(someone: User) -> Json:
    """A user as the scope `identify` shows them to a client: without their address."""
    return {**user(someone), "mfa_enabled": False, "locale": "en-US", "premium_type": 0}


def bare_member(member: Member) -> Json:
    """A member without its user, as it stands beside an author."""
    return {
        "roles": [str(role) for role in member.roles],
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "joined_at": stamp(member.joined_at),
        "premium_since": stamp(member.premium_since),
        "communication_disabled_until": stamp(member.timed_out_until),
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def member(member: Member) -> Json:
    return {**bare_member(member), "user": user(member.user)}


def ban(ban: Ban) -> Json:
    return {"user": user(ban.user), "reason": ban.reason}


def audit_entry(entry: AuditEntry) -> Json:
    shape: Json = {
        "id": str(entry.id),
        "action_type": int(entry.event),
        "target_id": str(entry.target_id),
        "user_id": str(entry.user_id),
    }
    shape |= {"changes": entry.changes} if entry.changes else {}
    return shape | ({"reason": entry.reason} if entry.reason else {})


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


def presence(world: World, member: Member) -> Json:
    is_gone = member.status == "offline"
    devices = {} if is_gone else {"desktop": member.status}
    return {
        "user": {"id": str(member.user.id)},
        "guild_id": str(world.guild.id),
        "status": member.status,
        "activities": [] if is_gone else member.activities,
        "client_status": devices,
    }
