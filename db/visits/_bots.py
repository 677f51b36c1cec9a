"""Which requests come from programs. Rules; called by db/visits."""

from ._agents import told_by
from ._shape import Glimpse
from ._signs import oddity


def bot_of(glimpse: Glimpse) -> str:
    """The bot's name, such as `Googlebot` or `Monitoring (UptimeRobot)`; empty for what looks like a person."""
    told = told_by(glimpse.agent)
    return told.bot or oddity(glimpse, told)
