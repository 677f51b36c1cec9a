"""Draws tokens as plain text for excerpts and titles; what was several lines is separated by spaces."""

from datetime import datetime

from db.markup._mentions import Mentions
from db.markup._moments import in_words
from db.markup._pen import Item
from db.names import clean_name

SPOILER = "(spoiler)"


class PlainPen:
    newline = "\n"

    def __init__(self, mentions: Mentions) -> None:
        self.mentions = mentions

    def text(self, raw: str) -> str:
        return raw

    def wrap(self, kind: str, pieces: list[str], start: int) -> None:
        if kind == "spoiler":
            pieces[start:] = [SPOILER]
        else:
            pieces[start] = ""

    def code(self, raw: str) -> str:
        return raw

    def fence(self, language: str, raw: str) -> str:  # noqa: ARG002 - the language is for those who see the code
        return f" {raw} "

    def link(self, url: str, words: str, beside: str) -> str:  # noqa: ARG002 - an excerpt leads nowhere
        return f"{words} ({beside})" if beside else words

    def mention(self, mark: str, mentioned: str) -> str:
        return mark[0] + clean_name(self.mentions.name(mark, mentioned))

    def command(self, name: str) -> str:
        return f"/{name}"

    def emoji(self, name: str, emoji_id: str, animated: bool) -> str:  # noqa: ARG002 - only the name can be written
        return f":{name}:"

    def moment(self, when: datetime, style: str) -> str:
        return in_words(when, style)

    def quote(self, words: str) -> str:
        return f" {words} "

    def heading(self, marks: str, words: str) -> str:  # noqa: ARG002 - all sizes are one here
        return f" {words} "

    def items(self, items: list[Item]) -> str:
        return " ".join(["", *(item.words for item in items), ""])
