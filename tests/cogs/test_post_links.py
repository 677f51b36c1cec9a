import time

import pytest

from cogs._post_links import alts_in, key_of, linked

HERE = {"lamp.png": "/media/L/full.png", "my_moth.jpg": "/media/M/full.jpg"}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("![A lamp](lamp.png)", "![A lamp](/media/L/full.png)"),
        ("![](./pictures/LAMP.png \"It glows\")", "![](/media/L/full.png \"It glows\")"),
        ("![x](<my moth.jpg>) and [it](my%20moth.jpg)", "![x](</media/M/full.jpg>) and [it](/media/M/full.jpg)"),
        ("[![x](lamp.png)](https://example.org/lamp.png)", "[![x](/media/L/full.png)](https://example.org/lamp.png)"),
        ("[l]: img\\lamp.png 'a'\n![x][l]", "[l]: /media/L/full.png 'a'\n![x][l]"),
        ('<img alt="x" src="lamp.png">', '<img alt="x" src="/media/L/full.png">'),
        ("```md\n![x](lamp.png)\n```\n![x](lamp.png)", "```md\n![x](lamp.png)\n```\n![x](/media/L/full.png)"),
        ("~~~\n```\n![x](lamp.png)\n~~~\n", "~~~\n```\n![x](lamp.png)\n~~~\n"),
        ("![x](/lamp.png) ![x](data:lamp.png) [x](#lamp.png)", "![x](/lamp.png) ![x](data:lamp.png) [x](#lamp.png)"),
        ("a [b](c.html)\r\nline", "a [b](c.html)\r\nline"),
    ],
)  # fmt: skip
def test_links_to_what_was_attached_lead_to_where_it_is(text, there):
    assert linked(text, HERE).text == there


def test_pictures_that_nobody_attached_are_named_once():
    text = "![a](gone.png) ![b](gone.png) [c](page.html) ![d](https://example.org/x.png) ![e](lamp.png) `x`"
    assert linked(text, HERE).missing == ("gone.png",)


def test_what_a_picture_shows_is_found_beside_its_name():
    assert alts_in("![A  lamp](a/lamp.png)\n```\n![no](moth.png)\n```") == {"lamp.png": "A  lamp"}


@pytest.mark.parametrize("name", ["My Moth (1).JPG", "a/b/My Moth (1).JPG", "My%20Moth%20(1).jpg?x#y"])
def test_names_are_compared_as_discord_leaves_them(name):
    assert key_of(name) == "my_moth_1_.jpg"


@pytest.mark.parametrize("part", ["[", "](", "![", "](<", "<img ", "<img src='", "[a]: ", "```\n", "![a](b "])
def test_hostile_texts_take_no_time(part):
    text = part * (200_000 // len(part))
    begun = time.perf_counter()
    linked(text, HERE)
    alts_in(text)
    assert time.perf_counter() - begun < 2
