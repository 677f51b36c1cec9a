"""The record: every act of moderation, by whichever door, is a numbered case and a line in the moderators' channel."""

from db.cases._opening import open_case
from db.cases._queries import get
from db.cases._shape import Case, Subject

__all__ = ["Case", "Subject", "get", "open_case"]
