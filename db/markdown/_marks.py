"""Small marks within a line: ~~struck out~~ and :emoji:."""

import re
from functools import cache

import emoji
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor, SimpleTagInlineProcessor

STRUCK = r"(?<!~)(~~)(?!~)((?:[^~]|~(?!~))+)~~(?!~)"  # each try ends at the next pair: linear
NAMED = r":([a-z0-9_+\-]{1,48}):"


class MarksExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.inlinePatterns.register(SimpleTagInlineProcessor(STRUCK, "del"), "struck", 65)
        md.inlinePatterns.register(Emoji(NAMED, md), "emoji", 64)
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "~", ":"]


class Emoji(InlineProcessor):
    def handleMatch(  # type: ignore[override] # noqa: N802 - the library's name
        self, m: re.Match[str], _data: str
    ) -> tuple[str | None, int | None, int | None]:
        character = _characters().get(m[1])
        return (character, m.start(0), m.end(0)) if character else (None, None, None)


@cache
def _characters() -> dict[str, str]:
    """Every emoji by each of its names in English, as Unicode and chats call it."""
    full = emoji.STATUS["fully_qualified"]
    return {
        name.strip(":").lower(): character
        for character, data in emoji.EMOJI_DATA.items()
        if data["status"] <= full
        for name in (data["en"], *data.get("alias", ()))
    }
