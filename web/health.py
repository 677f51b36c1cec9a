"""For whoever keeps the site running: /healthz (the process is alive) and /readyz (it can do its work)."""

import asyncio
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from db.errors import AWAY
from db.store import Store
from db.version import STARTED, VERSION

from . import keys

PATIENCE = 2.0  # seconds; a probe that waits longer than its own limit learns less than a `false`


async def alive(_request: web.Request) -> web.Response:
    """GET /healthz: asks nothing of anybody, so that an outage elsewhere restarts nothing."""
    return web.Response(text="ok")


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: 200 or 503 by the database alone. Discord may be away, and the site still serves."""
    store = request.app[keys.STORE]
    database = await has_database(store)
    body = {
        "database": database,
        "discord": store.discord.state,
        "relay": store.presence.relay,
        "version": VERSION,
        "uptime": round((datetime.now(UTC) - STARTED).total_seconds()),
    }
    return web.Response(
        body=msgspec.json.encode(body), status=200 if database else 503, content_type="application/json"
    )


async def has_database(store: Store) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await store.pool.fetchval("/* health.has_database */ select 1")
    except AWAY:
        return False
    return True
