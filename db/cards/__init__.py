"""Live cards: the last good answer of each source, kept in PostgreSQL and in memory, and when it is to be asked
again.

cogs/integrations asks the sources and keeps what they answer; the web shows it. Nobody who looks at a page waits for
it.
"""

from ._shape import Card, Cards, Cover, Snapshot

__all__ = ["Card", "Cards", "Cover", "Snapshot"]
