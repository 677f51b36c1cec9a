"""The picture that stands for a post where it is linked: its title in pixel type. Run in the press's child.

The fonts are those of the pages; they know Latin, Greek and Cyrillic letters. What they do not know is left out, and
a title that would lose much of itself gives its place to the site's name.
"""

import io
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

STATIC = Path(__file__).parents[1] / "static"
SIZE = (1200, 630)
PAPER, INK, MUTED, ACCENT, EDGE = "#1a1423", "#f1e9da", "#b3a8c4", "#f2b84b", "#40344f"
DISPLAY, PIXEL = "press-start-2p", "departure-mono"  # in multiples of 8 and of 11 pixels
LEFT, TOP, WIDTH, HEIGHT = 80, 80, 1040, 350  # where the title stands
SIZES = {DISPLAY: (80, 64, 56, 48, 40, 32, 24), PIXEL: (77, 66, 55, 44, 33, 22)}
FOOT, FOOT_WIDTH = 44, 860
ENOUGH = 0.6  # of a title's letters
PLAIN = str.maketrans(  # what the fonts of the pages lack, in signs that they have
    {
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2018": "'",
        "\u2019": "'",
        "\u2013": "-",
        "\u2014": "-",
        "\xa0": " ",
    }
    | {"\u2026": "..."}
)
STROKE = re.compile(r"M(\d+) (\d+)h(\d+)v1H\d+z")
FILLED = re.compile(r'fill="(#[0-9a-f]{6})" d="([^"]+)"')


def letter(title: str, by: str, site: str) -> bytes:
    """A PNG of `SIZE`."""
    card = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(card)
    pen.fontmode = "1"  # no grey between the pixels
    pen.rectangle((24, 24, SIZE[0] - 25, SIZE[1] - 25), outline=EDGE, width=8)
    _write_title(pen, *(_readable(title) or _readable(site) or (PIXEL, "")))
    _build_house(pen, SIZE[0] - 80 - 128, SIZE[1] - 64 - 128, 8)
    _write_line(pen, by, SIZE[1] - 168, INK)
    _write_line(pen, site, SIZE[1] - 108, ACCENT)
    return packed(card)


def _write_title(pen: ImageDraw.ImageDraw, name: str, words: str) -> None:
    for size in SIZES[name]:
        lines = wrapped(words, name, size, WIDTH)
        height = round(size * 1.5)
        if len(lines) * height <= HEIGHT:
            break
    for at, line in enumerate(_at_most(lines, HEIGHT // height)):
        pen.text((LEFT, TOP + at * height), line, INK, font(name, size))


def _at_most(lines: Sequence[str], most: int) -> list[str]:
    return [*lines] if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-3]}..."]


def _write_line(pen: ImageDraw.ImageDraw, words: str, top: int, colour: str) -> None:
    line = known(words, PIXEL)
    letters = font(PIXEL, FOOT)
    while line and letters.getlength(line) > FOOT_WIDTH:
        line = f"{line.removesuffix('...')[:-1]}..." if line != "..." else ""
    pen.text((LEFT, top), line, colour, letters)


def _readable(title: str) -> tuple[str, str] | None:
    """The font that knows all of the title, or else what the one that knows more knows of it, if that is enough."""
    words = " ".join(unicodedata.normalize("NFC", title).translate(PLAIN).split())
    if known(words, DISPLAY) == words:
        return DISPLAY, words
    rest = known(words, PIXEL)
    letters = sum(character.isalnum() for character in words)
    is_enough = sum(character.isalnum() for character in rest) >= max(1, ENOUGH * letters)
    return (PIXEL, rest) if is_enough else None


def known(words: str, name: str) -> str:
    plain = unicodedata.normalize("NFC", words).translate(PLAIN)
    return " ".join("".join(one for one in plain if one == " " or _knows(name, one)).split())


@cache
def font(name: str, size: int) -> FreeTypeFont:
    return ImageFont.truetype(STATIC / "fonts" / f"{name}.woff2", size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _unknown(name: str) -> bytes:
    return _shape(name, "\uffff")


def _knows(name: str, character: str) -> bool:
    return character.isprintable() and _shape(name, character) != _unknown(name)


def _shape(name: str, character: str) -> bytes:
    return bytes(font(name, SIZES[name][-1]).getmask(character, "1"))


def wrapped(words: str, name: str, size: int, width: int) -> list[str]:
    """Lines of at most `width` pixels; both fonts have letters of one width. A word that is longer is broken."""
    room = int(width // font(name, size).getlength("m"))
    lines: list[str] = []
    line = ""
    for word in words.split():
        if line and len(line) + 1 + len(word) <= room:
            line += f" {word}"
            continue
        lines += [line] if line else []
        parts = [word[at : at + room] for at in range(0, len(word), room)]
        lines += parts[:-1]
        line = parts[-1]
    return [*lines, line] if line else lines


def _build_house(pen: ImageDraw.ImageDraw, left: int, top: int, scale: int) -> None:
    """The mark, row by row as static/favicon.svg has it."""
    for colour, path in FILLED.findall((STATIC / "favicon.svg").read_text(encoding="utf-8")):
        for x, y, width in STROKE.findall(path):
            corner = (left + int(x) * scale, top + int(y) * scale)
            pen.rectangle((*corner, corner[0] + int(width) * scale - 1, corner[1] + scale - 1), fill=colour)


def packed(card: Image.Image) -> bytes:
    """In few colours, as it has few."""
    buffer = io.BytesIO()
    card.convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
