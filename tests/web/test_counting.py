"""Which requests count as page views, what shows that a human looks, and what is not noted at all."""

import asyncio
from datetime import UTC, datetime

import aiohttp
import msgspec
import pytest
from aiohttp import WSMsgType
from multidict import CIMultiDict

from db.visits import exclude, flush, roll_up
from tests.glimpses import FIREFOX, GOOGLEBOT, ask, sums
from tests.members import member, signed_in
from tests.posted import a_post
from web import keys


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, web=msgspec.structs.replace(config.web, trusted_proxies=("127.0.0.1",)))


async def counted(store):
    await flush(store, datetime.now(UTC))
    return [row["path"] for row in await store.pool.fetch("select path from visits order by path")]


async def test_a_page_view_waits_in_memory_and_is_written_later(house, store):
    assert (await ask(house, "/")).status == 200
    assert len(store.visits._glimpses) == 1
    assert await store.pool.fetchval("select count(*) from visits") == 0
    assert await counted(store) == ["/"]
    row = await store.pool.fetchrow("select browser, system, device, language, referrer from visits")
    assert tuple(row) == ("Firefox", "Linux", "desktop", "de", "")


async def test_what_is_no_page_that_somebody_looks_at_is_not_counted(house, store):
    for method, path in (
        ("HEAD", "/"),
        ("POST", "/theme"),
        ("GET", "/feed.atom"),
        ("GET", "/healthz"),
        ("GET", "/api/v1/rooms/hangout/messages"),
        ("GET", "/favicon.ico"),
        ("GET", "/blog/"),
    ):
        assert (await ask(house, path, method)).status < 400
    for name, value in (
        ("sec_purpose", "prefetch;prerender"),
        ("purpose", "prefetch"),
        ("x_moz", "prefetch"),
        ("x_purpose", "preview"),
        ("sec_fetch_dest", "empty"),
    ):
        assert (await ask(house, "/", **{name: value})).status == 200
    assert await counted(store) == []


async def test_a_page_that_the_browser_has_already_is_looked_at_all_the_same(house, store):
    tag = (await ask(house, "/blog")).headers["ETag"]
    again = await ask(house, "/blog", if_none_match=tag, x_forwarded_for="203.0.113.9")
    feed = (await ask(house, "/feed.atom")).headers["ETag"]
    assert (again.status, (await ask(house, "/feed.atom", if_none_match=feed)).status) == (304, 304)
    assert await counted(store) == ["/blog", "/blog"]


async def test_what_strangers_send_at_length_does_not_wait_in_memory_as_it_is(house, store):
    long, agent = "x" * 7000, FIREFOX + "y" * 7000
    await ask(house, f"/{long}", user_agent=agent, referer=f"https://a.example/{long}", accept_language=f"de{long}")
    [glimpse] = store.visits._glimpses
    texts = [glimpse.agent, glimpse.path, glimpse.referrer, *glimpse.headers.values()]
    assert sum(map(len, texts)) < 6000
    await ask(house, "/seen.svg", user_agent=agent)
    assert [agent for _, agent in store.visits._humans] == [glimpse.agent]


@pytest.mark.parametrize("wish", ["dnt", "sec_gpc"])
async def test_who_asks_not_to_be_tracked_leaves_nothing(house, store, wish):
    await ask(house, "/", **{wish: "1"})
    await ask(house, "/nowhere", **{wish: "1"})
    await ask(house, "/seen.svg", **{wish: "1"})
    await ask(house, "/", user_agent=GOOGLEBOT, **{wish: "1"})
    twice = CIMultiDict([(wish.replace("_", "-"), said) for said in ("0", "1")])
    async with aiohttp.ClientSession() as client, client.get(house.make_url("/"), headers=twice) as answer:
        assert answer.status == 200
    assert not store.visits.is_waiting
    await ask(house, "/", **{wish: "0"})
    assert store.visits.is_waiting


