"""Characters that a reader takes for a Latin letter: for names.skeleton, nothing else. Keys are already casefolded."""

import re
import unicodedata

# Cyrillic, Greek, Armenian and other letters, then the digits and signs that stand in for letters. `i`, `l`, `1` and
# `|` all become `l`: in many fonts no eye can tell the capital I from the small l.
_TWINS = {
    "a": "\u0430\u03b1\u0251@4",
    "b": "\u0432\u042c\u044c\u03b2\u0184\u01858",
    "c": "\u0441\u03f2\u03c2\u1d04",
    "d": "\u0501\u0257",
    "e": "\u0435\u0451\u0454\u03b5\u044d\u212e3",
    "f": "\u03dd\u0192",
    "g": "\u0261\u0581\u018d9",
    "h": "\u04bb\u043d\u0570\u03b7",
    "j": "\u0458\u03f3",
    "k": "\u043a\u03ba\u049b",
    "l": "i\u0456\u0457\u03b9\u04cf\u04c0\u0131\u013a\u0142\u05c01!|\u00a1\u01c0",
    "m": "\u043c\u03bc",
    "n": "\u043f\u0578\u057c\u0438\u0439",
    "o": "\u043e\u03bf\u0585\u00f8\u03c3\u0e4f0",
    "p": "\u0440\u03c1\u00fe",
    "q": "\u051b\u0563",
    "r": "\u0433\u0491\u027c",
    "s": "\u0455\u0282$5",
    "t": "\u0442\u03c4\u01ad7+",
    "u": "\u03c5\u057d\u0446\u028b",
    "v": "\u03bd\u0475",
    "w": "\u0448\u0449\u051d\u03c9\u0561",
    "x": "\u0445\u03c7\u00d7",
    "y": "\u0443\u04af\u03b3",
    "z": "\u01b62",
}
# Lisu and Cherokee letters that are drawn like Latin capitals, and a few strays of other scripts.
_CAPITALS = {
    "a": "\ua4ee\u13aa",
    "b": "\ua4d0\u13f4\u13cf",
    "c": "\ua4da\u13df",
    "d": "\ua4d3\u13a0\u13e7",
    "e": "\ua4f0\u13ac",
    "f": "\ua4dd",
    "g": "\ua4d6\u13c0\u13f3",
    "h": "\ua4e7\u13bb\u13c2",
    "j": "\ua4d9\u13ab",
    "k": "\ua4d7\u13e6",
    "l": "\ua4e1\u13de\ua4f2\u13a5\u13c6",
    "m": "\ua4df\u13b7",
    "n": "\ua4e0",
    "o": "\ua4f3\u13be\u13a4\u2c9f\u0d20\u0ed0\u101d\u0665\u06f5",
    "p": "\ua4d1\u13e2",
    "r": "\ua4e3\u13a1\u13d2\u0280\u01a6",
    "s": "\ua4e2\u13d5\u13da",
    "t": "\ua4d4\u13a2",
    "u": "\ua4f4",
    "v": "\ua4e6\u13d9",
    "w": "\ua4ea\u13b3\u13d4",
    "x": "\ua4eb",
    "y": "\ua4ec\u13a9\u13bd",
    "z": "\ua4dc\u13c3",
}
_NAMED = re.compile(r"LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .+)?")
_ENCLOSED = (0x1F150, 0x1F170, 0x1F1E6)  # where the alphabets of white letters on black, and of flags, begin

LOOKALIKES = str.maketrans(
    {twin: letter for table in (_TWINS, _CAPITALS) for letter, twins in table.items() for twin in twins}
)


def plain(character: str) -> str:
    """The letter or digit that a character is a form of, going by its name and place in Unicode; else itself."""
    if character.isascii() or ord(character) in LOOKALIKES:
        return character
    for first in _ENCLOSED:
        if first <= ord(character) < first + 26:
            return chr(ord("a") + ord(character) - first)
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    named = _NAMED.fullmatch(unicodedata.name(character, ""))
    return named[1].lower() if named else character


SEQUENCES = (("rn", "m"), ("vv", "w"))
