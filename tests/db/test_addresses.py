"""Which addresses a page may lead to."""

import pytest

from cogs.integrations._words import link
from db.addresses import web_link
from web._card_values import filters


@pytest.mark.parametrize("url", ["https://example.org/a?b=c#d", "http://127.0.0.1:8080", "https://münchen.example/ä"])
def test_pages_lead_to_the_web_whether_it_comes_or_is_drawn(url: str) -> None:
    assert web_link(url) == link(url) == filters()["web_link"](url) == url


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "",
        "/here",
        "javascript:alert(1)",
        "https:///nowhere",
        "https://bank.example@evil.example/",
        "https://robin:secret@example.org/",
        "https://[::1",
        "https://example.org:port/",
        "https://example.org/a b",
        "https://example.org/\u202e",
        "https://example.org/" + "a" * 1000,
    ],
)
def test_and_to_nothing_else(value: object) -> None:
    assert web_link(value) == filters()["web_link"](value) == ""
    assert link(value) is None  # type: ignore[arg-type]  # whatever it is
