"""The courier: one request to Discord, and an honest word on what became of it.

discord.py would repeat a webhook request after a 5xx answer, and a webhook message carries no nonce: the second
could be a duplicate. So these requests are our own, and whoever gets `Unknown` looks before trying again.
"""

import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
import yarl

PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
PATIENCE_WITH_FILES = aiohttp.ClientTimeout(total=60, connect=5)
TOO_LARGE = 40005
UNUSABLE_WEBHOOK = {10015, 50027}  # unknown webhook, invalid webhook token


@dataclass(frozen=True, slots=True)
class Delivered:
    """It happened; `discord_id` is the message's, 0 where the answer names none."""

    discord_id: int


@dataclass(frozen=True, slots=True)
class NotNow:
    """It surely did not happen. `seconds` until it makes sense to try again."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened or not."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Discord will never take this. `status` and `code` are Discord's, `about` names the fields it complains of."""

    status: int
    code: int
    reason: str
    about: frozenset[str] = frozenset()

    @property
    def webhook_is_gone(self) -> bool:
        return self.code in UNUSABLE_WEBHOOK


Outcome = Delivered | NotNow | Unknown | Rejected


@dataclass(frozen=True, slots=True)
class File:
    """`alt` tells those who cannot see it what it shows."""

    name: str
    content_type: str
    data: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """One request. `lane` is the rate limit it counts for; `bot_token` is for paths without a token of their own."""

    lane: str
    method: str
    path: str
    payload: dict[str, Any] | None = None
    files: tuple[File, ...] = ()
    bot_token: str = ""


class Courier:
    """Carries letters to Discord's REST API and keeps to its rate limits, which its answers announce, lane by lane."""

    def __init__(self, outbound: aiohttp.ClientSession, api_base: str) -> None:
        self._outbound = outbound
        self._api_base = api_base.rstrip("/")
        self._open_at: dict[str, float] = {}  # monotonic time at which a lane is open again

    def wait(self, lane: str) -> float:
        """Seconds until this lane is open; ask before a send is begun, for afterwards every moment counts."""
        return max(0.0, self._open_at.get(lane, 0.0) - time.monotonic())

    def hold(self, lane: str, seconds: float) -> None:
        self._open_at[lane] = max(self._open_at.get(lane, 0.0), time.monotonic() + seconds)

    async def carry(self, letter: Letter) -> Outcome:
        """Makes the request, at once and once."""
        headers = {"Authorization": f"Bot {letter.bot_token}"} if letter.bot_token else {}
        try:
            async with self._outbound.request(
                letter.method,
                yarl.URL(f"{self._api_base}{letter.path}", encoded=True),
                data=_body(letter),
                headers=headers,
                timeout=PATIENCE_WITH_FILES if letter.files else PATIENCE,
                allow_redirects=False,
            ) as answer:
                self._note_limit(letter.lane, answer)
                return _outcome(answer, await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return NotNow(2.0, "no connection")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__)

    def _note_limit(self, lane: str, answer: aiohttp.ClientResponse) -> None:
        if answer.headers.get("X-RateLimit-Remaining") == "0":
            self.hold(lane, _seconds(answer.headers.get("X-RateLimit-Reset-After"), 0.0))


def _body(letter: Letter) -> aiohttp.FormData | aiohttp.BytesPayload | None:
    if letter.payload is None:
        return None
    attachments = [
        {"id": number, "filename": file.name, "description": file.alt} for number, file in enumerate(letter.files)
    ]
    payload = letter.payload | ({"attachments": attachments} if attachments else {})
    encoded = msgspec.json.encode(payload)
    if not letter.files:
        return aiohttp.BytesPayload(encoded, content_type="application/json")
    form = aiohttp.FormData()
    form.add_field("payload_json", encoded.decode(), content_type="application/json")
    for number, file in enumerate(letter.files):
        form.add_field(f"files[{number}]", file.data, filename=file.name, content_type=file.content_type)
    return form


def _outcome(answer: aiohttp.ClientResponse, body: bytes) -> Outcome:
    told = _decode(body)
    if answer.status in (200, 201, 204):
        number = str(told.get("id", "" if answer.status < 204 else 0))
        return Delivered(int(number)) if number.isdigit() else Unknown("an answer without an id")
    if answer.status == 429:
        return NotNow(_seconds(told.get("retry_after", answer.headers.get("Retry-After")), 5.0), "rate limited")
    if answer.status == 401 and told.get("code") not in UNUSABLE_WEBHOOK:
        return NotNow(30.0, "the token is not accepted")
    if answer.status == 413:
        told = {"code": TOO_LARGE, "message": "it is too large"} | told
    if 400 <= answer.status < 500 and isinstance(told.get("code"), int):
        reason = str(told.get("message", "")) or f"status {answer.status}"
        return Rejected(answer.status, told["code"], reason[:200], frozenset(told.get("errors") or ()))
    if answer.status < 500:  # not Discord's own words: a proxy or a wall on the way, which may be gone tomorrow
        return NotNow(30.0, f"status {answer.status}")
    return Unknown(f"status {answer.status}")


def _decode(body: bytes) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(text: object, otherwise: float) -> float:
    try:
        return min(max(float(str(text)), 0.0), 3600.0)
    except ValueError:
        return otherwise
