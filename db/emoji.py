"""Emoji as reactions: one key for each, however it was written. Called by both doors and by db/writer."""

import re
from collections.abc import Iterable
from functools import cache

import emoji as unicode_emoji

from db.errors import Refused

SELECTOR = "\ufe0f"  # asks for the picture rather than the character; writers leave it out as they like
CUSTOM = re.compile(r"[A-Za-z0-9_]{1,32}:[0-9]{15,20}")
KEY_MAX = 120


def key_of(written: str) -> str:
    """The one key of an emoji: a character in its full form, or `name:id`. What nobody knows stays as it is written,
    without selectors, for Discord may know newer ones.
    """
    bare = written.replace(SELECTOR, "")
    return written if CUSTOM.fullmatch(written) else _full_forms().get(bare, bare)[:KEY_MAX]


def check_key(written: str) -> str:
    """The key of what a visitor reacts with. Raises Refused for what is no emoji."""
    key = key_of(written)
    if not CUSTOM.fullmatch(key) and key.replace(SELECTOR, "") not in _full_forms():
        raise Refused("That is not an emoji that can be used here.", "bad_emoji")
    return key


def same_among(key: str, known: Iterable[str]) -> str:
    """The key under which this emoji is known already: custom ones keep their id when they are renamed."""
    if not is_custom(key):
        return key
    number = key.rpartition(":")[2]
    return next((one for one in known if is_custom(one) and one.rpartition(":")[2] == number), key)


def is_custom(key: str) -> bool:
    return CUSTOM.fullmatch(key) is not None


@cache
def _full_forms() -> dict[str, str]:
    """Emoji without selectors: the same as Unicode recommends to write it (emoji-test.txt, `fully-qualified`)."""
    full = unicode_emoji.STATUS["fully_qualified"]
    return {
        character.replace(SELECTOR, ""): character
        for character, data in unicode_emoji.EMOJI_DATA.items()
        if data["status"] <= full
    }
