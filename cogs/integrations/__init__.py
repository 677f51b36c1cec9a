"""The sources of live cards, one module each, named as its section of config.toml and its partial in templates/cards.

A source is a module with `async def fetch(outbound: Outbound, settings: Source) -> Snapshot`; one that tells by itself
what changes has `async def listen(outbound, settings, put) -> None` as well, which ends only by raising. See
docs/cards.md.
"""

from ._engine import refreshing
from ._wire import asking

__all__ = ["asking", "refreshing"]
