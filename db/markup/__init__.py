"""Discord's own markup, drawn safely: what strangers write becomes HTML here and nowhere else.

An escape-first tokenizer: every character is either escaped text or part of a token that this package knows, and only
the package's own tags reach the page. It reads each character a bounded number of times whatever it is given, so a
hostile message costs no more than a long one; nh3 checks the result once more. Called by web/frames.py for pages and
sockets, by whoever needs a line of plain text, and by the relay for names.
"""

import re

from db.markup._blocks import draw
from db.markup._hiding import hide_links
from db.markup._html import HtmlPen
from db.markup._mentions import NONE, Mentions
from db.markup._plain import PlainPen
from db.markup._wall import checked
from db.names import NEWLINES, UNSAYABLE, cap_marks

__all__ = ["NONE", "Mentions", "escape", "excerpt", "hide_links", "plain", "render"]

MARKS_MAX = 4  # combining marks on one character: pointed Hebrew, Thai and keycap emoji stay whole, towers fall
# What Discord reads as markup in the middle or at the start of a line. A colon keeps addresses from becoming links.
ESCAPED = re.compile(r"[\\`*_~|\[\]()<>#+\-:@]|(?<=[0-9])\.")


def render(content: str, mentions: Mentions = NONE) -> str:
    """The content as an HTML fragment for a block element; never raises, whatever the content is.

    Takes time in proportion to the length: some 30 µs for an ordinary message, 4 ms for the worst 2,000 characters. The
    tags and attributes that can occur are those of _wall.py. It keeps nothing: a cache is the caller's.
    """
    return checked(draw(_visible(content), HtmlPen(mentions)))


def plain(content: str, mentions: Mentions = NONE) -> str:
    """The content as one line of plain text (not escaped for HTML), without markup; spoilers stay hidden."""
    return " ".join(draw(_visible(content), PlainPen(mentions)).split())


def excerpt(content: str, limit: int = 72, mentions: Mentions = NONE) -> str:
    """The beginning of the plain text, at most `limit` characters, with an ellipsis where something was left out."""
    words = plain(content, mentions)
    if len(words) <= limit:
        return words
    cut = words[: limit - 1]
    whole = cut.rpartition(" ")[0] if words[limit - 1] != " " else cut
    return (whole if len(whole) > limit // 2 else cut).rstrip() + "…"


def escape(text: str) -> str:
    """The text with a backslash wherever Discord would see markup, so that it appears literally in a message."""
    return ESCAPED.sub(lambda found: "\\" + found[0], text)


def _visible(content: str) -> str:
    """Without controls, surrogates, bidi overrides and towers of marks: what came from Discord was never cleaned."""
    content = UNSAYABLE.sub("", NEWLINES.sub("\n", content))
    return content if content.isascii() else cap_marks(content, MARKS_MAX)
