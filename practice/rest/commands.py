"""Registering commands, global ones and the guild's; and the first answer to an interaction."""

from aiohttp import web

from practice import commands, payloads
from practice.interactions import Answers, Interaction
from practice.model import EPHEMERAL, LOADING, Json, Message
from practice.refusals import invalid_form, refusal
from practice.rest.requests import discord, flag, nothing, number, read, read_any, read_with_files, reply, world
from practice.world import World


def scope(request: web.Request) -> int | None:
    """The guild of the path, or None for the global commands."""
    here = world(request)
    if number(request, "application_id") != here.application.id:
        raise refusal(10002)
    if "guild_id" not in request.match_info:
        return None
    if number(request, "guild_id") != here.guild.id:
        raise refusal(10004)
    return here.guild.id


def found(request: web.Request) -> Json:
    command = commands.find(world(request), number(request, "command_id"))
    wanted = scope(request)
    if command.get("guild_id") != (None if wanted is None else str(wanted)):
        raise refusal(10063)
    return command


async def index(request: web.Request) -> web.Response:
    return reply(commands.listed(world(request), scope(request)))


async def replace_all(request: web.Request) -> web.Response:
    guild_id, given = scope(request), await read_any(request)
    if not isinstance(given, list):
        raise invalid_form("_", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    return reply(commands.replace_all(world(request), guild_id, given))


async def create(request: web.Request) -> web.Response:
    return reply(commands.register(world(request), scope(request), await read(request)), 201)


async def show(request: web.Request) -> web.Response:
    return reply(found(request))


async def edit(request: web.Request) -> web.Response:
    here, old = world(request), found(request)
    merged = {**old, **await read(request)}
    commands.check(merged)
    here.commands[int(old["id"])] = commands.shape(here, int(old["id"]), scope(request), merged)
    return reply(here.commands[int(old["id"])])


async def delete(request: web.Request) -> web.Response:
    del world(request).commands[int(found(request)["id"])]
    return nothing()


async def answer(request: web.Request) -> web.Response:
    """POST /interactions/{id}/{token}/callback."""
    body, uploads = await read_with_files(request)
    token = request.match_info["interaction_token"]
    interactions = discord(request).interactions
    answered = interactions.answer(number(request, "interaction_id"), token, body, uploads)
    if not flag(request, "with_response"):
        return nothing()
    return reply(callback(world(request), answered))


def callback(here: World, answered: Interaction) -> Json:
    """What `with_response` brings: the interaction, and the message if the answer made or changed one."""
    shape: Json = {"id": str(answered.id), "type": int(answered.type)}
    message: Message | None = None
    if answered.original is not None:
        stored = here.messages.get(answered.channel.id, {})
        message = here.whispers.get(answered.original) or stored.get(answered.original)
    if message:
        shape |= {
            "response_message_id": str(message.id),
            "response_message_loading": bool(message.flags & LOADING),
            "response_message_ephemeral": bool(message.flags & EPHEMERAL),
        }
    if message and answered.kind in {Answers.MESSAGE, Answers.UPDATE}:
        resource = {"type": int(answered.kind), "message": payloads.message(here, message)}
        return {"interaction": shape, "resource": resource}
    return {"interaction": shape}
