"""The browser's door: `make_app` builds it over a store, `serving` opens it. Called by bot.py and by the tests."""

from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp_session import session_middleware

from db.store import Store

from . import absent, counting, doors, hub, keys, media, middlewares, pages, porch
from .avatars import Portraits, following
from .card_pictures import CardPictures
from .cards import Cards
from .discord_files import Files
from .discord_pictures import Pictures
from .lanes import Lane
from .live_cards import undrawable
from .maintenance import keep_shut
from .origins import Origins
from .projects import Filed
from .proxies import parse_networks
from .routes import ROUTES
from .server import PortBusy, serving
from .sessions import PostgresStorage, forget_ended
from .shelf import Shelf, kept
from .statics import Statics
from .uploads import AT_ONCE, BUSY, SHARE, SHARE_WAITING, WAITING_MAX

__all__ = ["PortBusy", "make_app", "serving", "undrawable"]

ROOT = Path(__file__).parents[1]


def make_app(
    store: Store,
    outbound: aiohttp.ClientSession | None = None,
    *,
    templates: Path = ROOT / "templates",
    static: Path = ROOT / "static",
) -> web.Application:
    """The whole site over this store. `outbound` is what it asks other sites with; without it, it asks none."""
    config = store.config
    storage = PostgresStorage(store, is_https=config.public_url.startswith("https:"))
    app = web.Application(
        middlewares=(*middlewares.ALL, session_middleware(storage), keep_shut, doors.refuse_banned),
        client_max_size=middlewares.BODY_MAX,
    )
    app[keys.STORE] = store
    app[keys.CONFIG] = config
    app[keys.SESSION_COOKIE] = storage.cookie_name
    app[keys.STATICS] = Statics(static)
    app[keys.ORIGINS] = Origins(config.public_url, is_configured=bool(config.web.base_url))
    app[keys.PICTURES] = Pictures(outbound, config.discord.cdn_base)
    app[keys.FILES] = Files(outbound, config.discord)
    app[keys.CARD_PICTURES] = CardPictures(store)
    app[keys.CARDS] = Cards(store.press)
    app[keys.PORTRAITS] = Portraits(store)
    app[keys.UPLOADS] = Lane(AT_ONCE, WAITING_MAX, SHARE, SHARE_WAITING, BUSY)
    app[keys.SHELF] = Shelf(store)
    app[keys.PROJECTS] = Filed(config.projects_path)
    app[keys.DRAWN] = {}
    app[keys.TRUSTED] = parse_networks(config.web.trusted_proxies)
    if outbound is not None:
        app[keys.OUTBOUND] = outbound
    pages.set_up(app, templates)
    app.router.add_routes(ROUTES)
    app.on_response_prepare.append(middlewares.add_headers)
    app.cleanup_ctx.extend(
        (forget_ended, kept, media.cleared, following, porch.opened, absent.told, hub.told, counting.counted)
    )
    app.on_shutdown.append(porch.close)
    return app
