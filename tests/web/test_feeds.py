"""The feeds: what readers of feeds make of them, what never changes in them, and who is told of news."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import aiohttp
import feedparser
import msgspec
import pytest
from aiohttp import web

from db.config import Blog
from db.events import PostsChanged
from tests.members import NOON, member
from tests.posted import a_post
from web import hub, make_app

HUB = "https://hub.example.org/"
HOME = "http://localhost:8080"
PICTURE = "/media/AAAAAAAAAAAAAAAAAAAAAA/"
HTML = f"""<h2 id="top">Top<a class="anchor" href="#top" title="Link here"></a></h2>
<p><a href="/blog/other">other</a> <a href="#fn1">1</a> <a href="https://a.example/?b&amp;c">far</a>
<img src="{PICTURE}full.png" srcset="{PICTURE}400.png 400w, {PICTURE}full.png 900w" alt="A &lt;lamp&gt;">
]]&gt; and <code>&lt;b&gt;</code></p>"""


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, blog=Blog(hub=HUB, feed=3))


@pytest.fixture
async def ann(store):
    return await member(store, "ann", "Ann & Co", role="author")


async def parsed(reader, path):
    answer = await reader.get(path)
    assert answer.status == 200
    found = feedparser.parse(await answer.read(), response_headers={"content-type": answer.headers["Content-Type"]})
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("path", ["/feed.rss", "/feed.atom"])
async def test_a_reader_of_feeds_finds_the_newest_posts_whole(store, ann, reader, path):
    await a_post(store, ann, "hostile", title="<b>&\x02 ]]>", summary="S & T", html=HTML, tags=["pixels"])
    for number in range(4):
        at = NOON - timedelta(days=number + 1)
        await a_post(store, ann, f"post-{number}", published_at=at, updated_at=at)
    found = await parsed(reader, path)
    assert [entry.link.rpartition("/")[2] for entry in found.entries] == ["hostile", "post-0", "post-1"]
    first = found.entries[0]
    assert (first.title, first.summary, first.author) == ("<b>& ]]>", "S & T", "Ann & Co")
    assert [tag.term for tag in first.tags] == ["pixels"]
    assert first.content[0].value.startswith('<h2 id="top">Top</h2>')
    for address in ("/blog/other", "/blog/hostile#fn1", f"{PICTURE}full.png"):
        assert HOME + address in first.content[0].value
    assert ('href="/' in first.content[0].value, 'src="/' in first.content[0].value) == (False, False)
    assert {(link.rel, link.href) for link in found.feed.links} >= {("hub", HUB), ("self", HOME + path)}


async def test_a_program_reads_the_same_as_json(store, ann, reader):
    await a_post(store, ann, "one", title="One", html=HTML, tags=["pixels"])
    answer = await reader.get("/feed.json")
    assert answer.content_type == "application/feed+json"
    feed = json.loads(await answer.read())
    assert (feed["version"], feed["feed_url"]) == ("https://jsonfeed.org/version/1.1", f"{HOME}/feed.json")
    assert feed["hubs"] == [{"type": "WebSub", "url": HUB}]
    [item] = feed["items"]
    assert (item["title"], item["url"], item["tags"]) == ("One", f"{HOME}/blog/one", ["pixels"])
    assert item["date_published"] == "2026-05-01T11:00:00Z"
    assert f'href="{HOME}/blog/other"' in item["content_html"]
    assert f'srcset="{HOME}{PICTURE}400.png 400w, {HOME}{PICTURE}full.png 900w"' in item["content_html"]


async def test_what_a_post_is_known_by_stays_and_its_time_moves_with_real_edits_only(store, ann, reader):
    post = await a_post(store, ann, "one")
    before = (await parsed(reader, "/feed.atom")).entries[0]
    await store.pool.execute("update posts set title = 'Other', slug = 'other', likes = 5")
    store.live.announce(PostsChanged())
    after = (await parsed(reader, "/feed.atom")).entries[0]
    assert before.id == after.id == f"tag:localhost,2026-05-01:post-{post.id}"
    assert (after.link, after.updated) == (f"{HOME}/blog/other", before.updated)
    rss = (await parsed(reader, "/feed.rss")).entries[0]
    assert (rss.id, rss.guidislink) == (after.id, False)


async def test_a_tag_has_feeds_of_its_own(store, ann, reader):
    await a_post(store, ann, "one", tags=["pixels"])
    await a_post(store, ann, "two", tags=["letters"])
    for form in ("rss", "atom"):
        found = await parsed(reader, f"/blog/tags/pixels/feed.{form}")
        assert ([entry.link for entry in found.entries], found.feed.title) == (
            [f"{HOME}/blog/one"],
            "Porchlight: pixels",
        )
        assert "hub" not in [link.rel for link in found.feed.links]  # it is told of the whole blog alone
    assert [
        item["url"]
        for item in (await (await reader.get("/blog/tags/pixels/feed.json")).json(content_type=None))["items"]
    ] == [f"{HOME}/blog/one"]
    for nothing in ("nothing", "%00", "PIXELS"):
        assert (await reader.get(f"/blog/tags/{nothing}/feed.atom")).status == 404


async def test_a_feed_is_asked_for_by_tag_or_by_time_from_anywhere(store, ann, reader):
    await a_post(store, ann)
    first = await reader.get("/feed.atom")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Last-Modified"] == "Fri, 01 May 2026 11:00:00 GMT"
    for name, value, status in (
        ("If-None-Match", first.headers["ETag"], 304),
        ("If-None-Match", '"other"', 200),
        ("If-Modified-Since", first.headers["Last-Modified"], 304),
        ("If-Modified-Since", "Fri, 01 May 2026 10:59:59 GMT", 200),
    ):
        assert (await reader.get("/feed.atom", headers={name: value})).status == status, (name, value)


async def test_an_empty_blog_has_feeds_too_and_they_name_their_style(reader):
    for path in ("/feed.rss", "/feed.atom"):
        found = await parsed(reader, path)
        assert found.entries == []
        text = await (await reader.get(path)).text()
        [style] = re.findall(r'<\?xml-stylesheet type="text/css" href="([^"]*)"\?>', text)
        assert (await reader.get(style)).content_type == "text/css"
        ET.fromstring(text)
        opened = await reader.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert (opened.content_type, await opened.text()) == ("text/xml", text)


# The hub


class Hub:
    """Remembers what it was told, and answers as it is told to."""

    def __init__(self):
        self.told = []
        self.status = 202

    async def hear(self, request):
        form = await request.post()
        self.told.append((form["hub.mode"], form.getall("hub.url")))
        return web.Response(status=self.status)


async def test_the_hub_is_told_once_when_the_feed_changed_and_not_for_a_like(
    store, ann, aiohttp_server, aiohttp_client
):
    listener, app = Hub(), web.Application()
    app.router.add_post("/", listener.hear)
    server = await aiohttp_server(app)
    address = str(server.make_url("/"))
    store.config = msgspec.structs.replace(store.config, blog=Blog(hub=address))
    async with aiohttp.ClientSession() as outbound:
        site = await aiohttp_client(make_app(store, outbound))
        crier = hub.Crier(site.app, outbound, calm=0.0)
        crier.hear(PostsChanged())
        await crier.cry()
        assert listener.told == []
        await a_post(store, ann)
        for event in (PostsChanged(), PostsChanged()):
            store.live.announce(event)
            crier.hear(event)
        listener.status = 503
        with pytest.raises(ConnectionError):
            await crier.cry()
        listener.status = 202
        await crier.cry()
        assert listener.told[-1] == ("publish", [f"{HOME}/feed.{form}" for form in ("atom", "rss", "json")])
        assert len(listener.told) == 2
        await store.pool.execute("update posts set likes = 9")
        store.live.announce(PostsChanged())
        crier.hear(PostsChanged())
        await crier.cry()
        assert len(listener.told) == 2
