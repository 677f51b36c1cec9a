"""The hub: what happens now, told at once to whoever listens in this process, and who is here now.

`announce` never awaits and never raises. The web listens for content, the relay only to be woken.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

log = logging.getLogger(__name__)

Listener = Callable[[object], None]


class Live:
    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def announce(self, event: object) -> None:
        """Tells every listener, in the order they came. What one raises is logged and does not reach the others."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("A listener failed on %s", type(event).__name__)

    def add(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def remove(self, listener: Listener) -> None:
        self._listeners.remove(listener)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        self.add(listener)
        try:
            yield
        finally:
            self.remove(listener)
