"""What the tokenizer needs of whoever draws: HTML for pages (_html.py), a line of text for excerpts (_plain.py)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list: how many spaces stand before it, its number (None for a bullet), its drawn words."""

    indent: int
    number: int | None
    words: str


class Pen(Protocol):
    """Arguments called `words` are drawn already; all others are raw and the pen's to escape."""

    newline: str

    def text(self, raw: str) -> str: ...
    def wrap(self, kind: str, pieces: list[str], start: int) -> None:
        """Puts what was drawn since `start` (the opening mark itself) into an element of this kind."""

    def code(self, raw: str) -> str: ...
    def fence(self, language: str, raw: str) -> str: ...
    def link(self, url: str, words: str, beside: str) -> str:
        """`beside` is the host where the words do not show it, else empty."""

    def mention(self, mark: str, mentioned: str) -> str: ...
    def command(self, name: str) -> str: ...
    def emoji(self, name: str, emoji_id: str, animated: bool) -> str: ...
    def moment(self, when: datetime, style: str) -> str: ...
    def quote(self, words: str) -> str: ...
    def heading(self, marks: str, words: str) -> str: ...
    def items(self, items: list[Item]) -> str: ...
