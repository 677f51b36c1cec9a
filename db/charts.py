"""A chart of visitors and views as a picture, in the type and colours of the pages at night: for Discord, which shows
no drawing of ours otherwise. Pillow is loaded with this module, and a picture takes some hundredths of a second: an
event loop has it drawn in a thread.
"""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from db.lettering import ACCENT, EDGE, INK, MUTED, PAPER, PIXEL, font, known, packed
from db.visits import Step, ceiling

SIZE = (1100, 560)
WORDS, SMALL = 33, 22  # pixels; the type is sharp in multiples of 11
TOP, BOTTOM, RIGHT = 150, 470, 1050  # of the frame that the steps are in
MARGIN = 50
LABELS = 4
DOT, LINE = 4, 4


def draw(steps: Sequence[Step], title: str) -> bytes:
    """A PNG of `SIZE`: visitors as bars, views as the ground behind them."""
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"  # no grey between the pixels
    pen.rectangle((12, 12, SIZE[0] - 13, SIZE[1] - 13), outline=EDGE, width=8)
    pen.text((MARGIN, 40), known(title, PIXEL), INK, font(PIXEL, WORDS))
    _draw_legend(pen)
    most = ceiling(max((step.views for step in steps), default=0))
    left = MARGIN + round(font(PIXEL, SMALL).getlength(f"{most:,}")) + 16
    _draw_scale(pen, left, most)
    _draw_steps(pen, left, steps, most)
    _draw_labels(pen, left, steps)
    return packed(picture)


def _draw_legend(pen: ImageDraw.ImageDraw) -> None:
    """What is a bar, and what is the ground."""
    pen.rectangle((MARGIN, 98, MARGIN + 19, 117), fill=ACCENT)
    pen.text((MARGIN + 32, 94), "visitors", MUTED, font(PIXEL, SMALL))
    second = MARGIN + 32 + round(font(PIXEL, SMALL).getlength("visitors")) + 32
    pen.rectangle((second, 98, second + 19, 117), fill=EDGE)
    pen.rectangle((second, 98, second + 19, 98 + LINE - 1), fill=MUTED)
    pen.text((second + 32, 94), "views", MUTED, font(PIXEL, SMALL))


def _draw_scale(pen: ImageDraw.ImageDraw, left: int, most: int) -> None:
    for number in (most, most // 2, 0):
        y = _height_of(number, most)
        pen.text((left - 16, y), f"{number:,}", MUTED, font(PIXEL, SMALL), anchor="rm")
        for x in range(left, RIGHT, DOT * 4) if number else ():
            pen.rectangle((x, y, x + DOT - 1, y + 1), fill=EDGE)


def _draw_steps(pen: ImageDraw.ImageDraw, left: int, steps: Sequence[Step], most: int) -> None:
    before = BOTTOM
    for place, step in enumerate(steps):
        start, end = _edges(place, len(steps), left)
        top = _top(step.views, most)
        pen.rectangle((start, top, end - 1, BOTTOM), fill=EDGE)
        pen.rectangle((start, top, end - 1, top + LINE - 1), fill=MUTED)
        pen.rectangle((start, min(before, top), start + LINE - 1, max(before, top) + LINE - 1), fill=MUTED)
        gap = min(12, max(1, (end - start) // 8))
        if step.visitors:
            pen.rectangle((start + max(LINE, gap), _top(step.visitors, most), end - 1 - gap, BOTTOM), fill=ACCENT)
        before = top
    pen.rectangle((left, BOTTOM, RIGHT - 1, BOTTOM + LINE - 1), fill=MUTED)


def _draw_labels(pen: ImageDraw.ImageDraw, left: int, steps: Sequence[Step]) -> None:
    """The first at the left edge, the last at the right one, those between under the middle of their steps."""
    shown = min(LABELS, len(steps))
    for number in range(shown):
        place = round(number * (len(steps) - 1) / max(1, shown - 1))
        start, end = _edges(place, len(steps), left)
        at, anchor = ((start + end) // 2, "mt")
        if len(steps) > LABELS and number in {0, shown - 1}:
            at, anchor = (left, "lt") if number == 0 else (RIGHT, "rt")
        pen.text((at, BOTTOM + 18), steps[place].short, MUTED, font(PIXEL, SMALL), anchor=anchor)


def _edges(place: int, count: int, left: int) -> tuple[int, int]:
    """Where a step begins and where the next one does."""
    width = RIGHT - left
    return left + place * width // count, left + (place + 1) * width // count


def _height_of(count: int, most: int) -> int:
    return BOTTOM - round(count * (BOTTOM - TOP) / most)


def _top(count: int, most: int) -> int:
    """One who came is seen, however many came on other days."""
    return min(BOTTOM - LINE, _height_of(count, most)) if count else BOTTOM
