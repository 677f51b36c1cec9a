"""Sanctions: who is kept out (banned) or only reads (muted), as a person, from a network, or in a session."""

from db.sanctions._memory import Sanctions, check
from db.sanctions._shape import Caller, Sanction

__all__ = ["Caller", "Sanction", "Sanctions", "check"]
