"""The picture of a post's title: drawn when somebody asks for it, kept a while, and of nothing that is not out."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db.errors import Unavailable
from tests.members import NOON
from tests.posted import a_post
from web import cards
from web.cards import Cards


class Pressing:
    """A press that only counts."""

    def __init__(self):
        self.drawn = []

    async def card(self, title, by, site):
        await asyncio.sleep(0)
        self.drawn.append(title)
        return title.encode()


async def test_a_post_has_a_card_that_is_new_when_its_title_is(visitor, store, ada):
    await a_post(store, ada, "first-light")
    first = await visitor.get("/blog/first-light/card.png")
    assert (first.status, first.content_type) == (200, "image/png")
    assert (await first.read()).startswith(b"\x89PNG")
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    known = {"If-None-Match": first.headers["ETag"]}
    assert (await visitor.get("/blog/first-light/card.png", headers=known)).status == 304
    await store.pool.execute("update posts set title = 'Second light'")
    second = await visitor.get("/blog/first-light/card.png", headers=known)
    assert second.status == 200
    assert await second.read() != await first.read()


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"state": "draft", "published_at": None}, 404),
        ({"state": "scheduled", "published_at": datetime.now(UTC) + timedelta(days=1)}, 404),
        ({"deleted_at": NOON}, 404),
        ({"state": "unlisted"}, 200),
        ({"state": "scheduled"}, 200),
    ],
)
async def test_there_is_a_card_of_what_readers_may_read(visitor, store, ada, more, status):
    await a_post(store, ada, "a-post", **more)
    answer = await visitor.get("/blog/a-post/card.png", headers={"If-None-Match": "*"})
    assert answer.status == (304 if status == 200 else 404)
    assert (await visitor.get("/blog/no-such-post/card.png")).status == 404


async def test_many_who_ask_for_one_card_get_it_from_one_drawing():
    press = Pressing()
    some = Cards(press)
    assert await asyncio.gather(*(some.of("a", "A", "", "") for _ in range(5))) == [b"A"] * 5
    assert press.drawn == ["A"]


async def test_only_the_latest_cards_are_kept_and_too_many_are_not_waited_for(monkeypatch):
    monkeypatch.setattr(cards, "KEPT_MAX", 2)
    monkeypatch.setattr(cards, "WAITING_MAX", 2)
    press = Pressing()
    some = Cards(press)
    for name in "ababcab":
        await some.of(name, name, "", "")
    assert press.drawn == [*"abcab"]
    answers = await asyncio.gather(*(some.of(name, name, "", "") for name in "xyz"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [bytes, bytes, Unavailable]
