"""Visitor numbers: page views counted here, without cookies and without bots, and kept as sums of days.

web/counting.py notes what was seen, which costs no round trip; a loop writes it each second. No address and no user
agent is ever kept or logged: of a visitor there is a number drawn by chance, which means nothing once its salt is
deleted.
"""

from ._bots import bot_of
from ._excluding import exclude
from ._flushing import counting, flush
from ._rolling import forget, roll_up
from ._shape import Glimpse
from ._visits import Visits

__all__ = ["Glimpse", "Visits", "bot_of", "counting", "exclude", "flush", "forget", "roll_up"]
