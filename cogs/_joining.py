"""When the relay joins neighbouring messages into one of Discord's, so that delay stays bounded. No I/O."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cogs._pace import Pace
from cogs._wording import Link, fitting
from db.messages import Message
from db.outbox import Queue

PATIENCE = 20.0  # seconds of messages; Discord lets 30 a minute through


def is_crowded(queue: Queue, pace: Pace, moment: float, now: datetime) -> bool:
    """Whether those that wait would take too long one by one, or the first has waited for too long already. `moment` is
    the pace's time.
    """
    if queue.oldest is None or queue.count < 2:
        return False
    return now - queue.oldest > timedelta(seconds=PATIENCE) or pace.seconds_for(queue.count, moment) > PATIENCE


def choose(waiting: Sequence[Message], link: Link, *, crowded: bool) -> tuple[Message, ...]:
    """Those of the waiting messages, oldest first, that leave next: one, or as many as fit into one of Discord's."""
    return tuple(waiting[: fitting(waiting, link) if crowded else 1])
