"""The same promises in a folder and in a bucket, which moto's server stands in for on this machine."""

import asyncio
import os
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec
import pytest

from db import blobs, media, people
from db.blobs import Blobs
from db.config import Config, Data, Media
from db.errors import NoRoom, NotFound, Unavailable
from tests import pictures
from tests.programs import free_port, until

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
BIG = os.urandom(700_000)


@pytest.fixture(scope="session")
async def bucket(session_folder: Path):
    """The configuration of an empty bucket."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    with (session_folder / "moto.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), stdout=log, stderr=log
        )
    async with aiohttp.ClientSession() as session:

        async def is_made() -> bool:
            try:
                async with session.put(f"{endpoint}/pictures") as answer:
                    return answer.status == 200
            except aiohttp.ClientError:
                return False

        try:
            await until(is_made, 40)
            yield Media(bucket="pictures", endpoint=endpoint, access_key="key", secret_key="secret")
        finally:
            process.kill()
            await process.wait()


@pytest.fixture(params=["folder", "bucket"])
def configured(request, tmp_path: Path) -> Config:
    chosen = request.getfixturevalue("bucket") if request.param == "bucket" else Media()
    return Config(data=Data(dir=str(tmp_path / "data")), media=chosen)


@pytest.fixture
def kept(configured: Config) -> Blobs:
    return Blobs(configured)


async def read_part(kept: Blobs, name: str, start: int, end: int) -> bytes:
    reading = await kept.open(name, start, end)
    return b"".join([piece async for piece in reading.chunks])


async def test_what_is_kept_is_read_whole_and_in_part(kept, tmp_path):
    path = tmp_path / "big"
    path.write_bytes(BIG)
    await kept.keep("ab/bytes", BIG)
    await kept.keep("ab/path", path)
    for name in ("ab/bytes", "ab/path"):
        assert await kept.read(name) == BIG
        assert await kept.size(name) == len(BIG)
        assert await read_part(kept, name, 5, 600_000) == BIG[5:600_000]


async def test_what_is_not_there_is_not_found_and_removing_it_is_no_harm(kept):
    for asking in (kept.read("no/thing"), kept.size("no/thing"), kept.open("no/thing", 0, 5)):
        with pytest.raises(NotFound):
            await asking
    await kept.keep("cd/one", b"one")
    await kept.remove(["no/thing", "cd/one"])
    with pytest.raises(NotFound):
        await kept.read("cd/one")


async def test_what_is_there_whole_is_not_written_again_and_what_was_cut_short_is(kept):
    await kept.keep("ef/one", b"whole")
    await kept.keep("ef/one", b"other")
    assert await kept.read("ef/one") == b"whole"
    await kept.keep("ef/one", b"was cut short")
    assert await kept.read("ef/one") == b"was cut short"


async def test_pictures_in_a_bucket_are_brought_shown_and_cleared_away(store, bucket):
    store.config = msgspec.structs.replace(store.config, media=bucket)
    store.blobs = Blobs(store.config)
    ada = await people.add_visitor(store.pool, "Ada")
    brought = await media.add(store, ada, pictures.still("JPEG", (900, 600)), "", NOON)
    assert pictures.opened(await media.read(store, brought, 800)).size == (800, 533)
    assert not (store.config.data_path / "media").exists()
    assert await media.remove_unused(store, NOON + timedelta(days=2)) == 1
    for width in (None, 320, 800):
        with pytest.raises(NotFound):
            await media.read(store, brought, width)


async def test_a_bucket_that_does_not_answer_is_a_short_rest_and_no_secret_is_told(store, bucket, caplog):
    away = msgspec.structs.replace(bucket, endpoint="http://127.0.0.1:9", secret_key="hunter2")
    store.config = msgspec.structs.replace(store.config, media=away)
    store.blobs = Blobs(store.config)
    ada = await people.add_visitor(store.pool, "Ada")
    with pytest.raises(Unavailable):
        await media.add(store, ada, pictures.still(), "", NOON)
    assert await store.pool.fetchval("select count(*) from media where released_at is null") == 0
    assert "hunter2" not in caplog.text


WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n"
PART = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 50\r\nContent-Range: bytes 0-49/100\r\n"
ABOUT = b'ETag: "a"\r\nLast-Modified: Fri, 01 May 2026 12:00:00 GMT\r\n\r\n'
WRONG = {
    "silent": b"",
    "no HTTP": b"nonsense\r\n\r\n",
    "forbidden": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
    "failing": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "without a header": b"HTTP/1.1 206 Partial Content\r\nContent-Length: 50\r\n\r\n",
    "stuck in the middle": WHOLE + ABOUT + b"abc",
    "stuck in the middle of a part": PART + ABOUT + b"abc",
}


@asynccontextmanager
async def bucket_that_answers(said: bytes, *, stays: bool = True) -> AsyncIterator[Blobs]:
    """A bucket that says always the same, and then either nothing more or good-bye."""
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(said)
            await writer.drain()
            if stays:
                await over.wait()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        chosen = Media(bucket="pictures", endpoint=endpoint, access_key="key", secret_key="secret")
        yield Blobs(Config(media=chosen))
        over.set()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize("stays", [True, False])
async def test_a_bucket_that_answers_nonsense_or_nothing_is_a_short_rest_and_soon(how, stays, monkeypatch):
    assert (blobs.PATIENCE, blobs.WHOLE_PATIENCE) == (5.0, 10.0)
    monkeypatch.setattr(blobs, "PATIENCE", 0.6)
    monkeypatch.setattr(blobs, "WHOLE_PATIENCE", 0.8)
    async with bucket_that_answers(WRONG[how], stays=stays) as kept:
        asking = [kept.read("ab/c"), read_part(kept, "ab/c", 0, 50), kept.remove(["ab/c"])]
        asking += [] if "middle" in how or "header" in how else [kept.size("ab/c")]
        began = time.monotonic()
        for answer in await asyncio.gather(*asking, return_exceptions=True):
            assert isinstance(answer, Unavailable)
        assert time.monotonic() - began < 3


async def test_a_picture_whose_bucket_goes_silent_is_given_up_at_the_next_piece(store, bucket, monkeypatch):
    monkeypatch.setattr(blobs, "PATIENCE", 0.6)
    kept = Blobs(Config(media=bucket))
    await kept.keep("gh/long", BIG)
    reading = await kept.open("gh/long", 0, len(BIG))
    first = await anext(reading.chunks)
    async with bucket_that_answers(b"") as silent:
        kept._opened = silent._store()
        with pytest.raises(Unavailable):
            await anext(reading.chunks)
    assert first == BIG[: len(first)]


async def test_a_bucket_that_does_not_exist_keeps_nothing_and_says_so(bucket, caplog):
    kept = Blobs(Config(media=msgspec.structs.replace(bucket, bucket="not-there")))
    with pytest.raises(Unavailable):
        await kept.keep("ab/one", b"one")
    assert "place where pictures are kept fails" in caplog.text


async def test_a_disk_that_fills_up_in_the_middle_leaves_no_part_and_recovers(tmp_path):
    """No file of this process may become larger than 200 kB for a moment, so that writing fails as on a full disk."""
    kept = Blobs(Config(data=Data(dir=str(tmp_path))))
    await kept.keep("ab/small", b"small")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(NoRoom, match="no room"):
            await kept.keep("ab/big", BIG)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert [path.name for path in (tmp_path / "media").rglob("*") if path.is_file()] == ["small"]
    await kept.keep("ab/big", BIG)
    assert await kept.read("ab/big") == BIG


KILLED = """
import asyncio, os, sys
from db.blobs import Blobs
from db.config import Config, Data

