"""Puts every source on a server: each is a module of this package with `NAME` and `routes(now) -> list[RouteDef]`."""

import time
from collections.abc import Callable, Sequence
from types import ModuleType

from aiohttp import web

from ._faults import Faults

SOURCES: Sequence[ModuleType] = ()
PREFIX = "/sources"


def add_sources(app: web.Application, faults: Faults, now: Callable[[], float] = time.time) -> None:
    """`/sources/lastfm/2.0/` and so on; what is wrong with them is `faults`'s matter."""
    for source in SOURCES:
        for route in source.routes(now):
            handler = faults.wrap(source.NAME, route.handler)
            app.router.add_route(route.method, f"{PREFIX}/{source.NAME}{route.path}", handler)
