"""Taking the links out of what somebody wrote: what remains says that there was one. Whatever Discord or the site would
make a link of goes, also within code, for one can copy it from there.
"""

import re

from db.markup._tokens import BARE, trim_address

HIDDEN = "[link hidden]"
ROOM = 2000  # characters that a message on the site can have; the mark is longer than the shortest links
MASKED = re.compile(
    r"""\]\([ ]*+<?https?://(?:[^\s<>()]++|\([^\s<>()]*+\))++>?(?:[ ]++"[^"\n]*+")?[ ]*+\)""", re.IGNORECASE
)
PLAIN = re.compile(rf"<?(?:{BARE})>?", re.IGNORECASE)
INVITE = re.compile(r"(?<![\w/.])(?:discord\.gg|discord(?:app)?\.com/invite)/[\w-]++", re.IGNORECASE)
ROW = re.compile(rf"{re.escape(HIDDEN)}(?:\s*{re.escape(HIDDEN)})+")


def hide_links(content: str) -> str:
    """The content with a mark in place of each link; the same where there is none. A masked link keeps its label."""
    hidden = MASKED.sub(f"] {HIDDEN}", content)
    hidden = INVITE.sub(HIDDEN, PLAIN.sub(_hidden, hidden))
    if hidden == content:
        return content
    return ROW.sub(HIDDEN, hidden)[: max(len(content), ROOM)]


def _hidden(found: re.Match[str]) -> str:
    """The punctuation of the sentence around it stays."""
    address = trim_address(found[0])
    return HIDDEN + (found[0][len(address) :] if PLAIN.fullmatch(address) else "")
