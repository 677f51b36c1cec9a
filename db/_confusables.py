"""Characters that a reader takes for a Latin letter: for names.skeleton, nothing else. Keys are already casefolded."""

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
LOOKALIKES = str.maketrans({twin: letter for letter, twins in _TWINS.items() for twin in twins})
SEQUENCES = (("rn", "m"), ("vv", "w"))
