"""A chart of two series as the templates draw it: places in a frame of whole numbers, so that its edges are sharp.

The frame is stretched to the width of the page; what is written around it is text of the page and is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from db import visits
from db.visits import Step

HEIGHT = 200
PLACE = 8  # units that a step is wide; templates/stats/_chart.html draws its bar into the six in the middle
LABELS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """Of one step: `left` is where its place begins; `top` and `height` are of the visitors' bar."""

    step: Step
    left: int
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`skyline` is the path of the views' upper edge, `ground` the same closed below. `scale` and `labels` are for the
    sides, from the top and from the left.
    """

    width: int
    bars: Sequence[Bar]
    skyline: str
    ground: str
    scale: tuple[int, int, int]
    labels: Sequence[str]


def chart(steps: Sequence[Step]) -> Chart:
    most = visits.ceiling(max((step.views for step in steps), default=0))
    bars, skyline = [], ""
    for place, step in enumerate(steps):
        left = place * PLACE
        height = _height(step.visitors, most)
        bars.append(Bar(step, left, HEIGHT - height, height))
        top = HEIGHT - _height(step.views, most)
        skyline += f"V{top}H{left + PLACE}" if place else f"M0 {top}H{PLACE}"
    width = len(steps) * PLACE
    return Chart(width, bars, skyline, f"{skyline}V{HEIGHT}H0z", (most, most // 2, 0), _labels(steps))


def _height(count: int, most: int) -> int:
    """One who came is seen, however many came on other days."""
    return max(2, round(count * HEIGHT / most)) if count else 0


def _labels(steps: Sequence[Step]) -> list[str]:
    """The first one, the last one, and some between that are as far from each other."""
    if len(steps) <= LABELS:
        return [step.short for step in steps]
    return [steps[round(number * (len(steps) - 1) / (LABELS - 1))].short for number in range(LABELS)]
