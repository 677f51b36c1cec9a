from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db import media, projects
from db.errors import Forbidden, NotFound, Refused
from db.events import PostsChanged
from db.projects import Link
from tests.pictures import still

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def owner(store, ada):
    await store.pool.execute("update people set owner = true where id = $1", ada.id)
    return replace(ada, owner=True)


async def test_a_project_is_a_card_with_links_and_a_picture_and_readers_hear_of_it(store, owner):
    picture = await media.add(store, owner, still(), "", NOON)
    heard = []
    with store.live.listening(heard.append):
        links = ["https://example.org/a", "Source  https://www.example.org/b"]
        await projects.add(
            store, owner, " Lamp\n post ", "It\n\n\n\nglows.", links, NOON, picture=picture.id, alt="A lamp"
        )
    [card] = await projects.all_added(store.pool)
    assert (card.name, card.content) == ("Lamp post", "It\n\nglows.")
    assert card.links == (Link("example.org", "https://example.org/a"), Link("Source", "https://www.example.org/b"))
    assert (card.picture.media, card.picture.alt) == (picture.id, "A lamp")
    assert (await media.get(store.pool, picture.id)).is_public
    assert PostsChanged() in heard


async def test_the_newest_stands_first_and_names_are_offered(store, owner):
    for name in ("Lamp", "Lantern", "Moth"):
        await projects.add(store, owner, name, "", [], NOON)
    assert [one.name for one in await projects.all_added(store.pool)] == ["Moth", "Lantern", "Lamp"]
    assert await projects.named(store.pool, "LA", 25) == ["Lamp", "Lantern"]


async def test_a_project_that_is_removed_takes_its_picture_along_and_cannot_be_removed_twice(store, owner):
    picture = await media.add(store, owner, still(), "", NOON)
    await projects.add(store, owner, "Lamp", "", [], NOON, picture=picture.id)
    await projects.remove(store, owner, "Lamp", NOON)
    assert await projects.all_added(store.pool) == []
    assert await media.get(store.pool, picture.id) is None
    with pytest.raises(NotFound):
        await projects.remove(store, owner, "Lamp", NOON)


@pytest.mark.parametrize(
    ("name", "content", "links", "code"),
    [
        ("  ", "", [], "bad_name"),
        ("x" * 101, "", [], "too_long"),
        ("x", "x" * 1001, [], "too_long"),
        ("x", "", ["javascript:alert(1)"], "bad_link"),
        ("x", "", ["https://[::1"], "bad_link"),
        ("x", "", ["https://example.org:port/"], "bad_link"),
        ("x", "", ["https://a.example"] * 6, "too_long"),
        ("Lamp", "", [], "taken"),
    ],
)
async def test_what_does_not_fit_is_refused_and_leaves_nothing(store, owner, name, content, links, code):
    await projects.add(store, owner, "Lamp", "", [], NOON)
    with pytest.raises(Refused) as refused:
        await projects.add(store, owner, name, content, links, NOON)
    assert refused.value.code == code
    assert len(await projects.all_added(store.pool)) == 1


async def test_a_refused_project_leaves_its_picture_free(store, owner):
    picture = await media.add(store, owner, still(), "", NOON)
    await projects.add(store, owner, "Lamp", "", [], NOON)
    with pytest.raises(Refused):
        await projects.add(store, owner, "Lamp", "", [], NOON, picture=picture.id)
    assert not (await media.get(store.pool, picture.id)).used


async def test_nobody_but_the_owner_changes_the_portfolio(store, ada):
    with pytest.raises(Forbidden):
        await projects.add(store, ada, "Lamp", "", [], NOON)
    with pytest.raises(Forbidden):
        await projects.remove(store, ada, "Lamp", NOON)
