"""The drawn chart."""

import io

import pytest
from PIL import Image, ImageColor

from db import charts
from db.visits import Step


def accents(picture, left=0):
    """How many pixels are of a visitor's bar, from that place on."""
    frame = picture.crop((int(left), 150, picture.width, 470))
    return sum(count for count, colour in frame.getcolors(1 << 16) if colour == ImageColor.getrgb(charts.ACCENT))


@pytest.mark.parametrize("count", [1, 2, 24, 90, 106])
def test_the_chart_draws_more_for_more_visitors_and_something_for_one(count):
    def drawn(steps):
        return Image.open(io.BytesIO(charts.draw(steps, "Porchlight"))).convert("RGB")

    nothing = drawn([Step("", "1 May", 0, 0)] * count)
    one = drawn([Step("", "1 May", 0, 0)] * (count - 1) + [Step("", "2 May", 1_000_000, 1)])
    many = drawn([Step("", "1 May", 0, 0)] * (count - 1) + [Step("", "2 May", 1_000_000, 900_000)])
    assert nothing.size == charts.SIZE
    assert 0 == accents(nothing) < accents(one) < accents(many)
    assert accents(many, charts.RIGHT - 1000 / count) == accents(many)  # in its own place, which is the last one