async def test_the_owner_is_not_counted_nor_who_said_so(house, store, ada):
    owner = await member(store, "robin", role="author", owner=True)
    for person in (owner, ada):
        cookies = await signed_in(store, person)
        await exclude(store, ada, on=person is ada)
        assert (await ask(house, "/", cookies=cookies)).status == 200
        assert (await ask(house, "/nowhere/at-all", cookies=cookies)).status == 404
    assert await counted(store) == []
    assert await sums(store, "missing") == {}
    await exclude(store, ada, on=False)
    await ask(house, "/", cookies=cookies)
    assert await counted(store) == ["/"]


async def test_a_page_behind_the_last_one_makes_no_address_that_is_there_a_missing_one(house, store):
    for path in ("/blog?page=99", "/blog?page=none", "/blog?by=nobody", "/blog/archive/2026?page=7"):
        assert (await ask(house, path)).status == 404
    assert (await ask(house, "/wp-login.php?page=2")).status == 404
    await flush(store, datetime.now(UTC))
    assert await sums(store, "missing") == {"/wp-login.php": (1, 0, 0)}


async def test_what_is_missing_is_counted_apart_by_its_path_and_bots_by_their_name(house, store):
    await ask(house, "/old/page?from=here")
    await ask(house, "/nothing")
    await ask(house, "/", user_agent=GOOGLEBOT)
    await ask(house, "/nothing", user_agent=GOOGLEBOT)
    assert await counted(store) == []
    assert await sums(store, "missing") == {"/old/page": (1, 0, 0), "/nothing": (1, 0, 0)}
    assert await sums(store, "bot") == {"Googlebot": (2, 0, 0)}


async def test_of_what_is_secret_or_somebodys_own_only_the_kind_is_kept(house, store, ann, ada):
    await a_post(store, ann, "kettles")
    cookies = await signed_in(store, ada)
    secret = "s" * 43
    await ask(house, f"/auth/link/{secret}")
    await ask(house, "/blog/kettles?token=secret")
    await ask(house, "/people/ada")
    await ask(house, "/settings", cookies=cookies)
    assert await counted(store) == ["/blog/kettles", "/people/{username}", "/settings"]
    for path in (
        f"/auth/link/{secret}x",
        f"/blog/preview/{secret}",
        "/chats/7",
        f"/auth/link/{secret}/",
        f"/Auth/Link/{secret}",
    ):
        await ask(house, path)
    await flush(store, datetime.now(UTC))
    assert set(await sums(store, "missing")) == {"/auth/…", "/blog/preview/…"}


async def test_a_stylesheet_a_font_and_a_pointer_over_the_page_show_a_human(house, store):
    statics = house.app[keys.STATICS]
    paths = [statics.url("base.css"), statics.url("fonts/departure-mono.woff2"), "/seen.svg"]
    for place, path in enumerate(paths):
        address = f"203.0.113.{place}"
        await ask(house, "/", x_forwarded_for=address)
        answer = await ask(house, path, x_forwarded_for=address)
        assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    await ask(house, "/", x_forwarded_for="203.0.113.99")
    await ask(house, statics.url("favicon.svg"), x_forwarded_for="203.0.113.99")
    await flush(store, datetime.now(UTC))
    await roll_up(store)
    assert await sums(store, "total") == {"": (4, 4, 3)}


async def test_a_socket_shows_a_human(house, store):
    headers = {"User-Agent": FIREFOX, "X-Forwarded-For": "203.0.113.7", "Origin": store.config.public_url}
    await ask(house, "/hangout")
    async with (
        aiohttp.ClientSession() as client,
        client.ws_connect(house.make_url("/ws/hangout"), headers=headers) as socket,
        asyncio.timeout(5),
    ):
        assert (await socket.receive()).type == WSMsgType.TEXT
    await flush(store, datetime.now(UTC))
    assert await store.pool.fetchval("select is_confirmed from visits") is True


async def test_the_site_itself_is_no_referrer_and_others_are(house, store):
    await ask(house, "/", referer=f"{store.config.public_url}/blog")
    await ask(house, "/blog", referer="https://news.example/item?id=7")
    await flush(store, datetime.now(UTC))
    found = await store.pool.fetch("select path, referrer from visits order by path")
    assert [tuple(row) for row in found] == [("/", ""), ("/blog", "news.example/item")]
