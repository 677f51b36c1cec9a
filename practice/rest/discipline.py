"""Bans, timeouts and the audit log, as the bot asks for them."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from practice import checks, discipline, payloads, permissions
from practice.refusals import invalid_form, refusal
from practice.rest.guilds import guild_of
from practice.rest.requests import nothing, number, read, reply, world


def reason_of(request: web.Request) -> str | None:
    return unquote(request.headers.get("X-Audit-Log-Reason", ""))[:512] or None


def bounds(request: web.Request, most: int, otherwise: int) -> tuple[int, int | None, int | None]:
    """How many are asked for, and before and after which id."""
    limit = checks.between(request.query.get("limit", otherwise), 1, most, "limit")
    before, after = (
        checks.snowflake(request.query[each], each) if each in request.query else None for each in ("before", "after")
    )
    return limit, before, after


async def bans(request: web.Request) -> web.Response:
    guild, here = guild_of(request), world(request)
    here.bot_may_here(permissions.BAN_MEMBERS)
    limit, before, after = bounds(request, 1000, 1000)
    listed = [each for each in sorted(guild.bans) if (before is None or each < before) and each > (after or 0)]
    page = listed[-limit:] if before is not None else listed[:limit]
    return reply([payloads.ban(guild.bans[each]) for each in page])


async def show(request: web.Request) -> web.Response:
    guild, here = guild_of(request), world(request)
    here.bot_may_here(permissions.BAN_MEMBERS)
    found = guild.bans.get(number(request, "user_id"))
    if found is None:
        raise refusal(10026)
    return reply(payloads.ban(found))


async def ban(request: web.Request) -> web.Response:
    guild_of(request)
    here, user_id = world(request), number(request, "user_id")
    here.bot_may_here(permissions.BAN_MEMBERS)
    if user_id not in here.users:
        raise refusal(10013)
    discipline.ban(here, here.users[user_id], here.bot, reason_of(request))
    return nothing()


async def unban(request: web.Request) -> web.Response:
    guild, here = guild_of(request), world(request)
    here.bot_may_here(permissions.BAN_MEMBERS)
    found = guild.bans.get(number(request, "user_id"))
    if found is None:
        raise refusal(10026)
    discipline.unban(here, found.user, here.bot, reason_of(request))
    return nothing()


async def change_member(request: web.Request) -> web.Response:
    """Of all that can be changed of a member, the timeout."""
    guild_of(request)
    here, body = world(request), await read(request)
    member = here.member(number(request, "user_id"))
    if "communication_disabled_until" in body:
        here.bot_may_here(permissions.MODERATE_MEMBERS)
        until = moment(body["communication_disabled_until"])
        discipline.time_out(here, member, until, here.bot, reason_of(request))
    return reply(payloads.member(member))


def moment(given: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(given)) if given else None
    except ValueError:
        raise invalid_form("communication_disabled_until", "DATE_TIME_TYPE_PARSE", "That is no time.") from None


async def audit_log(request: web.Request) -> web.Response:
    """The newest first; with `after` the oldest after that one first."""
    guild, here = guild_of(request), world(request)
    here.bot_may_here(permissions.VIEW_AUDIT_LOG)
    limit, before, after = bounds(request, 100, 50)
    wanted = {key: int(request.query[key]) for key in ("user_id", "action_type") if key in request.query}
    found = [
        each
        for each in guild.audit_log
        if wanted.get("user_id", each.user_id) == each.user_id and wanted.get("action_type", each.event) == each.event
    ]
    if after is not None:
        page = [each for each in found if each.id > after][:limit]
    else:
        page = [each for each in found if before is None or each.id < before][-limit:][::-1]
    people = {who for each in page for who in (each.user_id, each.target_id)}
    empty = "webhooks threads application_commands auto_moderation_rules guild_scheduled_events integrations"
    return reply(
        {
            **{name: [] for name in empty.split()},
            "audit_log_entries": [payloads.audit_entry(each) for each in page],
            "users": [payloads.user(here.users[who]) for who in people],
        }
    )
