"""Pins, polls and stickers over REST."""

from datetime import datetime

from aiohttp import web

from practice import checks, payloads, permissions, pins, polls
from practice.model import Message
from practice.refusals import invalid_form, refusal
from practice.rest.guilds import guild_of
from practice.rest.messages import found_message, shown
from practice.rest.requests import channel, nothing, number, reply, world


def pinned(request: web.Request) -> list[Message]:
    here, place = world(request), channel(request)
    here.bot_may(place, permissions.VIEW_CHANNEL)
    readable = here.permissions(here.bot.id, place) & permissions.READ_MESSAGE_HISTORY
    return pins.pinned(here, place) if readable else []


async def pins_as_before(request: web.Request) -> web.Response:
    """GET /channels/{id}/pins, which Discord keeps for older programs: the newest fifty, without paging."""
    return reply([shown(world(request), message) for message in pinned(request)[:50]])


async def pins_now(request: web.Request) -> web.Response:
    """GET /channels/{id}/messages/pins: pages of at most fifty, the last one pinned first."""
    limit = checks.between(request.query.get("limit", 50), 1, 50, "limit")
    found = pinned(request)
    if "before" in request.query:
        edge = moment(request.query["before"])
        found = [message for message in found if message.pinned_at and message.pinned_at < edge]
    items = [{"pinned_at": payloads.stamp(each.pinned_at), "message": shown(world(request), each)} for each in found]
    return reply({"items": items[:limit], "has_more": len(items) > limit})


def moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise invalid_form("before", "DATE_TIME_TYPE_PARSE", f"Could not parse {text[:40]}.") from None


async def pin(request: web.Request) -> web.Response:
    here, message = world(request), found_message(request)
    here.bot_may(channel(request), permissions.PIN_MESSAGES)
    pins.pin(here, message, here.bot)
    return nothing()


async def unpin(request: web.Request) -> web.Response:
    here, message = world(request), found_message(request)
    here.bot_may(channel(request), permissions.PIN_MESSAGES)
    pins.unpin(here, message)
    return nothing()


async def voters(request: web.Request) -> web.Response:
    """Who voted for an answer, in the order of their ids."""
    here, message = world(request), found_message(request)
    if message.poll is None:
        raise refusal(520006)
    wanted = number(request, "answer_id")
    limit = checks.between(request.query.get("limit", 25), 1, 100, "limit")
    after = checks.snowflake(request.query.get("after", 0), "after")
    people = sorted(who for answer in message.poll.answers if answer.id == wanted for who in answer.voters)
    return reply({"users": [payloads.user(here.users[who]) for who in people if who > after][:limit]})


async def end_poll(request: web.Request) -> web.Response:
    """Ends a poll of the bot's own."""
    here, message = world(request), found_message(request)
    if message.author.id != here.bot.id:
        raise refusal(50005)
    polls.end(here, message)
    return reply(payloads.message(here, message))


async def stickers(request: web.Request) -> web.Response:
    return reply([payloads.sticker(world(request), each) for each in guild_of(request).stickers.values()])


async def sticker(request: web.Request) -> web.Response:
    found = world(request).guild.stickers.get(number(request, "sticker_id"))
    if found is None:
        raise refusal(10060)
    return reply(payloads.sticker(world(request), found))
