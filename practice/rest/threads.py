"""Threads and the posts of forums over REST."""

from aiohttp import web

from practice import checks, payloads, permissions, threads
from practice.model import Channel, ChannelType
from practice.refusals import refusal
from practice.rest.guilds import guild_of
from practice.rest.messages import found_message
from practice.rest.requests import channel, read_with_files, reply, world
from practice.world import World


def thread_of(request: web.Request) -> Channel:
    """The thread of the path; other channels cannot be changed here (50024)."""
    here, place = world(request), channel(request)
    here.bot_may(place, 0)
    if place.type is not ChannelType.PUBLIC_THREAD:
        raise refusal(50024)
    return place


async def start(request: web.Request) -> web.Response:
    """A thread on the message of the path, or on none; in a forum a post, which comes with its first message."""
    here, place = world(request), channel(request)
    body, uploads = await read_with_files(request)
    if place.type is ChannelType.FORUM:
        here.bot_may(place, permissions.SEND_MESSAGES)
        first = threads.start_in_forum(here, place, here.bot, body.get("name"), body.get("message"), uploads)
        made = payloads.channel(here, here.channel(first.id))
        return reply(made | {"message": payloads.message(here, first)}, 201)
    here.bot_may(place, permissions.CREATE_PUBLIC_THREADS)
    origin = found_message(request).id if "message_id" in request.match_info else None
    return reply(payloads.channel(here, threads.start(here, place, here.bot, body.get("name"), origin)), 201)


async def change(request: web.Request) -> web.Response:
    here, thread = world(request), thread_of(request)
    body, _ = await read_with_files(request)
    threads.change(here, thread, body, here.bot)
    return reply(payloads.channel(here, thread))


async def delete(request: web.Request) -> web.Response:
    here, thread = world(request), thread_of(request)
    here.bot_may(thread, permissions.MANAGE_THREADS)
    shape = payloads.channel(here, thread)
    threads.delete(here, thread)
    return reply(shape)


def seen(here: World, *, archived: bool) -> list[Channel]:
    found = [each for each in here.channels.values() if each.type is ChannelType.PUBLIC_THREAD]
    return [each for each in found if each.archived is archived and here.bot_sees(each.id)]


async def active(request: web.Request) -> web.Response:
    """Those of the guild that are not archived, the newest first."""
    guild_of(request)
    here = world(request)
    listed = sorted(seen(here, archived=False), key=lambda each: each.id, reverse=True)
    return reply({"threads": [payloads.channel(here, each) for each in listed], "members": []})


async def archived(request: web.Request) -> web.Response:
    """Those of a channel that are archived, what was archived last first."""
    here, place = world(request), channel(request)
    here.bot_may(place, permissions.READ_MESSAGE_HISTORY)
    limit = checks.between(request.query.get("limit", 50), 2, 100, "limit")
    listed = [each for each in seen(here, archived=True) if each.parent_id == place.id]
    listed.sort(key=lambda each: each.archived_at or here.time(), reverse=True)
    shapes = [payloads.channel(here, each) for each in listed[:limit]]
    return reply({"threads": shapes, "members": [], "has_more": len(listed) > limit})
