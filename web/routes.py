"""Every address of the site, on one screen. The name says where its handler and its template are."""

from aiohttp import web

from . import (
    accounts,
    api,
    avatars,
    discord_files,
    discord_pictures,
    hangout,
    health,
    home,
    media,
    pages,
    sockets,
    statics,
    uploads,
)

ROUTES = (
    web.get("/", home.show, name="home.show"),
    web.get("/hangout", hangout.show, name="hangout.show"),
    web.post("/hangout", hangout.say, name="hangout.say"),
    web.post("/hangout/join", hangout.join, name="hangout.join"),
    web.post("/hangout/leave", hangout.forget, name="hangout.leave"),
    web.get(r"/hangout/messages/{id:\d+}", hangout.message, name="hangout.message"),
    web.post(r"/hangout/messages/{id:\d+}/edit", hangout.edit, name="hangout.edit"),
    web.post(r"/hangout/messages/{id:\d+}/delete", hangout.delete, name="hangout.delete"),
    web.post(r"/hangout/messages/{id:\d+}/react", hangout.react, name="hangout.react"),
    web.get("/register", accounts.register, name="accounts.register"),
    web.post("/register", accounts.enrol, name="accounts.enrol"),
    web.get("/login", accounts.login, name="accounts.login"),
    web.post("/login", accounts.log_in, name="accounts.log_in"),
    web.post("/logout", accounts.logout, name="accounts.logout"),
    web.get("/ws/hangout", sockets.hangout, name="sockets.hangout"),
    web.get("/api/v1/rooms/hangout/messages", api.list_messages, name="api.messages"),
    web.get(r"/avatars/{person_id:\d+}.png", avatars.show, name="avatars.show"),
    web.post("/media", uploads.add, name="uploads.add"),
    web.get(r"/media/{id:[A-Za-z0-9_-]{22}}/{name:full|\d{1,5}}.{ext:png|jpg|webp|gif}", media.show, name="media.show"),
    web.post(r"/media/{id:[A-Za-z0-9_-]{22}}/alt", media.describe, name="media.describe"),
    web.get(
        r"/media/discord/emojis/{id:\d+}.{ext:png|gif|webp}", discord_pictures.emoji, name="discord_pictures.emoji"
    ),
    web.get(
        r"/media/discord/stickers/{id:\d+}.{ext:png|gif|webp}",
        discord_pictures.sticker,
        name="discord_pictures.sticker",
    ),
    web.get(
        r"/media/discord/files/{message_id:\d{1,19}}/{attachment_id:\d{1,19}}/{name:[^/]+}",
        discord_files.show,
        name="discord_files.show",
    ),
    web.post("/theme", pages.choose_theme, name="theme.choose"),
    web.get("/static/{path:.+}", statics.show, name="statics.show"),
    web.get("/favicon.ico", statics.icon, name="statics.icon"),
    web.get("/robots.txt", statics.robots, name="statics.robots"),
    web.get("/healthz", health.alive, name="health.alive"),
    web.get("/readyz", health.ready, name="health.ready"),
)
