"""Reports: what somebody shows the moderators, from a message, a comment, a profile or a chat, and what becomes of it.

Who reports may be anybody who can read it. What was shown is kept as it was then, with a little of what was said around
it; of a chat nothing but what was chosen. Called by web/reports.py, web/chats.py and the moderators' channel.
"""

from db.reports._deciding import decide, forget_words, may_be, note_gone
from db.reports._queries import get
from db.reports._reporting import add, find, report
from db.reports._shape import ABOUT, DONE, Decision, Found, Kind, Report, State
from db.reports._subjects import words

__all__ = [
    "ABOUT",
    "DONE",
    "Decision",
    "Found",
    "Kind",
    "Report",
    "State",
    "add",
    "decide",
    "find",
    "forget_words",
    "get",
    "may_be",
    "note_gone",
    "report",
    "words",
]
