"""Who the bot is, its application, its direct channels, and where the gateway is."""

from aiohttp import web

from practice import checks, payloads
from practice.model import Channel, ChannelType, Json
from practice.refusals import invalid_form, refusal
from practice.rest.requests import discord, number, read, reply, world


async def me(request: web.Request) -> web.Response:
    """The bot, or the user for whom a client asks by a bearer token."""
    user = discord(request).grants.user_of(request.headers.get("Authorization", ""))
    return reply(payloads.identified(user) if user else payloads.me(world(request)))


async def show(request: web.Request) -> web.Response:
    found = world(request).users.get(number(request, "user_id"))
    if found is None:
        raise refusal(10013)
    return reply(payloads.user(found))


async def application(request: web.Request) -> web.Response:
    return reply(payloads.application(world(request)))


async def my_guilds(request: web.Request) -> web.Response:
    guild = world(request).guild
    shape: Json = {"id": str(guild.id), "name": guild.name, "icon": None, "owner": False, "permissions": "0"}
    return reply([shape])


async def open_direct(request: web.Request) -> web.Response:
    """The one direct channel with a user, made when it is first asked for."""
    here, body = world(request), await read(request)
    recipient = checks.snowflake(body.get("recipient_id"), "recipient_id")
    if recipient not in here.users or recipient == here.bot.id:
        raise invalid_form("recipient_id", "INVALID_RECIPIENT", "Cannot send messages to this user")
    known = [each for each in here.channels.values() if each.recipients == [recipient]]
    channel = known[0] if known else Channel(here.ids.next(), ChannelType.DIRECT, "", None, recipients=[recipient])
    here.channels[channel.id] = channel
    return reply(payloads.channel(here, channel))


async def gateway(request: web.Request) -> web.Response:
    return reply({"url": discord(request).gateway.url})


async def gateway_bot(request: web.Request) -> web.Response:
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return reply({"url": discord(request).gateway.url, "shards": 1, "session_start_limit": limit})
