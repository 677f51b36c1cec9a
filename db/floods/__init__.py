"""Floods: how quickly one may speak in a room, its slow mode, and what holds during a raid or a panic."""

from db.floods._alarms import Alarms, follow, load
from db.floods._checking import (
    READ_ONLY,
    apart,
    check,
    check_comment,
    check_new,
    check_pace,
    check_slowmode,
    newcomers,
)
from db.floods._panic import panic

__all__ = [
    "READ_ONLY",
    "Alarms",
    "apart",
    "check",
    "check_comment",
    "check_new",
    "check_pace",
    "check_slowmode",
    "follow",
    "load",
    "newcomers",
    "panic",
]
