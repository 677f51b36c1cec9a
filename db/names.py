"""What people call themselves and what they say, made fit to keep: cleaned, measured, or refused with a sentence.

Called by both doors before anything is stored (`check_name`, `clean_name`, `clean_content`), by the page that asks for
a name (`suggest_name`), and by the relay for the name above a visitor's message in Discord (`discord_username`).
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from random import Random

from db._confusables import LOOKALIKES, SEQUENCES, plain
from db._name_words import ADJECTIVES, ANIMALS
from db.errors import Refused

NAME_MIN = 2  # visible characters
RAW_NAME_MAX = 512  # normalising is quadratic in a run of combining marks, so what is longer is refused unread
MARKS_MAX = 2  # combining marks on one character; Vietnamese and Hebrew need two
RESERVED = frozenset(
    {"admin", "administrator", "everyone", "formermember", "here", "mod", "moderator", "owner", "staff", "system"}
)
APART = re.compile(r"[\W_]+")
EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")
FALLBACK = "Visitor"
DISCORD_NAME_MAX = 80

# Letters and symbols that draw nothing although their category says otherwise: Hangul fillers, the blank Braille cell,
# Khmer inherent vowels, Mongolian selectors, the grapheme joiner and the supplementary variation selectors.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)
# Discord refuses these words anywhere in a webhook's name; one letter of each is found by what stands around it, so
# that words which overlap ("hereveryone") are all broken.
REFUSED_LETTER = re.compile("c(?=lyde)|(?<=dis)c(?=ord)|e(?=veryone)|(?<=h)e(?=re)")
CYRILLIC = {"c": "\u0441", "e": "\u0435"}
WIDE = str.maketrans({"@": "\uff20", "#": "\uff03", ":": "\uff1a", "`": "\u02cb"})

NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Controls but for tab and newline, lone surrogates (neither PostgreSQL nor UTF-8 takes them), and the bidi characters
# that could turn the text around a message: no language needs an unclosed override.
UNSAYABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


# Rules


def check_name(raw: str, name_max: int, reserved: Iterable[str] = ()) -> str:
    """The name as it will be shown: cleaned, 2 to `name_max` code points, and not taken for somebody of the house.

    `reserved` are names that only others may carry (the owner's, the site's), besides the usual titles; they are
    compared as a reader would take them, see `skeleton`. Raises Refused (`bad_name`).
    """
    name = clean_name(raw)
    if len(name) > name_max or len(raw) > RAW_NAME_MAX:
        raise Refused(f"That name is too long; {name_max} characters fit.", "bad_name")
    if sum(not _is_mark(character) and character != " " for character in name) < NAME_MIN:
        raise Refused(f"Please choose a name of at least {NAME_MIN} letters that can be seen.", "bad_name")
    if is_of_the_house(name, reserved):
        raise Refused("That name belongs to the house. Please choose another one.", "bad_name")
    return name


def is_of_the_house(name: str, reserved: Iterable[str]) -> bool:
    """Whether a reader could take it for one of these names, a usual title, or one with a title in it."""
    # A sign may stand in for a letter (M4r@) or beside the name (@Mara, Mara 2): all readings count.
    readings = {skeleton(name), skeleton("".join(filter(str.isalnum, name)))} - {""}
    names = set(map(skeleton, reserved)) - {""}
    if not readings.isdisjoint(names | set(map(skeleton, RESERVED))) or skeleton(EDGES.sub("", name)) in names:
        return True
    return any(skeleton(word) in TITLES for word in APART.split(name))


def clean_name(raw: str) -> str:
    """The name in NFC on one line without what hides, turns or stacks; of the first 512 characters; may be empty."""
    spaced = "".join(" " if character.isspace() else character for character in raw[:RAW_NAME_MAX])
    visible = "".join(character for character in INVISIBLE.sub("", spaced) if _may_be_shown(character))
    return " ".join(cap_marks(unicodedata.normalize("NFC", visible), MARKS_MAX).split())


def clean_content(raw: str, content_max: int) -> str:
    """What was said, with \\n for every kind of new line, trimmed, without controls, surrogates and bidi overrides.

    At most `content_max` code points: that is how Discord's API counts. Raises Refused (`empty`, `too_long`).
    """
    content = UNSAYABLE.sub("", NEWLINES.sub("\n", raw)).strip()
    if not is_seen(content):
        raise Refused("Please write something first.", "empty")
    if len(content) > content_max:
        raise Refused(f"That is {len(content):,} characters; {content_max:,} fit into one message.", "too_long")
    return content


def is_seen(text: str) -> bool:
    """Whether anything of it is drawn. The first visible character ends the search; what has none would be an empty
    line in Discord.
    """
    return any(unicodedata.category(character)[0] not in "CZ" for character in INVISIBLE.sub("", text))


@lru_cache(maxsize=1024)
def skeleton(name: str) -> str:
    """What is left of a name when everything that a reader may overlook is gone; equal skeletons look alike.

    Compatibility forms, case, accents, separators, letters of other scripts and digits that stand in for letters are
    folded. The idea is that of Unicode's UTS 39; the table is small and made for Latin names.
    """
    folded = "".join(map(plain, unicodedata.normalize("NFKC", name).casefold())).translate(LOOKALIKES)
    letters = "".join(c for c in unicodedata.normalize("NFKD", folded) if c.isalnum()).translate(LOOKALIKES)
    for drawn, meant in SEQUENCES:
        letters = letters.replace(drawn, meant)
    return letters


TITLES = frozenset(map(skeleton, ("admin", "administrator", "moderator", "owner", "staff")))


def cap_marks(text: str, most: int) -> str:
    """The text with at most so many combining marks on one character, and none on a space or on nothing."""
    kept: list[str] = []
    marks = most
    for character in text:
        if _is_mark(character):
            marks += 1
        else:
            marks = most if character.isspace() else 0
        if marks <= most:
            kept.append(character)
    return "".join(kept)


def discord_username(name: str) -> str:
    """The name, altered just enough to be the `username` of a webhook message: 1 to 80 characters; never empty.

    Discord refuses `clyde` and `discord` anywhere and (as some report) `everyone` and `here`. One letter of each
    becomes its Cyrillic twin: an invisible character could be stripped, another one would look like a mistake.
    `@ # :` and backticks become their wide twins, so different names stay different. The relay still has to be ready
    for code 50035 and fall back to FALLBACK.
    """
    widened = clean_name(name).translate(WIDE)
    # A full-width or mathematical letter counts as the plain one, and keeps its place.
    plain = "".join(_plain_letter(character) for character in widened)
    letters = list(widened)
    for match in REFUSED_LETTER.finditer(plain):
        at = match.start()
        twin = CYRILLIC[plain[at]]
        letters[at] = twin.upper() if letters[at].isupper() else twin
    return _cut("".join(letters), DISCORD_NAME_MAX) or FALLBACK


def suggest_name(random: Random) -> str:
    """A friendly name for a visitor who has none at hand: `Quiet Heron`, one of 1,600, at most 20 characters."""
    return f"{random.choice(ADJECTIVES)} {random.choice(ANIMALS)}"


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M"


def _may_be_shown(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":  # this Python's tables are older than the newest emoji
        return "\U0001f000" <= character <= "\U0001faff"
    return category[0] != "C"


def _plain_letter(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).lower()
    return plain if len(plain) == 1 else character


def _cut(text: str, units: int) -> str:
    """The text up to so many UTF-16 units: whichever way Discord counts, it fits."""
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore").strip()
