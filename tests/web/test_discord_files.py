import asyncio
import logging
import re
import time
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import msgspec
import pytest
from aiohttp import web

from db import media, messages, people, rooms
from practice import Practice, payloads
from tests import pictures
from web import discord_files, keys, lanes, make_app

HOUR = 3600
VIDEO = bytes(range(256)) * 8000


def signed(base, path, seconds=HOUR, sign="good"):
    return f"{base}{path}?ex={int(time.time()) + seconds:x}&is=0&hm={sign}&"


class Cdn:
    """Discord's content network and its API: files by path, opened by links that are signed `good`."""

    def __init__(self):
        self.files = {}
        self.asked = []
        self.refreshed = []
        self.is_away = False
        self.api_status = 200
        self.base = ""

    async def file(self, request):
        self.asked.append((request.path, request.headers.get("Range"), request.headers.get("Authorization")))
        ended = int(request.query.get("ex", "0"), 16) < time.time() or request.query.get("hm") != "good"
        if self.is_away or request.path not in self.files or ended:
            return web.Response(status=503 if self.is_away else 404)
        data, headers = self.files[request.path]
        if "redirect" in headers:
            raise web.HTTPFound(headers["redirect"])
        part = request.http_range
        if part.start is not None:
            first, last = part.start, min(part.stop or len(data), len(data))
            if first >= len(data):
                return web.Response(status=416)
            given = {**headers, "Content-Range": f"bytes {first}-{last - 1}/{len(data)}"}
            return web.Response(status=206, body=data[first:last], headers=given)
        return web.Response(body=data, headers=headers)

    async def refresh(self, request):
        urls = (await request.json())["attachment_urls"]
        self.refreshed.append((urls, request.headers.get("Authorization")))
        paths = [url.removeprefix(self.base).partition("?")[0] for url in urls]
        fresh = [signed(self.base, path) if path in self.files else None for path in paths]
        body = [{"original": url, "refreshed": new} for url, new in zip(urls, fresh, strict=True)]
        return web.json_response({"refreshed_urls": body}, status=self.api_status)


@pytest.fixture
async def cdn(aiohttp_server):
    cdn = Cdn()
    app = web.Application()
    app.router.add_get("/attachments/{rest:.+}", cdn.file)
    app.router.add_get("/secret", cdn.file)
    app.router.add_post("/api/v10/attachments/refresh-urls", cdn.refresh)
    server = await aiohttp_server(app)
    cdn.base = str(server.make_url("")).rstrip("/")
    return cdn


@pytest.fixture
async def visitor(config, store, cdn, aiohttp_client):
    discord = msgspec.structs.replace(
        config.discord, cdn_base=cdn.base, api_base=f"{cdn.base}/api/v10", token="the-bots-token"
    )
    store.config = msgspec.structs.replace(config, discord=discord)
    async with aiohttp.ClientSession() as outbound:
        yield await aiohttp_client(make_app(store, outbound))


@pytest.fixture
async def crowd(store, visitor, aiohttp_client, monkeypatch):
    """Visitors from any network, told by a proxy; there are only four streams at once."""
    monkeypatch.setattr(discord_files, "STREAMS", 4)
    trusting = msgspec.structs.replace(store.config.web, trusted_proxies=["127.0.0.1"])
    store.config = msgspec.structs.replace(store.config, web=trusting)
    return await aiohttp_client(make_app(store, visitor.app[keys.OUTBOUND]))


@pytest.fixture
def share(store, cdn):
    """Puts a file at Discord into a message of the hangout, and returns its address here."""

    async def share(data, kind="image/png", *, name="a b.png", number=7, url=None, headers=None, size=None):
        path = f"/attachments/1/{number}/{re.sub(r'[^a-z0-9.]', '_', name)}"
        cdn.files[path] = (data, headers or {})
        room = await rooms.by_slug(store.pool, rooms.HANGOUT)
        person = await people.add_visitor(store.pool, "Mika")
        file = {
            "id": str(number), "name": name, "url": url or signed(cdn.base, path), "content_type": kind,
            "size": len(data) if size is None else size, "alt": "", "spoiler": False, "media": "",
        }  # fmt: skip
        message_id = await store.pool.fetchval(
            """insert into messages (room_id, seq, author_id, source, content, attachments, created_at, discord_id)
            values ($1, $2, $3, 'discord', '', $4, now(), $2) returning id""",
            room.id, number, person.id, [file],
        )  # fmt: skip
        return f"/media/discord/files/{message_id}/{number}/anything"

    return share


