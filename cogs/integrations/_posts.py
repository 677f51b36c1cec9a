"""Posts from elsewhere as cards show them: paragraphs, line breaks and links, and nothing else of their markup."""

import html
import re
from collections.abc import Iterable
from typing import Any

import nh3

from db.cards import Snapshot
from db.names import NEWLINES, UNSAYABLE, cap_marks

from ._words import line, link

RAW_MAX = 40_000  # characters of markup that are read; a post of Mastodon's has 500, elsewhere some thousands
SHOWN_MAX = 1_200  # characters that can be read of it
TAGS_MAX = 400  # tags, and texts between them
MARKS_MAX = 4  # combining marks on one character, as in what people say here
PICTURES_MAX = 4
ALT_MAX = 500

CODES_MAX = 100  # emoji of one post
CODE = re.compile(r"[A-Za-z0-9_]{1,64}")
TAG = re.compile(r"(<[^<>]*>)")

# Mastodon hides the ends of long addresses by classes, which are not kept: what stands in them goes first.
HIDDEN = re.compile(r'<span class="invisible">[^<>]*</span>')
CUT = re.compile(r'<span class="ellipsis">([^<>]*)</span>')
BLOCK = re.compile(r"<(/?)(?:blockquote|div|h[1-6]|li|pre)\b[^<>]*>", re.IGNORECASE)
NOTHING = re.compile(r"<p>\s*</p>|<a [^<>]*>\s*</a>")
TOKEN = re.compile(r"<(/?)(\w+)[^<>]*>|[^<]+")
_CLEANER = nh3.Cleaner(
    tags={"p", "br", "a"},
    clean_content_tags={"script", "style", "template"},
    attributes={"a": {"href"}},
    attribute_filter=lambda _tag, name, value: link(value) if name == "href" else value,
    link_rel="nofollow noopener ugc",
    url_schemes={"http", "https"},
)


def cleaned(markup: str, most: int = SHOWN_MAX) -> str:
    """The fragment as it may stand on a page, with at most so many characters to read."""
    shorter = CUT.sub(r"\1…", HIDDEN.sub("", markup[:RAW_MAX]))
    safe = _CLEANER.clean(BLOCK.sub(r"<\1p>", shorter))
    visible = cap_marks(UNSAYABLE.sub("", NEWLINES.sub("\n", safe)), MARKS_MAX)
    shown = _shortened(NOTHING.sub("", visible).strip(), most)
    return shown if shown.startswith("<p>") or not shown else f"<p>{shown}</p>"


def without(text: str, codes: Iterable[str], put: str = "") -> str:
    """The text or markup with `put` for each `:code:` of a picture that only its own server has; `\\1` is the code.
    What stands in tags stays, for it may be an address.
    """
    known = "|".join(re.escape(code) for code in list(codes)[:CODES_MAX] if CODE.fullmatch(code))
    if not known:
        return text
    found = re.compile(f":({known}):")
    parts = TAG.split(text[:RAW_MAX])
    return "".join(part if part.startswith("<") else found.sub(put, part) for part in parts)


def paragraphs(drawn: str) -> str:
    """Text whose characters and links are markup already, with its lines and paragraphs as markup too."""
    parts = (part.strip("\n").replace("\n", "<br>") for part in re.split(r"\n\s*\n", NEWLINES.sub("\n", drawn)))
    return "".join(f"<p>{part}</p>" for part in parts if part.strip())


def post(
    *,
    name: str,
    handle: str,
    url: str | None,
    at: str | None,
    markup: str,
    pictures: Iterable[tuple[str | None, str | None]],
    card: tuple[str | None, str | None] = (None, None),
    warning: str | None = None,
    is_sensitive: bool = False,
    reposts: int | None = 0,
    likes: int | None = 0,
    replies: int | None = 0,
    is_poll: bool = False,
) -> Snapshot:
    """The card of this post. `pictures` are addresses with what describes them, `card` a link's address and title."""
    seen = [(there, line(alt, ALT_MAX)) for where, alt in pictures if (there := link(where))][:PICTURES_MAX]
    to = link(card[0])
    data: dict[str, Any] = {
        "name": line(name, 80) or line(handle, 80),
        "handle": line(handle, 200),
        "url": link(url),
        "at": at,
        "html": cleaned(markup),
        "warning": line(warning, 200) or None,
        "is_sensitive": is_sensitive,
        "reposts": max(0, reposts or 0),
        "likes": max(0, likes or 0),
        "replies": max(0, replies or 0),
        "pictures": [{"key": str(n), "alt": alt} for n, (_, alt) in enumerate(seen)],
        "link": {"url": to, "title": line(card[1], 150) or to} if to else None,
        "poll": is_poll,
    }
    return Snapshot(data, {str(n): where for n, (where, _) in enumerate(seen)})


def _shortened(safe: str, most: int) -> str:
    """What nh3 made, ended after so many characters or TAGS_MAX pieces, with what is open then closed. A link that
    leads nowhere is its words.
    """
    kept: list[str] = []
    opened: list[str] = []
    for n, token in enumerate(TOKEN.finditer(safe)):
        if n == TAGS_MAX:
            kept.append("…")
            break
        if not token[2]:
            words = html.unescape(token[0])
            if len(words) > most:
                kept.append(html.escape(words[: max(0, most - 1)].rstrip(), quote=False) + "…")
                break
            most -= len(words)
            kept.append(token[0])
        elif token[1]:
            kept.append(opened.pop() if opened else "")
        else:
            is_kept = token[2] != "a" or " href=" in token[0]
            if token[2] != "br":
                opened.append(f"</{token[2]}>" if is_kept else "")
            kept.append(token[0] if is_kept else "")
    return "".join([*kept, *reversed(opened)])