async def main():
    kept = Blobs(Config(data=Data(dir=sys.argv[1])))
    await kept.keep("ab/small", b"small")
    print("ready", flush=True)
    while True:
        await asyncio.gather(*(kept.keep(f"ab/{n}", os.urandom(3_000_000)) for n in range(20)))
        await kept.remove([f"ab/{n}" for n in range(20)])

asyncio.run(main())
"""


async def test_a_process_that_is_killed_while_it_writes_leaves_no_part_under_a_name(tmp_path, monkeypatch):
    for _ in range(3):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLED, str(tmp_path), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout
        await process.stdout.readline()
        await asyncio.sleep(0.1)
        process.kill()
        await process.wait()
        sizes = {path.stat().st_size for path in (tmp_path / "media" / "ab").iterdir() if "#" not in path.name}
        assert sizes <= {5, 3_000_000}
    kept = Blobs(Config(data=Data(dir=str(tmp_path))))
    (tmp_path / "media" / "ab" / "begun#1").write_bytes(b"part")
    await kept.tidy()
    assert (tmp_path / "media" / "ab" / "begun#1").exists(), "somebody may be writing it"
    monkeypatch.setattr(blobs, "ABANDONED_AFTER", -1.0)
    await kept.tidy()
    assert not list((tmp_path / "media").rglob("*#*"))
    assert await kept.read("ab/small") == b"small"


async def test_a_folder_that_cannot_be_made_is_a_refusal_and_no_fault(tmp_path):
    (tmp_path / "file").write_text("in the way")
    kept = Blobs(Config(data=Data(dir=str(tmp_path / "file"))))
    with pytest.raises(Unavailable):
        await kept.keep("ab/one", b"one")
