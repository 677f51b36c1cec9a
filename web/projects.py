"""The portfolio: /projects, the cards of projects.toml and those that were added from Discord."""

import asyncio
import logging
from dataclasses import dataclass

from aiohttp import web

from db import projects, projects_file
from db.errors import NotFound
from db.projects_file import PICTURES, Card, Unreadable

from . import _head, keys, pages, sheets
from .sheets import Drawn

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as the page shows it. `picture` and `srcset` are addresses; 0 for a size that nobody knows."""

    name: str
    words: str
    links: tuple[tuple[str, str], ...]
    picture: str = ""
    srcset: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0


async def show(request: web.Request) -> web.Response:
    """GET /projects"""
    app = request.app

    async def read() -> pages.Context:
        return {"head": _head.of_page(app, "Projects", request.path), "cards": await everything(app)}

    return await pages.shelved(request, ("projects.show",), "projects/show.html", read)


async def everything(app: web.Application) -> list[Shown]:
    """All cards in the order of the page, for the porch too."""
    added = [_added(one) for one in await projects.all_added(app[keys.STORE].pool)]
    return added + [_filed(app, one) for one in await asyncio.to_thread(_cards, app)]


async def picture(request: web.Request) -> web.Response:
    """GET /projects/{picture}: the picture of a card of projects.toml, which stands beside that file."""
    app, name = request.app, request.match_info["picture"]

    async def make() -> Drawn:
        return await asyncio.to_thread(_picture, app, name)

    return sheets.answer(request, await app[keys.SHELF].find(("projects.picture", name), make))


def _picture(app: web.Application, name: str) -> Drawn:
    """Raises NotFound for one that no card has."""
    found = (
        projects_file.picture_path(app[keys.CONFIG].projects_path, name)
        if any(one.picture == name for one in _cards(app))
        else None
    )
    if found is None:
        raise NotFound("There is no such picture.")
    body = found.read_bytes()
    return Drawn(body, PICTURES[found.suffix.lower()], (body,))


def _cards(app: web.Application) -> list[Card]:
    """A file that cannot be read is told in the log, and the page does without it."""
    try:
        return projects_file.read(app[keys.CONFIG].projects_path)
    except Unreadable as error:
        log.warning("%s", error)
        return []


def _filed(app: web.Application, card: Card) -> Shown:
    address = ""
    if card.picture and projects_file.picture_path(app[keys.CONFIG].projects_path, card.picture):
        address = pages.url_for(app, "projects.picture", {"picture": card.picture})
    return Shown(card.name, card.text.strip(), tuple(card.links.items()), address, "", card.alt)


def _added(one: projects.Project) -> Shown:
    links = tuple((link.label, link.url) for link in one.links)
    if one.picture is None:
        return Shown(one.name, one.content, links)
    base, held = f"/media/{one.picture.media}", one.picture
    srcset = ", ".join(f"{base}/{width}.{held.ext} {width}w" for width in held.widths)
    whole = f"{base}/full.{held.ext}"
    if srcset:
        srcset += f", {whole} {held.width}w"
    return Shown(one.name, one.content, links, whole, srcset, held.alt, held.width, held.height)
