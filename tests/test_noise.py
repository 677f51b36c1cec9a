"""What the program says of itself: its log under hostile requests, and /readyz through all that may be wrong."""

import asyncio
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp

from practice import Practice, porch
from tests.programs import Postgres, running, until
from tests.visitors import seated

STRANGE_ADDRESSES = ("203.0.113.77", "2001:db8::77")
HOSTILE = [
    ("GET", "/%00", {}),
    ("GET", "/hangout?before=-1&before=%F0%9F%92%A9", {}),
    ("GET", "/\u202e%0d%0aSet-Cookie:x=1", {}),
    ("GET", "/avatars/99999999999999999999.png", {}),
    ("GET", "/media/discord/emojis/1.exe", {}),
    ("GET", "/media/discord/files/99999999999999999999/1/x", {}),
    ("GET", "/media/AAAAAAAAAAAAAAAAAAAAAA/full.png", {"headers": {"Range": "bytes=9-1,-,x"}}),
    ("POST", "/media", {"data": b"\x00" * 1000, "headers": {"Content-Type": "multipart/form-data; boundary=\u00e9"}}),
    ("GET", "/static/../bot.py", {}),
    ("GET", "/api/v1/rooms/hangout/messages?after=x&limit=1e9", {}),
    ("POST", "/hangout", {"data": {"content": "\x00", "nonce": "\x1b[31m"}}),
    ("POST", "/hangout/join", {"data": {"name": "\u202e" * 500}}),
    ("POST", "/hangout/join", {"data": b"\xff\xfe" * 100, "headers": {"Content-Type": "text/html; charset=rot13"}}),
    ("POST", "/hangout/join", {"data": {"name": "Eve"}, "headers": {"Origin": "https://evil.example"}}),
    ("POST", "/theme", {"data": {"theme": "dark", "next": "//evil.example"}}),
    ("DELETE", "/hangout", {}),
    ("GET", "/hangout", {"headers": {"Cookie": "session=" + "A" * 43, "Host": "evil.example"}}),
    ("GET", "/ws/hangout", {}),
]
RAW = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS to a port that does not speak it
    b"GET / HTTP/9.9\r\n\r\n",
    b"POST /hangout/join HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
]


async def shout(port: int, data: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    async with asyncio.timeout(5):
        with suppress(ConnectionError):
            await reader.read(1000)
    writer.close()


async def test_hostile_requests_leave_no_traceback_no_address_and_no_secret_in_the_log(
    practice: Practice, database_url: str, tmp_path: Path
) -> None:
    key = "a-very-secret-key-of-thirty-two-characters"
    environ = {
        **practice.environment,
        "DATABASE_URL": database_url,
        "WEB_SECRET_KEY": key,
        "WEB_TRUSTED_PROXIES": "127.0.0.1",
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "json",
    }
    async with running(tmp_path, environ) as program, aiohttp.ClientSession() as session:
        for number, (method, path, words) in enumerate(HOSTILE):
            headers = {"X-Forwarded-For": STRANGE_ADDRESSES[number % 2], **words.pop("headers", {})}
            async with session.request(method, program.url + path, headers=headers, **words) as answer:
                assert answer.status < 500, (method, path)
        for data in RAW:
            await shout(program.port, data)
        async with seated((program.url, "Ada")) as [ada]:
            ada.say("hello")
            await until(lambda: ada.states)
        assert program.status is None
        said = program.words
    assert "Traceback" not in said, said
    for secret in (practice.token, key, *STRANGE_ADDRESSES):
        assert secret not in said
    assert not re.search(r"/webhooks/\d+/(?!\[hidden\])[\w-]{30,}", said)
    for line in said.splitlines():
        assert line.startswith('{"time":'), line


async def readiness(program: Any) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session:
        found: dict[str, Any] = await program.readiness(session)
    return found


async def test_readyz_is_about_the_database_and_tells_how_discord_is(
    practice: Practice, tmp_path: Path, session_folder: Path
) -> None:
    async with Postgres(session_folder / f"ready-{time.monotonic_ns()}") as postgres:
        url = {"DATABASE_URL": postgres.url}
        async with running(tmp_path, url, database=True) as program:
            found = await readiness(program)
            assert set(found) == {"database", "discord", "relay", "version", "uptime", "status"}
            assert (found["status"], found["discord"], found["relay"]) == (200, "off", "off")
            assert "There is no Discord token" in program.words

        async with running(
            tmp_path, {**practice.environment, **url, "DISCORD_TOKEN": "x" * 60}, discord="wrong_token"
        ) as program:
            assert (await readiness(program))["status"] == 200
            assert program.words.count("Discord does not accept the bot's token") == 1
            assert "x" * 60 not in program.words

        practice.faults.withdraw_intents(porch.MESSAGE_CONTENT)
        async with running(tmp_path, {**practice.environment, **url}, discord="missing_intent") as program:
            assert (await readiness(program))["status"] == 200
            assert program.words.count("Switch on 'Message Content Intent'") == 1
        practice.world.application.intents = porch.PRIVILEGED

        async with running(tmp_path, {**practice.environment, **url}) as program:
            found = await readiness(program)
            assert (found["status"], found["database"], found["discord"]) == (200, True, "on")
            practice.faults.away()
            await program.is_serving(discord="connecting", status=200)
            practice.faults.back()
            await program.is_serving(discord="on")
            await postgres.stop()
            await program.is_serving(database=False, status=503, discord="on")
            await postgres.start()
            await program.is_serving(database=True, status=200, discord="on")