async def test_a_small_picture_is_fetched_once_and_is_there_when_discord_is_not(visitor, cdn, store, share):
    address = await share(pictures.still())
    answers = await asyncio.gather(*(visitor.get(address) for _ in range(5)))
    for answer in answers:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", pictures.still())
    assert len(cdn.asked) == 1
    cdn.is_away = True
    cdn.files.clear()
    assert await (await visitor.get(address)).read() == pictures.still()
    part = await visitor.get(address, headers={"Range": "bytes=1-3"})
    assert (part.status, await part.read(), part.headers["Content-Range"][:9]) == (206, b"PNG", "bytes 1-3")
    await media.forget_discord_files(store, [7])
    assert (await visitor.get(address)).status == 404


async def test_a_visitor_never_learns_discords_link_and_discord_never_gets_the_token(visitor, cdn, share):
    answer = await visitor.get(await share(pictures.still()))
    told = str(answer.headers) + (await answer.read()).decode("latin-1")
    assert cdn.base not in told
    assert "hm=" not in told
    assert [token for _, _, token in cdn.asked] == [None]


async def test_the_headers_let_it_be_shown_and_not_run(visitor, share):
    address = await share(pictures.still(), name='a"b;\r\nX: y\u202e.png')
    for answer in (await visitor.get(address), await visitor.head(address)):
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        shown = answer.headers["Content-Disposition"]
        assert shown.startswith('inline; filename="a_b___X_ y_.png"; filename*=UTF-8')
        assert "X" not in answer.headers
        known = await visitor.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert known.status == 304


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/pdf", "application/javascript", "", "x/y"])
async def test_what_a_browser_might_run_is_for_saving_only(visitor, share, kind):
    answer = await visitor.get(await share(pictures.SCRIPT, kind))
    assert (answer.content_type, await answer.read()) == ("application/octet-stream", pictures.SCRIPT)
    assert answer.headers["Content-Disposition"].startswith("attachment;")


async def test_what_only_calls_itself_a_picture_is_for_saving_and_is_not_kept(visitor, store, share):
    answer = await visitor.get(await share(pictures.SCRIPT, "image/png"))
    assert (answer.content_type, await answer.read()) == ("application/octet-stream", pictures.SCRIPT)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert await media.discord_file(store, 7) is None


