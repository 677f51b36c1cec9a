"""Patterns: run by RE2, whose work grows with the text and the pattern's size and with nothing else, whatever is in
them. Both are bounded here, so that no pattern takes longer than a few milliseconds.

Measured with some 9,000 patterns made at random: at most 3.3 ns for each byte and instruction, where the pattern has
more states than RE2 remembers. Patterns of less than 75 instructions cost what one of 75 does.
"""

import re2  # type: ignore[import-untyped]

from db.errors import Refused

SIZE_MAX = 250  # of RE2's instructions: a letter is one, `.` eight, `\p{Cyrillic}` thirty, `\pL` 1,200
WORK = 600_000  # bytes times instructions that one look may take: 2 ms
LEAST = 75
MEMORY = 1 << 16  # bytes for what one compiled pattern remembers
TOO_LARGE = "This pattern is too large to be looked for in everything that is said. Please make it shorter."


class Pattern:
    """`limit`: how many bytes of a text it looks at. Up to 75 instructions that is the longest message in whatever
    letters, up to 150 one in Cyrillic or Greek, and always one in English.
    """

    def __init__(self, source: str) -> None:
        """Raises Refused (`bad_parameter`) for what is no pattern, is too large, or is found everywhere."""
        options = re2.Options()
        options.max_mem, options.case_sensitive = MEMORY, False
        options.never_capture, options.log_errors = True, False
        try:
            self._compiled = re2.compile(source, options)
        except re2.error as error:
            raise Refused(_sentence(error), "bad_parameter") from error
        size = self._compiled.programsize
        if size > SIZE_MAX:
            raise Refused(TOO_LARGE, "bad_parameter")
        self.limit = WORK // max(size, LEAST)
        if self.is_in(""):
            raise Refused("This pattern is found in everything, even where nothing is said.", "bad_parameter")

    def is_in(self, text: str) -> bool:
        """Whether it is found there, large or small letters alike."""
        seen = text.encode("utf-8", "replace")[: self.limit]
        return self._compiled.search(seen) is not None


def _sentence(error: Exception) -> str:
    why = error.args[0] if error.args else ""
    why = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
    if "too large" in why or "repetition size" in why:
        return TOO_LARGE
    return f"This is no pattern of RE2's: {why[:200]}."
