"""Files: what comes with them, where they are fetched, in parts or too late, and what of them Discord refuses."""

import io
import struct
from typing import Any

import aiohttp
import discord
import pytest

from practice import Practice, Rates, Refusal, sounds
from practice.files import Upload
from practice.pictures import picture, size_of
from tests.practice.conftest import Connect, Listener

MIB = 1024 * 1024


async def porch_of(client: Listener, practice: Practice) -> discord.Webhook:
    channel = client.get_channel(practice.channel_id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.create_webhook(name="Porch")


def file(data: bytes = b"x", name: str = "a.txt", description: str | None = None) -> discord.File:
    return discord.File(io.BytesIO(data), name, description=description)


def wav(seconds: int) -> bytes:
    data = bytes(8000 * seconds)
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8, b"data", len(data)
    )
    return head + data


async def test_expired_links_are_gone_and_fresh_ones_good(practice: Practice, client: Listener) -> None:
    said = practice.say("Mika", "", files=[("cat.png", picture("cat"))])
    channel = client.get_channel(practice.channel_id)
    assert isinstance(channel, discord.TextChannel)
    old = (await channel.fetch_message(said.id)).attachments[0]
    assert await old.read() == picture("cat")
    practice.expire_links()
    with pytest.raises(discord.NotFound):
        await old.read()
    assert await (await channel.fetch_message(said.id)).attachments[0].read() == picture("cat")
    headers = {"Authorization": f"Bot {practice.token}"}
    refresh = f"{practice.api_base}/attachments/refresh-urls"
    async with aiohttp.ClientSession() as session:
        async with session.post(refresh, json={"attachment_urls": [old.url]}, headers=headers) as answer:
            [fresh] = (await answer.json())["refreshed_urls"]
        assert fresh["original"] == old.url
        async with session.get(fresh["refreshed"]) as answer:
            assert await answer.read() == picture("cat")
        practice.delete(said.id)
        async with session.get(fresh["refreshed"]) as answer:
            assert answer.status == 404
    assert [fetch.status for fetch in practice.fetches] == [200, 404, 200, 200, 404]


async def test_a_link_lasts_a_day_by_the_clock() -> None:
    clock = [1_800_000_000.0]
    async with Practice(now=lambda: clock[0]) as practice, aiohttp.ClientSession() as session:
        said = practice.say("Mika", "", files=[("cat.png", picture("cat"))])
        headers = {"Authorization": f"Bot {practice.token}"}
        async with session.get(
            f"{practice.api_base}/channels/{practice.channel_id}/messages/{said.id}", headers=headers
        ) as answer:
            url = (await answer.json())["attachments"][0]["url"]
        for hours, status in ((23, 200), (2, 404)):
            clock[0] += hours * 3600
            async with session.get(url) as answer:
                assert answer.status == status


@pytest.mark.parametrize(
    ("asked", "status", "body", "where"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bites=1", 416, b"", "bytes */10"),
    ],
)
async def test_a_part_of_a_file_can_be_asked_for(
    practice: Practice, client: Listener, asked: str, status: int, body: bytes, where: str
) -> None:
    webhook = await porch_of(client, practice)
    url = (await webhook.send(file=file(b"0123456789"), wait=True)).attachments[0].url
    async with aiohttp.ClientSession() as session, session.get(url, headers={"Range": asked}) as answer:
        assert (answer.status, await answer.read(), answer.headers["Content-Range"]) == (status, body, where)


async def test_sounds_and_films_have_their_length_and_size(practice: Practice, client: Listener) -> None:
    film = Upload(0, "film.mp4", "video/mp4", b"film", duration=12.5, size=(640, 360))
    said = practice.say("Mika", "", files=[film, ("tune.wav", wav(2)), ("hum.ogg", sounds.voice(1))])
    channel = client.get_channel(practice.channel_id)
    assert isinstance(channel, discord.TextChannel)
    shown = (await channel.fetch_message(said.id)).attachments
    assert [(each.duration, each.width, each.height) for each in shown] == [
        (12.5, 640, 360),
        (2.0, None, None),
        (1.0, None, None),
    ]


def test_a_webp_says_how_large_it_is() -> None:
    extended = b"RIFF____WEBPVP8X____" + bytes(4) + (319).to_bytes(3, "little") + (199).to_bytes(3, "little")
    lossless = b"RIFF____WEBPVP8L____\x2f" + (319 | 199 << 14).to_bytes(4, "little") + bytes(5)
    lossy = b"RIFF____WEBPVP8 ____" + bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 320, 200)
    assert [size_of(each) for each in (extended, lossless, lossy)] == [(320, 200)] * 3


async def test_ten_files_are_taken_with_their_words_and_an_eleventh_is_not(
    practice: Practice, client: Listener
) -> None:
    webhook = await porch_of(client, practice)
    files = [file(bytes([n]), f"{n}.bin", f"number {n}") for n in range(10)]
    sent = await webhook.send(files=files, wait=True)
    assert [(each.filename, each.description) for each in sent.attachments] == [
        (f"{n}.bin", f"number {n}") for n in range(10)
    ]
    assert [each.data for each in practice.messages()[0].attachments] == [bytes([n]) for n in range(10)]
    with pytest.raises(discord.HTTPException) as refused:
        await sent.add_files(file())
    assert refused.value.code == 50035


@pytest.mark.parametrize("sizes", [[10 * MIB + 1], [9 * MIB] * 3], ids=["one too large", "too much together"])
async def test_what_is_too_large_is_refused(practice: Practice, client: Listener, sizes: list[int]) -> None:
    webhook = await porch_of(client, practice)
    with pytest.raises(discord.HTTPException) as refused:
        await webhook.send(files=[file(bytes(size)) for size in sizes], wait=True)
    assert (refused.value.status, refused.value.code) == (413, 40005)
    assert practice.messages() == []


