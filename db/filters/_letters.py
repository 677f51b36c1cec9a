"""How a rule reads what was said: without what hides, and with letters that look alike taken for the same."""

import re
import unicodedata
from functools import cached_property, lru_cache

from db._confusables import LOOKALIKES, plain
from db.filters._shape import LOOKED_AT
from db.names import cap_marks

MARKS_MAX = 4  # combining marks on one character; the scripts that people write need no more
WORD = re.compile(r"\w+")
SIGNS = re.compile(r"[\W_]+")
EDGES = "!\"'()*,-./:;?[]_`{|}~<>"
SPELLED = 3  # single letters one after the other that are a word from here on
CACHED = 20_000
BYTES_MAX = 4 * LOOKED_AT  # as many as what was said has itself

# What draws nothing and no script or emoji needs: soft hyphens, fillers, zero-width spaces, joiners of words, tags.
HIDDEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u206f\u3164\ufeff\uffa0\U000e0000-\U000e007f]"
)
CONTROLS = "\u202a-\u202e\u2066-\u2069"
TURNING = re.compile(f"[{CONTROLS}]")  # text around them would run the other way
# Telephones put them around names and numbers, and end them on the line: then nothing around runs otherwise.
ASIDE = re.compile(f"[\u202a\u202b][^{CONTROLS}\n]*\u202c|[\u2066-\u2068][^{CONTROLS}\n]*\u2069")
HYPHENATED = re.compile("(?<=\\w)\u00ad(?=\\w)")  # where a long word may be broken; pages are full of them
FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")  # of England, Scotland and Wales: the tags are part of it
JOINING = re.compile("[\u200c-\u200f\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # some scripts and emoji do need these
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")


class Letters(dict[int, str | None]):
    """What each character is read as, for str.translate; worked out when it is first met."""

    def __missing__(self, point: int) -> str | None:
        if len(self) >= CACHED:
            self.clear()
        read = self[point] = _read_as(chr(point))
        return read


def _read_as(character: str) -> str | None:
    if character.isascii():
        return character
    if unicodedata.category(character)[0] == "M":
        return None
    if unicodedata.normalize("NFKD", character)[0] in "i\u0456\u03b9\u0131":
        return "i"  # the table takes i and l for one, which in a text would make one word of fail and fall
    return LOOKALIKES.get(ord(character)) or plain(character)


@lru_cache(CACHED)
def _no_longer(character: str) -> str:
    """In the usual form, unless that takes more room: one character may stand for eighteen, and a message of them
    would hide whatever comes after.
    """
    if unicodedata.is_normalized("NFKC", character):
        return character
    usual = unicodedata.normalize("NFKC", character)
    return usual if len(usual.encode("utf-8", "replace")) <= len(character.encode("utf-8", "replace")) else character


LETTERS = Letters()
DISGUISES = str.maketrans({chr(point): letter for point, letter in LOOKALIKES.items() if point < 128})


def folded(text: str) -> str:
    """In small letters without accents, those of other scripts as the Latin ones that they look like."""
    small = text.casefold()
    return small if small.isascii() else unicodedata.normalize("NFD", small).translate(LETTERS)[:BYTES_MAX]


def undisguised(token: str) -> str:
    """With digits and signs read as the letters they stand for, and nothing in between."""
    return SIGNS.sub("", token.translate(DISGUISES))


class Reading:
    """The first 2,000 characters of what was said, in the ways in which rules look at it; each made when it is first
    asked for, in a time that grows with the length alone.
    """

    def __init__(self, content: str) -> None:
        self.content = content[:LOOKED_AT]

    @cached_property
    def visible(self) -> str:
        """As a reader sees it, in the characters that are usual for it."""
        if self.content.isascii():
            return self.content
        shown = cap_marks(JOINING.sub("", HIDDEN.sub("", self.content)), MARKS_MAX)
        usual = unicodedata.normalize("NFKC", shown)
        fits = len(usual.encode("utf-8", "replace")) <= BYTES_MAX
        return usual if fits else "".join(map(_no_longer, shown))

    @cached_property
    def _folded(self) -> str:
        return folded(self.visible)

    @cached_property
    def words(self) -> str:
        """The words one by one, with a space before and after each."""
        return f" {' '.join(WORD.findall(self._folded))} "

    @cached_property
    def disguised(self) -> frozenset[str]:
        """Words that are written with signs or spaces in them, `c@sin0` or `c a s i n o`, as they are meant."""
        tokens = (token.strip(EDGES) for token in self._folded.split())
        found = {undisguised(token) for token in tokens if not token.isalpha()}
        run = ""
        for word in [*WORD.findall(self._folded), "  "]:
            if len(word) == 1:
                run += word
                continue
            if len(run) >= SPELLED:
                found.add(undisguised(run))
            run = ""
        return frozenset(found)

    @property
    def letters(self) -> str:
        """Only what it is made of: the same for words that differ in case, space, signs and look-alikes."""
        return SIGNS.sub("", self._folded)


class Phrase:
    """A word, or a run of words, that is looked for whole."""

    def __init__(self, text: str) -> None:
        reading = Reading(text)
        self._words, self._letters = reading.words, undisguised(reading.words)
        self._piece = reading.visible.casefold().strip()
        self._is_anywhere = not self._words.strip() or bool(UNSPACED.search(text))

    def is_in(self, reading: Reading) -> bool:
        if self._is_anywhere:
            return self._piece in reading.visible.casefold()
        return self._words in reading.words or self._letters in reading.disguised


def most_marks(text: str) -> int:
    """How many combining marks stand on one character at most."""
    if text.isascii():
        return 0
    most = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        most = max(most, run)
    return most


def count_hidden(text: str) -> int:
    """How many characters nobody sees and nothing needs."""
    return 0 if text.isascii() else len(HIDDEN.findall(HYPHENATED.sub("", FLAG.sub("", text))))


def is_turned(text: str) -> bool:
    """Whether some of it would run the other way."""
    return not text.isascii() and TURNING.search(ASIDE.sub("", text)) is not None
