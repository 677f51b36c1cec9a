"""Webhooks of a channel: made, renamed, deleted. What they say is in practice.messages."""

import secrets

from practice import checks
from practice.model import Channel, Json, Webhook
from practice.refusals import refusal
from practice.world import World

PER_CHANNEL = 15


def of_channel(world: World, channel: Channel) -> list[Webhook]:
    return [webhook for webhook in world.webhooks.values() if webhook.channel_id == channel.id]


def create(world: World, channel: Channel, name: object, *, by: int, by_bot: bool = True) -> Webhook:
    """At most 15 in a channel (30007)."""
    checked = checks.name(name, "name")
    if len(of_channel(world, channel)) >= PER_CHANNEL:
        raise refusal(30007)
    application = world.application.id if by_bot else None
    webhook = Webhook(world.ids.next(), secrets.token_urlsafe(51), channel.id, checked, by, application)
    world.webhooks[webhook.id] = webhook
    tell(world, channel)
    return webhook


def edit(world: World, webhook: Webhook, body: Json) -> None:
    if "name" in body:
        webhook.name = checks.name(body["name"], "name")
    if "channel_id" in body:
        webhook.channel_id = world.channel(checks.snowflake(body["channel_id"], "channel_id")).id
    tell(world, world.channel(webhook.channel_id))


def delete(world: World, webhook: Webhook) -> None:
    del world.webhooks[webhook.id]
    tell(world, world.channel(webhook.channel_id))


def tell(world: World, channel: Channel) -> None:
    world.tell("WEBHOOKS_UPDATE", {"channel_id": str(channel.id), "guild_id": str(channel.guild_id)})
