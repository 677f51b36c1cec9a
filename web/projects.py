"""The portfolio: /projects, the cards of projects.toml and those that were added from Discord."""

import asyncio
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from db import projects, projects_file
from db.errors import NotFound
from db.projects_file import PICTURES, Card, Unreadable

from . import _head, keys, pages, sheets
from .sheets import Drawn

log = logging.getLogger(__name__)
NO_PICTURE = "There is no such picture."
LOOK = 5.0  # seconds for which the file is taken to be as it was


class Filed:
    """The cards of projects.toml and the names of those of their pictures that are there, read every few seconds at
    most. A file that cannot be read is told in the log, once, and the pages do without it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = float("-inf")
        self._known: tuple[list[Card], set[str]] = [], set()
        self._told = ""

    async def read(self) -> tuple[list[Card], set[str]]:
        if time.monotonic() - self._read_at >= LOOK:
            self._known = await asyncio.to_thread(self._read)
            self._read_at = time.monotonic()
        return self._known

    def _read(self) -> tuple[list[Card], set[str]]:
        try:
            cards, trouble = projects_file.read(self._path), ""
        except Unreadable as error:
            cards, trouble = [], str(error)
        if trouble and trouble != self._told:
            log.warning("%s", trouble)
        self._told = trouble
        named = {card.picture for card in cards if card.picture}
        return cards, {name for name in named if projects_file.picture_path(self._path, name)}


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
    added = await app[keys.SHELF].recall("projects.added", lambda: projects.all_added(app[keys.STORE].pool))
    cards, pictures = await app[keys.PROJECTS].read()
    return [_added(one) for one in added] + [_filed(app, one, one.picture in pictures) for one in cards]


async def picture(request: web.Request) -> web.Response:
    """GET /projects/{picture}: the picture of a card of projects.toml, which stands beside that file."""
    app, name = request.app, request.match_info["picture"]

    async def make() -> Drawn:
        cards, _ = await app[keys.PROJECTS].read()
        if not any(one.picture == name for one in cards):
            raise NotFound(NO_PICTURE)
        return await asyncio.to_thread(_picture, app, name)

    return sheets.answer(request, await app[keys.SHELF].find(("projects.picture", name), make))


def _picture(app: web.Application, name: str) -> Drawn:
    """Raises NotFound for one that is not there."""
    found = projects_file.picture_path(app[keys.CONFIG].projects_path, name)
    if found is None:
        raise NotFound(NO_PICTURE)
    body = found.read_bytes()
    return Drawn(body, PICTURES[found.suffix.lower()], (body,))


def _filed(app: web.Application, card: Card, has_picture: bool) -> Shown:
    address = pages.url_for(app, "projects.picture", {"picture": card.picture}) if has_picture else ""
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
