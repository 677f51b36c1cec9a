"""Webhooks over REST. The path of a webhook's messages serves interactions as well: there the id is the application's
and the token the interaction's."""

import hmac

from aiohttp import web

from practice import checks, messages, payloads, permissions, threads, webhooks
from practice.files import Upload
from practice.interactions import Interaction
from practice.model import Channel, ChannelType, Json, Message, Webhook
from practice.refusals import refusal
from practice.rest.requests import channel, discord, flag, nothing, number, read, read_with_files, reply, world


def known(request: web.Request) -> Webhook:
    """The webhook of the path. Raises 10015 when it is gone, 50027 for another token than its own."""
    webhook = world(request).webhook(number(request, "webhook_id"))
    token = request.match_info.get("webhook_token")
    if token is not None and not hmac.compare_digest(token.encode(), webhook.token.encode()):
        raise refusal(50027)
    return webhook


def interaction(request: web.Request) -> Interaction | None:
    """The interaction that the path means, or None when it means a webhook."""
    if number(request, "webhook_id") != world(request).application.id:
        return None
    return discord(request).interactions.find(request.match_info["webhook_token"])


def managed(request: web.Request) -> Webhook:
    webhook = known(request)
    here = world(request)
    here.bot_may(here.channel(webhook.channel_id), permissions.MANAGE_WEBHOOKS)
    return webhook


async def index(request: web.Request) -> web.Response:
    here, place = world(request), channel(request)
    here.bot_may(place, permissions.MANAGE_WEBHOOKS)
    return reply([payloads.webhook(here, webhook) for webhook in webhooks.of_channel(here, place)])


async def create(request: web.Request) -> web.Response:
    here, place, body = world(request), channel(request), await read(request)
    here.bot_may(place, permissions.MANAGE_WEBHOOKS)
    return reply(payloads.webhook(here, webhooks.create(here, place, body.get("name"), by=here.bot.id)))


async def show(request: web.Request) -> web.Response:
    return reply(payloads.webhook(world(request), managed(request)))


async def show_by_token(request: web.Request) -> web.Response:
    shape = payloads.webhook(world(request), known(request))
    del shape["user"]
    return reply(shape)


async def edit(request: web.Request) -> web.Response:
    webhook = managed(request)
    webhooks.edit(world(request), webhook, await read(request))
    return reply(payloads.webhook(world(request), webhook))


async def edit_by_token(request: web.Request) -> web.Response:
    webhook, body = known(request), await read(request)
    body.pop("channel_id", None)
    webhooks.edit(world(request), webhook, body)
    return reply(payloads.webhook(world(request), webhook))


async def delete(request: web.Request) -> web.Response:
    webhooks.delete(world(request), managed(request))
    return nothing()


async def delete_by_token(request: web.Request) -> web.Response:
    webhooks.delete(world(request), known(request))
    return nothing()


def place_of(request: web.Request, webhook: Webhook) -> Channel:
    """The webhook's channel, or the thread of it that the query names."""
    here = world(request)
    if "thread_id" not in request.query:
        return here.channel(webhook.channel_id)
    thread = here.channel(checks.snowflake(request.query["thread_id"], "thread_id"))
    if thread.parent_id != webhook.channel_id:
        raise refusal(10003)
    return thread


async def execute(request: web.Request) -> web.Response:
    """Says something as the webhook, or as the bot after an interaction; without `wait` the answer is empty."""
    here = world(request)
    asked = interaction(request)
    webhook = None if asked else known(request)
    body, uploads = await read_with_files(request)
    if webhook is None:
        assert asked is not None
        return reply(payloads.message(here, discord(request).interactions.follow_up(asked, body, uploads)))
    message = say(request, webhook, body, uploads)
    return reply(payloads.message(here, message)) if flag(request, "wait") else nothing()


def say(request: web.Request, webhook: Webhook, body: Json, uploads: list[Upload]) -> Message:
    """In a forum a webhook speaks in a post that is there (`thread_id`), or begins one (`thread_name`)."""
    here, place = world(request), place_of(request, webhook)
    named, threaded = body.get("thread_name") is not None, "thread_id" in request.query
    if named and threaded:
        raise refusal(220002)
    if place.type is not ChannelType.FORUM:
        if named:
            raise refusal(220003)
        return messages.post_by_webhook(here, webhook, place, body, uploads)
    if not named:
        raise refusal(220001)
    return threads.start_by_webhook(here, webhook, place, body, uploads)


def own_message(request: web.Request) -> tuple[Interaction | None, Message]:
    """A message that this webhook, or this interaction, wrote; 10008 for anybody else's."""
    asked, which = interaction(request), request.match_info["message_id"]
    if asked:
        return asked, discord(request).interactions.message(asked, which)
    webhook = known(request)
    place = place_of(request, webhook)
    message = world(request).message(place.id, checks.snowflake(which, "message_id"))
    if message.webhook_id != webhook.id:
        raise refusal(10008)
    return None, message


async def show_message(request: web.Request) -> web.Response:
    return reply(payloads.message(world(request), own_message(request)[1]))


async def edit_message(request: web.Request) -> web.Response:
    body, uploads = await read_with_files(request)
    asked, message = own_message(request)
    if asked:
        discord(request).interactions.edit(asked, message, body, uploads)
    else:
        messages.edit(world(request), message, body, uploads)
    return reply(payloads.message(world(request), message))


async def delete_message(request: web.Request) -> web.Response:
    asked, message = own_message(request)
    if asked:
        discord(request).interactions.delete(asked, message)
    else:
        messages.delete(world(request), message)
    return nothing()
