"""Live cards: the last good answer of each source, kept in PostgreSQL and in memory, and when it is to be asked
again.

cogs/integrations asks the sources and keeps what they answer; the web shows it. Nobody who looks at a page waits for
it.
"""

from ._asking import enrol, failed, let_go, pause, put_off, refresh, resume, take
from ._fading import Fading
from ._keeping import confirm, develop, keep
from ._lamp import light, show, told_of
from ._memory import follow, load, looked, renew, shown
from ._queries import covers, picture, state, states
from ._shape import Card, Cards, Cover, Picture, Snapshot, State
from ._telling import record_told, untold

__all__ = [
    "Card",
    "Cards",
    "Cover",
    "Fading",
    "Picture",
    "Snapshot",
    "State",
    "confirm",
    "covers",
    "develop",
    "enrol",
    "failed",
    "follow",
    "keep",
    "let_go",
    "light",
    "load",
    "looked",
    "pause",
    "picture",
    "put_off",
    "record_told",
    "refresh",
    "renew",
    "resume",
    "show",
    "shown",
    "state",
    "states",
    "take",
    "told_of",
    "untold",
]
