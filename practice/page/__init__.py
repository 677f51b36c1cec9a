"""The page."""

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from practice.server import Practice


def add_page(app: web.Application, practice: "Practice") -> None:
    pass
