"""Every address of the site, on one screen. The name says where its handler and its template are."""

from aiohttp import web

from . import api, avatars, hangout, health, home, media, pages, sockets, statics

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
    web.get("/ws/hangout", sockets.hangout, name="sockets.hangout"),
    web.get("/api/v1/rooms/hangout/messages", api.list_messages, name="api.messages"),
    web.get(r"/avatars/{person_id:\d+}.png", avatars.show, name="avatars.show"),
    web.get(r"/media/discord/emojis/{id:\d+}.{ext:png|gif|webp}", media.emoji, name="media.emoji"),
    web.post("/theme", pages.choose_theme, name="theme.choose"),
    web.get("/static/{path:.+}", statics.show, name="statics.show"),
    web.get("/favicon.ico", statics.icon, name="statics.icon"),
    web.get("/robots.txt", statics.robots, name="statics.robots"),
    web.get("/healthz", health.alive, name="health.alive"),
    web.get("/readyz", health.ready, name="health.ready"),
)
