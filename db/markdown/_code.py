"""Blocks of code in their colours, by Pygments, with what the fence says: title, numbers, lines that stand out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from io import StringIO

from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# `python title="door.py" linenos hl_lines="1 3-5" start=7`, in braces or not, with commas or spaces between
WORD = re.compile(r"""([A-Za-z_-]++)=("[^"]*+"|'[^']*+'|\[[^\]]*+\]|[^\s,}"']++)|([\w#.+-]++)""")
NUMBERS = re.compile(r"(\d{1,6})(?:\s*-\s*(\d{1,6}))?")
TITLE_MAX, LANGUAGE_MAX, LINES_MAX = 200, 40, 20_000
NUMBERED = {"linenos", "linenums", "numbers"}
NO = {"false", "no", "off", "0"}


@dataclass(frozen=True, slots=True)
class Info:
    """What the opening fence says. `start` is the first line's number, 0 for no numbers."""

    language: str = ""
    title: str = ""
    start: int = 0
    marked: frozenset[int] = frozenset()


def read_info(words: str) -> Info:
    language, flags, values = "", set[str](), dict[str, str]()
    for name, value, word in WORD.findall(words):
        if name:
            values[name.lower()] = value.strip("\"'[]")
        elif word.lower() in NUMBERED:
            flags.add(word)
        elif not language:
            language = word.removeprefix(".")[:LANGUAGE_MAX].lower()
    title = values.get("title", values.get("filename", ""))[:TITLE_MAX]
    marked = values.get("hl_lines", values.get("hl", ""))
    return Info(language, title, _start(values, is_numbered=bool(flags)), frozenset(_lines(marked)))


def _start(values: dict[str, str], *, is_numbered: bool) -> int:
    given = values.get("start", values.get("linenostart", values.get("linenums", "")))
    if given.isdecimal() and len(given) < 7 and int(given):
        return int(given)
    asked = values.get("linenos", values.get("linenums", "no")).lower() not in NO
    return 1 if is_numbered or asked else 0


def _lines(written: str) -> Iterator[int]:
    for first, last in NUMBERS.findall(written):
        yield from range(int(first), min(int(last or first), int(first) + LINES_MAX) + 1)


def drawn(code: str, info: Info) -> str:
    lexer = _lexer(info.language)
    html = _coloured(code, lexer) if lexer else f"{escape(code)}\n"
    if info.start or info.marked:
        html = "".join(_in_lines(html, info))
    name = lexer.name if lexer else info.language
    language = f' data-language="{escape(name)}"' if name else ""
    kind = f' class="language-{escape(info.language)}"' if info.language else ""
    caption = f"<figcaption>{escape(info.title)}</figcaption>" if info.title else ""
    code = f'<pre tabindex="0"><code{kind}>{html}</code></pre>'
    return f'<figure class="code"{language}>{caption}{code}</figure>'


def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


def _coloured(code: str, lexer: Lexer) -> str:
    page = StringIO()
    HtmlFormatter(nowrap=True).format(lexer.get_tokens(code), page)
    return page.getvalue()


def _in_lines(html: str, info: Info) -> Iterator[str]:
    """Each line in an element; the formatter lets none of its own go over a line's end."""
    for at, line in enumerate(html.removesuffix("\n").split("\n")):
        number = f' data-n="{info.start + at}"' if info.start else ""
        # Lines are counted from 1 whatever their numbers are, as the other tools do that read such fences.
        kind = "line marked" if at + 1 in info.marked else "line"
        yield f'<span class="{kind}"{number}>{line}\n</span>'
