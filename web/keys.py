"""What the application carries, each under one typed key. Set in web/__init__.py, read by handlers."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from db.config import Config
from db.people import Person
from db.store import Store

if TYPE_CHECKING:
    from .avatars import Portraits
    from .card_pictures import CardPictures
    from .cards import Cards
    from .discord_files import Files
    from .discord_pictures import Pictures
    from .hall import Hangout
    from .lanes import Lane
    from .live_cards import Drawn
    from .origins import Origins
    from .porch import Porch
    from .projects import Filed
    from .shelf import Shelf
    from .statics import Statics

STORE = web.AppKey("store", Store)
CONFIG = web.AppKey("config", Config)
OUTBOUND = web.AppKey("outbound", aiohttp.ClientSession)  # only there when bot.py handed one in
STATICS: "web.AppKey[Statics]" = web.AppKey("statics")
ORIGINS: "web.AppKey[Origins]" = web.AppKey("origins")
PICTURES: "web.AppKey[Pictures]" = web.AppKey("pictures")
FILES: "web.AppKey[Files]" = web.AppKey("files")
CARD_PICTURES: "web.AppKey[CardPictures]" = web.AppKey("card_pictures")
CARDS: "web.AppKey[Cards]" = web.AppKey("cards")
PORTRAITS: "web.AppKey[Portraits]" = web.AppKey("portraits")
UPLOADS: "web.AppKey[Lane]" = web.AppKey("uploads")
HALL: "web.AppKey[Hangout]" = web.AppKey("hall")
DRAWN: "web.AppKey[Drawn]" = web.AppKey("drawn")
PORCH: "web.AppKey[Porch]" = web.AppKey("porch")
PROJECTS: "web.AppKey[Filed]" = web.AppKey("projects")
SHELF: "web.AppKey[Shelf]" = web.AppKey("shelf")
SESSION_COOKIE = web.AppKey("session_cookie", str)
TRUSTED: "web.AppKey[Sequence[IPv4Network | IPv6Network]]" = web.AppKey("trusted")

# What a request carries.
REQUEST_ID = web.RequestKey("request_id", str)
PERSON: "web.RequestKey[Person | None]" = web.RequestKey("person")
ROTATE = web.RequestKey("rotate", bool)
PROOF = web.RequestKey("proof", str)
STARTED_ANSWER = web.RequestKey("started_answer", web.StreamResponse)
