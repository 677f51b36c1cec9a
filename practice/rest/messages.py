"""Messages of a channel, as the bot reads and writes them; reactions and typing."""

from urllib.parse import unquote

from aiohttp import web

from practice import checks, embeds, messages, payloads, permissions, reactions
from practice.gateway.intents import blanked
from practice.model import SUPPRESS_EMBEDS, ChannelType, Json, Message
from practice.porch import MESSAGE_CONTENT
from practice.refusals import refusal
from practice.rest.requests import channel, nothing, number, read, read_with_files, reply, world
from practice.world import World


def shown(here: World, message: Message) -> Json:
    """The message as the bot may see it: without the content intent, only its own, direct ones and those to it."""
    shape = payloads.message(here, message)
    mine = message.author.id == here.bot.id or here.bot.id in message.mentions or message.guild_id is None
    if mine or here.application.intents & MESSAGE_CONTENT:
        return shape
    return blanked(shape)


def found_message(request: web.Request) -> Message:
    here = world(request)
    here.bot_may(channel(request), permissions.VIEW_CHANNEL)
    return here.message(number(request, "channel_id"), number(request, "message_id"))


async def index(request: web.Request) -> web.Response:
    here, place = world(request), channel(request)
    here.bot_may(place, permissions.VIEW_CHANNEL)
    limit = checks.between(request.query.get("limit", 50), 1, 100, "limit")
    edges = {each: request.query[each] for each in ("before", "after", "around") if each in request.query}
    bounds = {name: checks.snowflake(value, name) for name, value in edges.items()}
    if not here.permissions(here.bot.id, place) & permissions.READ_MESSAGE_HISTORY:
        return reply([])
    found = messages.history(here, place.id, limit=limit, **bounds)
    return reply([shown(here, message) for message in found])


async def show(request: web.Request) -> web.Response:
    world(request).bot_may(channel(request), permissions.READ_MESSAGE_HISTORY)
    return reply(shown(world(request), found_message(request)))


async def create(request: web.Request) -> web.Response:
    here, place = world(request), channel(request)
    body, uploads = await read_with_files(request)
    threaded = place.type is ChannelType.PUBLIC_THREAD
    needed = permissions.SEND_MESSAGES_IN_THREADS if threaded else permissions.SEND_MESSAGES
    if uploads:
        needed |= permissions.ATTACH_FILES
    if body.get("message_reference"):
        needed |= permissions.READ_MESSAGE_HISTORY
    here.bot_may(place, needed)
    if here.closed_doors.intersection(place.recipients):
        raise refusal(50007)
    return reply(payloads.message(here, messages.post(here, place, here.bot, body, uploads)))


async def edit(request: web.Request) -> web.Response:
    here, message = world(request), found_message(request)
    body, uploads = await read_with_files(request)
    if message.author.id != here.bot.id:
        if body.keys() != {"flags"}:
            raise refusal(50005)
        here.bot_may(channel(request), permissions.MANAGE_MESSAGES)
        embeds.suppress(here, message, suppressed=bool(int(body["flags"] or 0) & SUPPRESS_EMBEDS))
        return reply(payloads.message(here, message))
    return reply(payloads.message(here, messages.edit(here, message, body, uploads)))


async def delete(request: web.Request) -> web.Response:
    here, message = world(request), found_message(request)
    if message.author.id != here.bot.id:
        here.bot_may(channel(request), permissions.MANAGE_MESSAGES)
    messages.delete(here, message)
    return nothing()


async def bulk_delete(request: web.Request) -> web.Response:
    here, place, body = world(request), channel(request), await read(request)
    here.bot_may(place, permissions.MANAGE_MESSAGES)
    messages.bulk_delete(here, place, [checks.snowflake(each, "messages") for each in body.get("messages") or []])
    return nothing()


async def type_(request: web.Request) -> web.Response:
    here, place = world(request), channel(request)
    here.bot_may(place, permissions.SEND_MESSAGES)
    reactions.typing(here, place, here.bot.id)
    return nothing()


def emoji_of(request: web.Request) -> str:
    return unquote(request.match_info["emoji"])


def user_of(request: web.Request) -> int:
    who = request.match_info["user_id"]
    return world(request).bot.id if who == "@me" else checks.snowflake(who, "user_id")


async def react(request: web.Request) -> web.Response:
    """Joining a reaction that is there needs no right to add new ones."""
    here, message, emoji = world(request), found_message(request), emoji_of(request)
    joins = reactions.emoji_key(here, emoji) in message.reactions
    needed = permissions.READ_MESSAGE_HISTORY | (0 if joins else permissions.ADD_REACTIONS)
    here.bot_may(channel(request), needed)
    reactions.add(here, message, here.bot.id, emoji)
    return nothing()


async def unreact(request: web.Request) -> web.Response:
    here, message, who = world(request), found_message(request), user_of(request)
    if who != here.bot.id:
        here.bot_may(channel(request), permissions.MANAGE_MESSAGES)
    reactions.remove(here, message, who, emoji_of(request))
    return nothing()


async def reactors(request: web.Request) -> web.Response:
    here, message = world(request), found_message(request)
    limit = checks.between(request.query.get("limit", 25), 1, 100, "limit")
    after = checks.snowflake(request.query.get("after", 0), "after")
    people = sorted(message.reactions.get(reactions.emoji_key(here, emoji_of(request)), []))
    return reply([payloads.user(here.users[who]) for who in people if who > after][:limit])


async def clear_emoji(request: web.Request) -> web.Response:
    here, message = world(request), found_message(request)
    here.bot_may(channel(request), permissions.MANAGE_MESSAGES)
    reactions.remove_emoji(here, message, emoji_of(request))
    return nothing()


async def clear(request: web.Request) -> web.Response:
    here, message = world(request), found_message(request)
    here.bot_may(channel(request), permissions.MANAGE_MESSAGES)
    reactions.clear(here, message)
    return nothing()
