"""Every address of the site, on one screen. The name says where its handler and its template are."""

from aiohttp import web

from . import health, pages, statics

ROUTES = (
    web.post("/theme", pages.choose_theme, name="theme.choose"),
    web.get("/static/{path:.+}", statics.show, name="statics.show"),
    web.get("/favicon.ico", statics.icon, name="statics.icon"),
    web.get("/robots.txt", statics.robots, name="statics.robots"),
    web.get("/healthz", health.alive, name="health.alive"),
    web.get("/readyz", health.ready, name="health.ready"),
)
