"""One answer from elsewhere, read whole, within a size and a time, with nothing in its errors that must not be told."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from ._failures import SourceFailed

SLOW = "It did not answer in time."
AWAY = "It cannot be reached."
BROKEN = "Its answer broke off."
GARBAGE = "Its answer cannot be read."
TOO_MUCH = "Its answer is too large."
MAGIC = (b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


def asking() -> aiohttp.ClientSession:
    """What this process asks others with. It keeps no cookies: nobody asked may number us, nor fill the memory."""
    return aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar())


async def whole(asking: AbstractAsyncContextManager[aiohttp.ClientResponse], most: int) -> Answer:
    """All of the answer, at most so many bytes of it when unpacked. Raises SourceFailed.

    The client's own errors hold addresses, and those hold keys: none of them goes on from here, not even as the
    context of another.
    """
    try:
        async with asking as answer:
            return Answer(answer.status, answer.headers, await _content(answer, most))
    except TimeoutError:
        sentence = SLOW
    except aiohttp.ClientPayloadError:
        sentence = BROKEN
    except aiohttp.ClientConnectionError:
        sentence = AWAY
    except (aiohttp.ClientError, OSError, ValueError):
        sentence = GARBAGE
    raise SourceFailed(sentence)


async def _content(answer: aiohttp.ClientResponse, most: int) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        content += chunk
        if len(content) > most:
            raise SourceFailed(TOO_MUCH, status=answer.status)
    return bytes(content)


def decoded(content: bytes) -> Any:
    """Raises SourceFailed for what is no JSON."""
    try:
        return msgspec.json.decode(content)
    except (ValueError, RecursionError):
        pass
    raise SourceFailed(GARBAGE, status=200)


def decoded_if_any(content: bytes) -> Any:
    """What is said along with an error, where that is JSON; else None."""
    try:
        return decoded(content)
    except SourceFailed:
        return None


def is_picture(content: bytes) -> bool:
    """A PNG, GIF, JPEG or WebP by its first bytes, whatever it is called."""
    return content.startswith(MAGIC) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")
