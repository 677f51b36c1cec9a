"""The record: every act of moderation, by whichever door, is a numbered case and a line in the moderators' channel."""

from db.cases._acts import NO_CASE, forget_evidence, give_reason
from db.cases._opening import REASON_MAX, check_reason, open_case
from db.cases._queries import after, get, latest, latest_of, own, place
from db.cases._seen import has_any, see, unseen
from db.cases._shape import IN_DISCORD, After, Case, Subject

__all__ = [
    "IN_DISCORD",
    "NO_CASE",
    "REASON_MAX",
    "After",
    "Case",
    "Subject",
    "after",
    "check_reason",
    "forget_evidence",
    "get",
    "give_reason",
    "has_any",
    "latest",
    "latest_of",
    "open_case",
    "own",
    "place",
    "see",
    "unseen",
]
