"""The guild, its members, roles, channels and emoji."""

from aiohttp import web

from practice import checks, payloads
from practice.model import Guild
from practice.refusals import refusal
from practice.rest.requests import channel as channel_of
from practice.rest.requests import flag, number, reply, world


def guild_of(request: web.Request) -> Guild:
    guild = world(request).guild
    if number(request, "guild_id") != guild.id:
        raise refusal(10004)
    return guild


async def show(request: web.Request) -> web.Response:
    guild_of(request)
    here = world(request)
    counts = payloads.counts(here) if flag(request, "with_counts") else {}
    return reply(payloads.guild(here) | counts)


async def members(request: web.Request) -> web.Response:
    """Members in the order of their ids, `limit` (1 to 1,000) of them after `after`."""
    guild = guild_of(request)
    limit = checks.between(request.query.get("limit", 1), 1, 1000, "limit")
    after = checks.snowflake(request.query.get("after", 0), "after")
    listed = sorted(guild.members)
    found = [guild.members[user_id] for user_id in listed if user_id > after][:limit]
    return reply([payloads.member(member) for member in found])


async def search_members(request: web.Request) -> web.Response:
    guild = guild_of(request)
    limit = checks.between(request.query.get("limit", 1), 1, 1000, "limit")
    words = request.query.get("query", "").lower()
    found = [
        member
        for member in guild.members.values()
        if any(name and name.lower().startswith(words) for name in (member.user.username, member.nick))
    ]
    return reply([payloads.member(member) for member in found[:limit]])


async def member(request: web.Request) -> web.Response:
    guild_of(request)
    return reply(payloads.member(world(request).member(number(request, "user_id"))))


async def roles(request: web.Request) -> web.Response:
    return reply([payloads.role(role) for role in guild_of(request).roles.values()])


async def emojis(request: web.Request) -> web.Response:
    return reply([payloads.emoji(emoji) for emoji in guild_of(request).emojis.values()])


async def channels(request: web.Request) -> web.Response:
    guild, here = guild_of(request), world(request)
    return reply([payloads.channel(here, each) for each in here.channels.values() if each.guild_id == guild.id])


async def webhooks(request: web.Request) -> web.Response:
    guild_of(request)
    here = world(request)
    return reply([payloads.webhook(here, webhook) for webhook in here.webhooks.values()])


async def channel(request: web.Request) -> web.Response:
    found = channel_of(request)
    world(request).bot_may(found, 0)
    return reply(payloads.channel(world(request), found))
