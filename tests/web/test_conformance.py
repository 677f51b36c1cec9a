"""Every page of the blog is HTML as the standard has it, and says what it is in microformats."""

import html5lib
import mf2py
import pytest

from db import people
from tests.members import NOON, member, signed_in
from tests.posted import a_post
from web import make_app

HOME = "http://localhost:8080"
PATHS = (
    "/",
    "/blog",
    "/blog?page=2",
    "/blog?by=ann",
    "/blog/tags/pixels",
    "/blog/archive/2026",
    "/blog/first",
    "/blog/second",
    "/blog/first?comment=1",
    "/about",
    "/projects",
    "/search",
    "/search?q=words",
    "/people/ann",
    "/blog/gone",
    "/nowhere",
)


@pytest.fixture
async def ann(store):
    return await member(store, "ann", "Ann <A>", role="author")


@pytest.fixture
async def reader(store, ann, aiohttp_client):
    contents = [{"level": 2, "id": f"h{number}", "text": "Part & <part>"} for number in range(4)]
    hostile = '"><!-- </title></script> ]]> & é'
    await a_post(store, ann, "first", title=hostile, summary=hostile, tags=["pixels"], contents=contents, words=900)
    await a_post(store, ann, "second", title="Second", tags=["pixels"], updated_at=NOON)
    await a_post(store, ann, "about", kind="page", title="About")
    gone = await a_post(store, ann, "gone")
    await store.pool.execute("update posts set deleted_at = now() where id = $1", gone.id)
    for number in range(10):
        await a_post(store, ann, f"post-{number}")
    return await aiohttp_client(make_app(store))


async def test_every_page_is_html_without_a_fault(store, ann, reader):
    """For strangers, who get it whole, and for a member, for whom it is put together."""
    bea = await people.add_visitor(store.pool, "Bea")
    for person in (None, ann, bea):
        cookies = await signed_in(store, person) if person else {}
        for path in PATHS:
            page = await (await reader.get(path, cookies=cookies)).text()
            parser = html5lib.HTMLParser(strict=False)
            parser.parse(page)
            assert parser.errors == [], path
            assert "\0" not in page


async def items(reader, path):
    page = await (await reader.get(path)).text()
    return mf2py.parse(doc=page, url=HOME + path)


async def test_a_post_says_in_microformats_what_it_is_and_whose(reader):
    [entry] = (await items(reader, "/blog/second"))["items"]
    told = entry["properties"]
    assert entry["type"] == ["h-entry"]
    assert (told["name"], told["url"], told["uid"]) == (["Second"], [f"{HOME}/blog/second"], [f"{HOME}/blog/second"])
    assert (told["published"], told["updated"]) == (["2026-05-01T11:00:00Z"], ["2026-05-01T12:00:00Z"])
    assert (told["category"], told["content"][0]["value"].strip()) == (["pixels"], "Words.")
    [author] = told["author"]
    assert (author["type"], author["properties"]["name"]) == (["h-card"], ["Ann <A>"])
    assert author["properties"]["url"] == [f"{HOME}/people/ann"]


async def test_lists_are_feeds_of_entries(reader):
    [feed] = (await items(reader, "/blog"))["items"]
    assert (feed["type"], len(feed["children"])) == (["h-feed"], 10)
    assert {entry["type"][0] for entry in feed["children"]} == {"h-entry"}
    assert all(entry["properties"]["url"][0].startswith(f"{HOME}/blog/") for entry in feed["children"])


async def test_the_porch_has_the_card_of_who_lives_there(store, reader):
    owner = await member(store, "robin", owner=True)
    links = [{"url": "https://social.example/@robin", "label": ""}]
    await store.pool.execute("update accounts set links = $2 where person_id = $1", owner.id, links)
    told = await items(reader, "/")
    [card] = [one for one in told["items"] if one["type"] == ["h-card"]]
    assert card["properties"]["url"] == card["properties"]["uid"] == [f"{HOME}/"]
    assert (card["properties"]["name"], card["properties"]["photo"]) == (["Robin"], [f"{HOME}/avatars/{owner.id}.png"])
    assert "https://social.example/@robin" in told["rels"]["me"]
