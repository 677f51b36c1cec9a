"""Puts every source on a server: each is a module of this package with `NAME`, `routes(now) -> list[RouteDef]`, and
`environment(base)`, the variables by which a website asks it and not the real one.
"""

import time
from collections.abc import Callable, Sequence
from types import ModuleType

from aiohttp import web

from . import bluesky, github, lanyard, lastfm, mastodon, wakatime, weather
from ._faults import Faults

SOURCES: Sequence[ModuleType] = (lanyard, lastfm, wakatime, github, mastodon, bluesky, weather)
PREFIX = "/sources"


def add_sources(app: web.Application, faults: Faults, now: Callable[[], float] = time.time) -> None:
    """`/sources/lastfm/2.0/` and so on; what is wrong with them is `faults`'s matter."""
    for source in SOURCES:
        for route in source.routes(now):
            handler = faults.wrap(source.NAME, route.handler)
            app.router.add_route(route.method, f"{PREFIX}/{source.NAME}{route.path}", handler)


def environment(origin: str) -> dict[str, str]:
    """All that a website is told to ask the stand-ins at `http://127.0.0.1:8081` or so: addresses, names and keys,
    and short periods, so that one can watch the cards change.
    """
    told: dict[str, str] = {}
    for source in SOURCES:
        told |= source.environment(f"{origin}{PREFIX}/{source.NAME}")
    return told
