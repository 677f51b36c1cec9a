"""What a route may do that others may not: take longer, or read its body by itself as it arrives.

web/middlewares.py asks here; a handler says so where it is defined.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

Handler = TypeVar("Handler", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Allowance:
    """`patience` in seconds: of one that reads its body, until the visitor is told to come back; of any other, for a
    stream once it has begun. None: as long as every other route has.
    """

    patience: float | None = None
    reads_body: bool = False


ORDINARY = Allowance()
_given: dict[object, Allowance] = {}


def allow(*, patience: float, reads_body: bool = False) -> Callable[[Handler], Handler]:
    """Marks a handler. One that reads its body bounds its length and its time itself."""

    def mark(handler: Handler) -> Handler:
        _given[handler] = Allowance(patience, reads_body)
        return handler

    return mark


def of(request: web.Request) -> Allowance:
    return _given.get(request.match_info.handler, ORDINARY)
