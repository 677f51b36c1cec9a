"""Bans and timeouts, and the audit log that tells who did them. Sources: 'Guild Ban', 'Modify Guild Member' and 'Audit
Log' on Discord's pages."""

from datetime import datetime, timedelta

from practice import payloads, system
from practice.model import AuditEntry, AuditEvent, Ban, Json, Member, User
from practice.refusals import invalid_form, refusal
from practice.world import World

LONGEST = timedelta(days=28)
KEPT = 1000


def ban(world: World, user: User, by: User, reason: str | None = None) -> None:
    """They are out, and do not come in again. Again is no harm, and nothing is told then."""
    if user.id == world.guild.owner_id:
        raise refusal(50013)
    if user.id in world.guild.bans:
        return
    world.guild.bans[user.id] = Ban(user, reason)
    world.tell("GUILD_BAN_ADD", {"guild_id": str(world.guild.id), "user": payloads.user(user)})
    if user.id in world.guild.members:
        system.leave(world, world.guild.members[user.id])
    note(world, AuditEvent.BAN, user, by, reason)


def unban(world: World, user: User, by: User, reason: str | None = None) -> None:
    if world.guild.bans.pop(user.id, None) is None:
        raise refusal(10026)
    world.tell("GUILD_BAN_REMOVE", {"guild_id": str(world.guild.id), "user": payloads.user(user)})
    note(world, AuditEvent.UNBAN, user, by, reason)


def time_out(world: World, member: Member, until: datetime | None, by: User, reason: str | None = None) -> None:
    """They only read until then; None lets them speak again. At most 28 days, and never the owner."""
    if until is not None and member.user.id == world.guild.owner_id:
        raise refusal(50013)
    if until is not None and until > world.time() + LONGEST:
        raise invalid_form("communication_disabled_until", "DATE_TIME_TOO_FAR", "At most 28 days from now.")
    before, member.timed_out_until = member.timed_out_until, until
    world.tell("GUILD_MEMBER_UPDATE", payloads.member(member) | system.in_guild(world.guild))
    change: Json = {"key": "communication_disabled_until"}
    change |= {"old_value": payloads.stamp(before)} if before else {}
    change |= {"new_value": payloads.stamp(until)} if until else {}
    note(world, AuditEvent.MEMBER_UPDATE, member.user, by, reason, [change])


def note(
    world: World,
    event: AuditEvent,
    target: User,
    by: User,
    reason: str | None = None,
    changes: list[Json] | None = None,
) -> AuditEntry:
    entry = AuditEntry(world.ids.next(), event, target.id, by.id, reason, changes or [])
    world.guild.audit_log = [*world.guild.audit_log[-KEPT:], entry]
    world.tell("GUILD_AUDIT_LOG_ENTRY_CREATE", payloads.audit_entry(entry) | system.in_guild(world.guild))
    return entry