async def test_a_video_can_be_wound_on(visitor, cdn, share):
    address = await share(VIDEO, "video/mp4; codecs=avc1", name="porch.mp4")
    whole = await visitor.get(address)
    assert (whole.status, whole.content_type, await whole.read()) == (200, "video/mp4", VIDEO)
    part = await visitor.get(address, headers={"Range": "bytes=1000-1999"})
    assert (part.status, await part.read()) == (206, VIDEO[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(VIDEO)}"
    assert cdn.asked[-1][1] == "bytes=1000-1999"
    outside = await visitor.get(address, headers={"Range": f"bytes={len(VIDEO)}-"})
    assert (outside.status, outside.headers["Content-Range"]) == (416, f"bytes */{len(VIDEO)}")
    strange = await visitor.get(address, headers={"Range": "bytes=0-1,4-5"})
    assert (strange.status, cdn.asked[-1][1]) == (200, None)
    head = await visitor.head(address)
    assert (head.status, head.content_length, len(cdn.asked)) == (200, len(VIDEO), 4)


@pytest.mark.parametrize(("seconds", "sign", "asked"), [(-HOUR, "good", 1), (HOUR, "bad", 2)])
async def test_a_link_that_has_ended_is_signed_anew_once(visitor, cdn, share, seconds, sign, asked):
    address = await share(
        VIDEO, "video/mp4", name="porch.mp4", url=signed(cdn.base, "/attachments/1/7/porch.mp4", seconds, sign)
    )
    assert await (await visitor.get(address)).read() == VIDEO
    assert len(cdn.asked) == asked
    assert await (await visitor.get(address)).read() == VIDEO
    assert [token for _, token in cdn.refreshed] == ["Bot the-bots-token"]
    assert {token for _, _, token in cdn.asked} == {None}


async def test_what_discord_has_no_link_for_is_not_asked_for_again_and_again(visitor, cdn, share):
    address = await share(VIDEO, "video/mp4", url=signed(cdn.base, "/attachments/1/7/gone.mp4", -HOUR))
    for _ in range(3):
        answer = await visitor.get(address, headers={"Accept": "application/json"})
        assert (answer.status, (await answer.json())["error"]["message"][-1]) == (404, ".")
    assert len(cdn.refreshed) == 1


async def test_discord_is_left_alone_for_a_while_after_it_refused_us(visitor, cdn, share, caplog):
    caplog.set_level(logging.WARNING)
    cdn.api_status = 401
    addresses = [
        await share(VIDEO, "video/mp4", number=number, url=signed(cdn.base, f"/attachments/1/{number}/a.mp4", -HOUR))
        for number in (7, 8, 9)
    ]
    assert [(await visitor.get(address)).status for address in addresses] == [404, 404, 404]
    assert len(cdn.refreshed) == 1
    assert "the-bots-token" not in caplog.text


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/attachments/1/7/a.png", "https://evil.example/attachments/1/7/a.png", "file:///etc/passwd",
     "{base}/secret", "{base}/attachments/../secret", "{base}@evil.example/attachments/1/7/a.png", "nonsense",
     "{base}/attachments/1/7/a.png HTTP/1.1\r\nX: y",
     "//evil.example/attachments/1"],
)  # fmt: skip
async def test_nothing_is_fetched_from_anywhere_but_discords_files(visitor, cdn, share, url):
    cdn.files["/secret"] = (b"secret", {})
    address = await share(pictures.still(), url=url.format(base=cdn.base))
    answer = await visitor.get(address)
    assert (answer.status, b"secret" in await answer.read()) == (404, False)
    assert (cdn.asked, cdn.refreshed) == ([], [])


async def test_a_redirect_is_not_followed(visitor, cdn, share):
    cdn.files["/secret"] = (b"secret", {})
    address = await share(pictures.still(), headers={"redirect": f"{cdn.base}/secret"})
    assert (await visitor.get(address)).status == 404
    assert [path for path, _, _ in cdn.asked] == ["/attachments/1/7/a_b.png"]


@pytest.mark.parametrize("kind", ["image/png", "video/mp4"])
async def test_a_file_larger_than_it_was_told_to_be_is_not_handed_on(visitor, share, kind):
    answer = await visitor.get(await share(VIDEO, kind, size=1000))
    assert answer.status == 404


async def test_a_file_of_a_deleted_message_or_of_none_is_404(visitor, cdn, store, share):
    address = await share(pictures.still())
    _, _, _, _, message_id, _, _ = address.split("/")
    for other in (f"{message_id}/8", "99999/7", f"{2**63}/7", f"{message_id}/{2**63}", "9999999999999999999/7"):
        assert (await visitor.get(f"/media/discord/files/{other}/x")).status == 404
    await store.pool.execute("update messages set deleted_at = now()")
    assert (await visitor.get(address)).status == 404
    assert cdn.asked == []


async def test_a_picture_whose_message_is_deleted_while_it_is_fetched_is_not_kept(visitor, store, share, monkeypatch):
    address, keep = await share(pictures.still()), media.keep_discord_file

    async def keep_and_delete(*what):
        await store.pool.execute("update messages set deleted_at = now()")
        await media.forget_discord_files(store, [7])
        await keep(*what)

    monkeypatch.setattr(media, "keep_discord_file", keep_and_delete)
    assert (await visitor.get(address)).status == 404
    assert await media.discord_file(store, 7) is None


async def test_a_picture_is_shown_although_there_is_no_room_to_keep_it(visitor, store, share):
    (store.config.data_path).mkdir(exist_ok=True)
    (store.config.data_path / "media").write_text("in the way")
    answer = await visitor.get(await share(pictures.still()))
    assert (answer.status, await answer.read()) == (200, pictures.still())


