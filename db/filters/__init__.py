"""Filters: the rules for what is written on the site, and what is done where one matches. Asked by db/gate and
db/comments; kept by moderators.
"""

from db.filters._acts import add, draft, remove
from db.filters._acts import matches as test
from db.filters._carrying_out import judge_comment, judge_speech, note, note_comment
from db.filters._judging import Words, weigh
from db.filters._memory import Filters, load
from db.filters._queries import listing as all  # noqa: A004 - as it is said: filters.all(conn)
from db.filters._shape import KINDS, WEIGHTS, Filter, Match, Verdict

__all__ = [
    "KINDS",
    "WEIGHTS",
    "Filter",
    "Filters",
    "Match",
    "Verdict",
    "Words",
    "add",
    "all",
    "draft",
    "judge_comment",
    "judge_speech",
    "load",
    "note",
    "note_comment",
    "remove",
    "test",
    "weigh",
]
