"""The shut door: while the owner works on the house (/site maintenance) everybody else is told to come back."""

from aiohttp import web
from aiohttp.typedefs import Handler

from db.errors import Refused
from db.store import Store

from . import frames, keys
from .audience import Audience
from .sessions import current_person

COME_BACK = 120.0  # seconds
CLOSED = frames.closing(1012, "come back later")
OPEN = ("/static/", "/auth/", "/login", "/logout", "/theme", "/healthz", "/readyz", "/favicon.ico", "/robots.txt")


class ShutDoor(Refused):
    """The owner has shut the door for a while."""

    status = 503

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, "maintenance", COME_BACK)


@web.middleware
async def keep_shut(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Innermost but for the handler, for it has to know who asks. The way in stays open, so that the owner can come."""
    sentence = request.app[keys.STORE].house.closed
    if sentence and not request.path.startswith(OPEN):
        person = await current_person(request)
        if person is None or not person.owner:
            raise ShutDoor(sentence)
    return await handler(request)


def empty(store: Store, audience: Audience) -> None:
    """Sends away who sits there, when the door has just been shut."""
    if store.house.closed:
        audience.send_off(lambda seat: not (seat.person and seat.person.owner), CLOSED)