@pytest.mark.usefixtures("in_one_moment")
async def test_nobody_makes_us_flood_discord_with_files(visitor, cdn, share):
    address = await share(VIDEO[:100], "video/mp4")
    answers = [(await visitor.get(address)).status for _ in range(70)]
    assert answers == [200] * 60 + [429] * 10
    assert len(cdn.asked) == 60


@asynccontextmanager
async def slow_readers(visitor, address, networks):
    """From each of these networks somebody who asks for a long file and does not read on. What they were answered."""
    async with AsyncExitStack() as stack:
        answers = []
        for network in networks:
            visitor.session.headers["X-Forwarded-For"] = network
            answers.append(await stack.enter_async_context(visitor.get(address)))
        yield [answer.status for answer in answers]


async def test_who_reads_slowly_takes_three_places_and_everybody_else_has_theirs(crowd, cdn, share, monkeypatch):
    monkeypatch.setattr(lanes, "WAIT", 0.2)
    address = await share(bytes(12_000_000), "video/mp4")
    small = await share(pictures.still(), number=8)
    async with slow_readers(crowd, address, ["192.0.2.1"] * 3) as statuses:
        assert statuses == [200] * 3
        fourth = await crowd.get(address)
        assert (fourth.status, fourth.headers["Retry-After"]) == (429, "2")
        assert (await crowd.get(small)).status == 200, "small pictures have a lane of their own"
        crowd.session.headers["X-Forwarded-For"] = "192.0.2.2"
        async with crowd.get(address) as other:
            assert other.status == 200
    crowd.session.headers["X-Forwarded-For"] = "192.0.2.1"
    async with crowd.get(address) as again:
        assert again.status == 200


async def test_so_many_files_at_once_and_the_rest_is_told_to_come_back(crowd, cdn, share, monkeypatch):
    monkeypatch.setattr(lanes, "WAIT", 0.2)
    address = await share(bytes(12_000_000), "video/mp4")
    small = await share(pictures.still(), number=8)
    async with slow_readers(crowd, address, [f"192.0.2.{number}" for number in range(4)]) as statuses:
        assert statuses == [200] * 4
        crowd.session.headers["X-Forwarded-For"] = "192.0.2.99"
        answer = await crowd.get(address)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert (await crowd.get(small)).status == 200
    async with crowd.get(address) as again:
        assert again.status == 200


@pytest.mark.parametrize(("data", "name"), [(pictures.still(), "porch.png"), (VIDEO, "porch.mp4")])
async def test_a_file_shared_two_days_ago_in_the_practice_discord_is_shown(
    config, store, share, aiohttp_client, data, name
):
    """Its link has ended meanwhile, as Discord's do after a day."""
    ago = [2 * 24 * HOUR]
    async with Practice(now=lambda: time.time() - ago[0]) as practice, aiohttp.ClientSession() as outbound:
        message = practice.say("Mika", "look", files=[(name, data)])
        [file] = [payloads.attachment(practice.world, one) for one in message.attachments]
        ago[0] = 0
        address = await share(data, file["content_type"], name=name, url=file["url"], number=int(file["id"]))
        discord = {"cdn_base": practice.cdn_base, "api_base": practice.api_base, "token": practice.token}
        store.config = msgspec.structs.replace(config, discord=msgspec.structs.replace(config.discord, **discord))
        visitor = await aiohttp_client(make_app(store, outbound))
        answer = await visitor.get(address)
        assert (answer.status, answer.content_type, await answer.read()) == (200, file["content_type"], data)


async def test_without_discord_there_are_no_files(store, share, aiohttp_client):
    address = await share(pictures.still())
    alone = await aiohttp_client(make_app(store))
    assert (await alone.get(address)).status == 404


async def test_what_is_said_here_has_no_files_of_discords(visitor, store, share):
    address = await share(pictures.still())
    room = await rooms.by_slug(store.pool, rooms.HANGOUT)
    await store.pool.execute("update messages set source = 'web', nonce = 'n', discord_id = null")
    assert (await visitor.get(address)).status == 404
    assert (await messages.newest(store.pool, room.id, 1))[1]
