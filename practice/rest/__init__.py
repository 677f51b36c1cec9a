"""Discord's REST API, version 10: one table of routes, each family in a module of its own."""

from aiohttp import web

from practice.rest import commands, discipline, guilds, media, messages, oauth, pieces, threads, users, webhooks
from practice.rest.doors import MIDDLEWARES

BODY_MAX = 26 * 1024 * 1024
CHANNEL = "/channels/{channel_id}"
MESSAGE = f"{CHANNEL}/messages/{{message_id}}"
REACTIONS = f"{MESSAGE}/reactions"
GUILD = "/guilds/{guild_id}"
HOOK = "/webhooks/{webhook_id}"
HOOKED = f"{HOOK}/{{webhook_token}}"
COMMANDS = "/applications/{application_id}/commands"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"

ROUTES = [
    web.get("/users/@me", users.me),
    web.get("/users/@me/guilds", users.my_guilds),
    web.post("/users/@me/channels", users.open_direct),
    web.get("/users/{user_id}", users.show),
    web.get("/oauth2/applications/@me", users.application),
    web.post("/oauth2/token", oauth.token),
    web.get("/applications/@me", users.application),
    web.get("/gateway", users.gateway),
    web.get("/gateway/bot", users.gateway_bot),
    web.get(GUILD, guilds.show),
    web.get(f"{GUILD}/members", guilds.members),
    web.get(f"{GUILD}/members/search", guilds.search_members),
    web.get(f"{GUILD}/members/{{user_id}}", guilds.member),
    web.patch(f"{GUILD}/members/{{user_id}}", discipline.change_member),
    web.get(f"{GUILD}/bans", discipline.bans),
    web.get(f"{GUILD}/bans/{{user_id}}", discipline.show),
    web.put(f"{GUILD}/bans/{{user_id}}", discipline.ban),
    web.delete(f"{GUILD}/bans/{{user_id}}", discipline.unban),
    web.get(f"{GUILD}/audit-logs", discipline.audit_log),
    web.get(f"{GUILD}/roles", guilds.roles),
    web.get(f"{GUILD}/emojis", guilds.emojis),
    web.get(f"{GUILD}/stickers", pieces.stickers),
    web.get(f"{GUILD}/stickers/{{sticker_id}}", pieces.sticker),
    web.get("/stickers/{sticker_id}", pieces.sticker),
    web.get(f"{GUILD}/threads/active", threads.active),
    web.get(f"{GUILD}/channels", guilds.channels),
    web.get(f"{GUILD}/webhooks", guilds.webhooks),
    web.get(CHANNEL, guilds.channel),
    web.patch(CHANNEL, threads.change),
    web.delete(CHANNEL, threads.delete),
    web.get(f"{CHANNEL}/threads/archived/public", threads.archived),
    web.post(f"{CHANNEL}/typing", messages.type_),
    web.get(f"{CHANNEL}/messages", messages.index),
    web.post(f"{CHANNEL}/messages", messages.create),
    web.post(f"{CHANNEL}/messages/bulk-delete", messages.bulk_delete),
    web.get(f"{CHANNEL}/messages/pins", pieces.pins_now),
    web.put(f"{CHANNEL}/messages/pins/{{message_id}}", pieces.pin),
    web.delete(f"{CHANNEL}/messages/pins/{{message_id}}", pieces.unpin),
    web.get(f"{CHANNEL}/pins", pieces.pins_as_before),
    web.put(f"{CHANNEL}/pins/{{message_id}}", pieces.pin),
    web.delete(f"{CHANNEL}/pins/{{message_id}}", pieces.unpin),
    web.post(f"{MESSAGE}/threads", threads.start),
    web.post(f"{CHANNEL}/threads", threads.start),
    web.get(f"{CHANNEL}/polls/{{message_id}}/answers/{{answer_id}}", pieces.voters),
    web.post(f"{CHANNEL}/polls/{{message_id}}/expire", pieces.end_poll),
    web.get(MESSAGE, messages.show),
    web.patch(MESSAGE, messages.edit),
    web.delete(MESSAGE, messages.delete),
    web.delete(REACTIONS, messages.clear),
    web.get(f"{REACTIONS}/{{emoji}}", messages.reactors),
    web.delete(f"{REACTIONS}/{{emoji}}", messages.clear_emoji),
    web.put(f"{REACTIONS}/{{emoji}}/@me", messages.react),
    web.delete(f"{REACTIONS}/{{emoji}}/{{user_id}}", messages.unreact),
    web.get(f"{CHANNEL}/webhooks", webhooks.index),
    web.post(f"{CHANNEL}/webhooks", webhooks.create),
    web.get(HOOK, webhooks.show),
    web.patch(HOOK, webhooks.edit),
    web.delete(HOOK, webhooks.delete),
    web.get(HOOKED, webhooks.show_by_token),
    web.patch(HOOKED, webhooks.edit_by_token),
    web.delete(HOOKED, webhooks.delete_by_token),
    web.post(HOOKED, webhooks.execute),
    web.get(f"{HOOKED}/messages/{{message_id}}", webhooks.show_message),
    web.patch(f"{HOOKED}/messages/{{message_id}}", webhooks.edit_message),
    web.delete(f"{HOOKED}/messages/{{message_id}}", webhooks.delete_message),
    *[
        route
        for path in (COMMANDS, GUILD_COMMANDS)
        for route in (
            web.get(path, commands.index),
            web.put(path, commands.replace_all),
            web.post(path, commands.create),
            web.get(f"{path}/{{command_id}}", commands.show),
            web.patch(f"{path}/{{command_id}}", commands.edit),
            web.delete(f"{path}/{{command_id}}", commands.delete),
        )
    ],
    web.post("/interactions/{interaction_id}/{interaction_token}/callback", commands.answer),
    web.post("/attachments/refresh-urls", media.refresh),
]

MEDIA = [
    web.get(path, media.watched(handler))
    for path, handler in (
        ("/attachments/{channel_id}/{attachment_id}/{filename}", media.attachment),
        ("/ephemeral-attachments/{channel_id}/{attachment_id}/{filename}", media.attachment),
        ("/avatars/{user_id}/{name}", media.avatar),
        ("/embed/avatars/{name}", media.avatar),
        ("/emojis/{name}", media.emoji),
        ("/stickers/{name}", media.sticker),
        ("/external/{mark}/{address:.+}", media.external),
        ("/app-assets/{application}/{asset}.png", media.app_asset),
    )
]


def make_api() -> web.Application:
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=BODY_MAX)
    app.add_routes(ROUTES)
    return app
