"""The colours of code can be read: each on the panel and on a line that stands out, in the light and in the dark."""

import re
from pathlib import Path

import pytest
from pygments.token import STANDARD_TYPES

STATIC = Path(__file__).parents[2] / "static"
ARTICLE = (STATIC / "article.css").read_text(encoding="utf-8")
PALETTE = {
    name: pair
    for sheet in ((STATIC / "base.css").read_text(encoding="utf-8"), ARTICLE)
    for name, *pair in re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", sheet)
}
TOKENS = re.findall(r"\.code :is\(([^)]+)\) \{ color: var\(--([\w-]+)\)", ARTICLE)
ALONE = {
    *("", "esc", "g", "ge", "ges", "gp", "gs", "gt", "l", "ld", "n", "ni", "nx", "o", "p", "pm", "w", "x")
}  # in the ink of all text


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("background", ["panel", "mark"])
@pytest.mark.parametrize("colour", sorted({colour for _, colour in TOKENS} | {"ink"}))
def test_every_colour_of_code_stands_out_enough(colour, background):
    for theme in (0, 1):
        assert contrast(PALETTE[colour][theme], PALETTE[background][theme]) >= 4.5


def test_every_kind_of_token_has_a_colour_or_the_ink():
    coloured = {kind.strip().removeprefix(".") for kinds, _ in TOKENS for kind in kinds.split(",")}
    assert set(STANDARD_TYPES.values()) - ALONE == coloured
