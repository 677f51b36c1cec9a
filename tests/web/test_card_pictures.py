"""Pictures of live cards come from what is kept, for good, and nothing else is under their addresses."""

import pytest

from db import cards
from db.cards import Snapshot
from tests.members import NOON
from tests.pictures import opened, still
from web import card_pictures
from web.card_pictures import CardPictures

SOURCE = "https://third.example/cover.jpg"


@pytest.fixture
async def cover(store):
    picture = await cards.develop(store, still(size=(640, 640)), SOURCE)
    card = await cards.keep(store, "lastfm", Snapshot({}, {"cover": SOURCE}), NOON, {"cover": picture})
    return card.pictures["cover"].url


async def test_a_cover_is_small_ours_and_kept_for_good(visitor, cover):
    answer = await visitor.get(cover)
    assert (answer.status, answer.content_type) == (200, "image/webp")
    assert opened(await answer.read()).size == (300, 300)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    known = {"If-None-Match": answer.headers["ETag"]}
    assert (await visitor.get(cover, headers=known)).status == 304


@pytest.mark.parametrize(
    "address",
    [
        "/cards/weather/{name}.webp",
        "/cards/lastfm/{name}.png",
        f"/cards/lastfm/{'0' * 32}.webp",
        "/cards/lastfm/x.webp",
    ],
)
async def test_nothing_else_is_there(visitor, cover, address):
    name = cover.rpartition("/")[2].partition(".")[0]
    assert (await visitor.get(cover)).status == 200
    assert (await visitor.get(address.format(name=name))).status == 404


async def test_what_was_asked_for_lately_is_not_read_again(visitor, store, cover):
    assert (await visitor.get(cover)).status == 200
    await store.pool.execute("delete from card_pictures")
    assert (await visitor.get(cover)).status == 200


async def test_memory_holds_only_so_many(store, monkeypatch):
    monkeypatch.setattr(card_pictures, "BYTES_MAX", 200)
    pictures, names = CardPictures(store), []
    for number in range(4):
        picture = await cards.develop(store, still(size=(20, 20 + number)), f"{SOURCE}{number}")
        await cards.keep(store, "lastfm", Snapshot({}, {"cover": picture.source}), NOON, {"cover": picture})
        names.append(picture.name)
    for name in names * 2:
        assert (await pictures.of("lastfm", name)).name == name
    assert sum(len(picture.content) for picture in pictures._kept.values()) <= 200
    assert names[-1] in {name for _, name in pictures._kept}
