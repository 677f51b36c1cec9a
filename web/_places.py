"""A room as its pages and forms know it: which one it is, and where its addresses are.

Made by web/hangout.py and web/chats.py; the forms of both are in web/_talking.py, the pages in web/_room_pages.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from aiohttp import web

from db.rooms import Manner

from . import pages


class Whence(TypedDict):
    """From where something is said, and whether for everybody: the network, the session, and the kind of room."""

    network: str
    session_id: int | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Place:
    """`family` names its routes and templates, `home` that of the room's own page. `missing` is said to who has no
    right to speak here yet, `around` gives what its page shows besides the messages.
    In a chat `read_to` is the newest message that the other has read, as far as they tell. `manner`: how one may speak.
    """

    app: web.Application
    id: int
    family: str
    home: str
    socket: str
    history: str
    missing: str
    around: Callable[[], dict[str, Any]]
    params: Mapping[str, object] = field(default_factory=dict)
    is_open: bool = True
    read_to: int = 0
    manner: Manner = field(default_factory=Manner)

    @property
    def is_chat(self) -> bool:
        return self.family == "chats"

    @property
    def here(self) -> str:
        return self.url(self.home)

    def url(self, name: str, **params: object) -> str:
        """The address of one of the room's routes, such as `say`."""
        return pages.url_for(self.app, f"{self.family}.{name}", {**self.params, **params})

    def template(self, name: str) -> str:
        return f"{self.family}/{name}.html"
