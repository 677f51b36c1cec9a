"""When the relay joins neighbouring messages into one of Discord's, so that delay stays bounded. No I/O."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cogs._pace import Pace
from cogs._wording import Link, fitting
from db.messages import Message

PATIENCE = 20.0  # seconds of messages; Discord lets 30 a minute through


def choose(
    waiting: Sequence[Message], count: int, pace: Pace, link: Link, moment: float, now: datetime
) -> tuple[Message, ...]:
    """Those of the waiting messages, oldest first, that leave next: one, or as many as fit into one when all `count` of
    them would take longer than that, or the first has waited that long. `moment` is the pace's time.
    """
    is_late = now - waiting[0].created_at > timedelta(seconds=PATIENCE)
    if count > 1 and (is_late or pace.seconds_for(count, moment) > PATIENCE):
        return tuple(waiting[: fitting(waiting, link)])
    return (waiting[0],)
