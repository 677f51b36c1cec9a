"""Which requests come from programs. Rules; called by db/visits."""

from ._shape import Glimpse


def bot_of(glimpse: Glimpse) -> str:
    """The bot's name, such as `Googlebot` or `Monitoring (UptimeRobot)`; empty for what looks like a person."""
    raise NotImplementedError