async def test_an_edit_keeps_the_files_unless_it_lists_them(practice: Practice, client: Listener) -> None:
    webhook = await porch_of(client, practice)
    sent = await webhook.send("two", files=[file(b"1", "1.txt"), file(b"2", "2.txt")], wait=True)
    kept = await sent.edit(content="still two")
    assert [each.filename for each in kept.attachments] == ["1.txt", "2.txt"]
    kept = await sent.edit(attachments=[kept.attachments[1], file(b"3", "3.txt", "new")])
    assert [(each.filename, each.description) for each in kept.attachments] == [("2.txt", None), ("3.txt", "new")]
    kept = await sent.edit(attachments=[])
    assert (kept.attachments, kept.content) == ([], "still two")
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="")
    assert refused.value.code == 50006
    assert practice.messages()[0].content == "still two"


async def test_words_about_a_file_have_a_limit(practice: Practice) -> None:
    with pytest.raises(Refusal, match="50035"):
        practice.say("Mika", "", files=[Upload(0, "a.txt", "text/plain", b"x", title="t"), ("b" * 300, b"")] * 6)
    body: dict[str, Any] = {"attachments": [{"id": 0, "description": "x" * 1025}]}
    with pytest.raises(Refusal, match="50035"):
        practice.post("Mika", "hangout", body, [("a.txt", b"x")])


# Webhook messages


async def test_a_webhook_reads_edits_and_deletes_its_own_also_in_a_thread(practice: Practice, client: Listener) -> None:
    webhook, other = await porch_of(client, practice), await porch_of(client, practice)
    thread = discord.Object(practice.start_thread("Mika", "Apart").id)
    sent = await webhook.send("one", wait=True, thread=thread)
    assert (await webhook.fetch_message(sent.id, thread=thread)).content == "one"
    await webhook.edit_message(sent.id, content="two", thread=thread)
    assert practice.find(sent.id).content == "two"
    for wrong in (webhook.fetch_message(sent.id), other.delete_message(sent.id, thread=thread)):
        with pytest.raises(discord.NotFound) as refused:
            await wrong
        assert refused.value.code == 10008
    await webhook.delete_message(sent.id, thread=thread)
    with pytest.raises(Refusal, match="10008"):
        practice.find(sent.id)


# Faults and limits


@pytest.mark.parametrize("kind", ["status", "cut"])
async def test_faults_strike_edits_deletions_reactions_and_files_after_they_took_effect(
    practice: Practice, client: Listener, kind: str
) -> None:
    webhook = await porch_of(client, practice)
    hook = f"{practice.api_base}/webhooks/{webhook.id}/{webhook.token}"
    sent = await webhook.send("one", wait=True, file=file(b"data"))
    own = f"{practice.api_base}/channels/{practice.channel_id}/messages/{sent.id}/reactions/%F0%9F%91%8D/@me"
    form = aiohttp.FormData()
    form.add_field("payload_json", '{"content": "with a file"}', content_type="application/json")
    form.add_field("files[0]", io.BytesIO(bytes(2 * MIB)), filename="a.bin")
    acts: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", f"{hook}/messages/{sent.id}", {"json": {"content": "two"}}),
        ("PUT", own, {}),
        ("DELETE", own, {}),
        ("GET", f"{hook}/messages/{sent.id}", {}),
        ("GET", sent.attachments[0].url, {}),
        ("POST", hook, {"data": form}),
        ("DELETE", f"{hook}/messages/{sent.id}", {}),
    ]
    seen = []
    async with aiohttp.ClientSession() as session:
        for method, url, more in acts:
            headers = {} if "/webhooks/" in url else {"Authorization": f"Bot {practice.token}"}
            if kind == "status":
                practice.faults.status(503, path="", method=method, when="after")
            else:
                # aiohttp quietly tries what may be repeated once more
                practice.faults.cut(path="", method=method, when="after", times=1 if method in {"POST", "PATCH"} else 2)
            try:
                async with session.request(method, url, headers=headers, **more) as answer:
                    assert (kind, answer.status) == ("status", 503)
            except aiohttp.ClientError:
                assert kind == "cut"
            seen.append([(each.content, list(each.reactions), len(each.attachments)) for each in practice.messages()])
    one, two = [("two", [], 1)], ("with a file", [], 1)
    assert seen == [one, [("two", ["👍"], 1)], one, one, one, [*one, two], [two]]
    assert practice.faults.rest.waiting == []


async def test_edits_and_deletions_by_webhook_have_buckets_of_their_own(connect: Connect) -> None:
    async with Practice(limits=Rates()) as practice:
        webhook = await porch_of(await connect(practice), practice)
        hook = f"{practice.api_base}/webhooks/{webhook.id}/{webhook.token}"
        buckets, left = set(), []
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{hook}?wait=1", json={"content": "x"}) as answer:
                path = f"{hook}/messages/{(await answer.json())['id']}"
                buckets.add(answer.headers["X-RateLimit-Bucket"])
            for n in range(6):
                async with session.patch(path, json={"content": str(n)}) as answer:
                    left.append((answer.status, answer.headers["X-RateLimit-Remaining"]))
                    buckets.add(answer.headers["X-RateLimit-Bucket"])
            async with session.delete(path) as answer:
                assert (answer.status, answer.headers["X-RateLimit-Remaining"]) == (204, "4")
                buckets.add(answer.headers["X-RateLimit-Bucket"])
        assert left == [(200, "4"), (200, "3"), (200, "2"), (200, "1"), (200, "0"), (429, "0")]
        assert len(buckets) == 3
