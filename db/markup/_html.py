"""Draws tokens as HTML. Whatever is not one of the tags below goes through html.escape; nothing else is inserted."""

import re
from datetime import datetime
from html import escape

from db.markup._mentions import Mentions
from db.markup._moments import in_words
from db.markup._pen import Item
from db.names import clean_name

TAGS = {
    "strong": ("<strong>", "</strong>"),
    "em*": ("<em>", "</em>"),
    "em_": ("<em>", "</em>"),
    "underline": ("<u>", "</u>"),
    "strike": ("<s>", "</s>"),
    # Shown on focus by the style sheet, so it needs no script. A group, not a button: a button's label is all that a
    # screen reader tells of it, and the hidden text could then never be read. With script, static/hangout/spoilers.js
    # puts a button before the words, and keeps them from everybody until it is pressed.
    "spoiler": ('<span class="spoiler" tabindex="0" role="group" aria-label="Spoiler">', "</span>"),
}
HEADINGS = {
    "#": "h1",
    "##": "h2",
    "###": "h3",
    "-#": "subtext",
}  # classes: real headings would spoil the page's outline
LISTS_MAX = 4
EMPTY_LINES = re.compile("\n{4,}")  # two empty lines are enough for anybody; hundreds would push others off the page


class HtmlPen:
    newline = "<br>"

    def __init__(self, mentions: Mentions) -> None:
        self.mentions = mentions

    def text(self, raw: str) -> str:
        if "\n" not in raw:
            return escape(raw)
        return escape(EMPTY_LINES.sub("\n\n\n", raw)).replace("\n", "<br>")

    def wrap(self, kind: str, pieces: list[str], start: int) -> None:
        opening, closing = TAGS[kind]
        pieces[start] = opening
        pieces.append(closing)

    def code(self, raw: str) -> str:
        return f"<code>{escape(raw)}</code>"

    def fence(self, language: str, raw: str) -> str:
        kind = f' class="lang-{escape(language.lower())}"' if language else ""
        return f"<pre><code{kind}>{escape(raw)}</code></pre>"

    def link(self, url: str, words: str, beside: str) -> str:
        host = f' <span class="host">({escape(beside)})</span>' if beside else ""
        return f'<a href="{escape(url)}">{words}</a>{host}'  # rel and target are added by the wall, to every link

    def mention(self, mark: str, mentioned: str) -> str:
        return _mention(mark[0], self.mentions.name(mark, mentioned))

    def command(self, name: str) -> str:
        return _mention("/", name)

    def emoji(self, name: str, emoji_id: str, animated: bool) -> str:
        source = f"/media/discord/emojis/{emoji_id}.{'gif' if animated else 'webp'}"
        return (
            f'<img class="emoji" src="{source}" alt=":{name}:" title=":{name}:" width="22" height="22" loading="lazy">'
        )

    def moment(self, when: datetime, style: str) -> str:
        machine = when.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")  # years before 1000 come without their zeros
        return f'<time datetime="{machine}" data-style="{style}">{in_words(when, style)}</time>'

    def quote(self, words: str) -> str:
        return f"<blockquote>{words}</blockquote>"

    def heading(self, marks: str, words: str) -> str:
        return f'<div class="{HEADINGS[marks]}">{words}</div>'

    def items(self, items: list[Item]) -> str:
        pieces: list[str] = []
        levels: list[tuple[int, str]] = []  # indent and closing tag of each open list

        for item in items:
            while levels and item.indent < levels[-1][0]:
                pieces.append(levels.pop()[1])
            opening, closing = _list_tags(item.number)
            deeper = not levels or (item.indent >= levels[-1][0] + 2 and len(levels) < LISTS_MAX)
            if not deeper and closing == levels[-1][1]:
                pieces.append(f"</li><li>{item.words}")
                continue
            if not deeper:
                pieces.append(levels.pop()[1])
            levels.append((item.indent, closing))
            pieces.append(f"{opening}<li>{item.words}")
        pieces.extend(closing for _, closing in reversed(levels))
        return "".join(pieces)


def _list_tags(number: int | None) -> tuple[str, str]:
    """An opening tag, and a closing one that also ends the last item."""
    if number is None:
        return "<ul>", "</li></ul>"
    return "<ol>" if number == 1 else f'<ol start="{number}">', "</li></ol>"


def _mention(sign: str, name: str) -> str:
    """The name stands in <bdi>, so that its direction ends with it."""
    return f'<span class="mention">{sign}<bdi>{escape(clean_name(name))}</bdi></span>'
