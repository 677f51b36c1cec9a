"""The courier: one message to Discord by one request, and an honest word on what became of it.

discord.py would repeat a webhook request after a 5xx answer, and a webhook message carries no nonce: the second
could be a duplicate. So this request is our own, and whoever gets `Unknown` looks in the channel before trying again.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

PATIENCE = aiohttp.ClientTimeout(total=15, connect=5)
UNUSABLE_WEBHOOK = {10015, 50027}  # unknown webhook, invalid webhook token


@dataclass(frozen=True, slots=True)
class Delivered:
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


class Courier:
    """Posts to Discord's REST API and keeps to its rate limits, which its answers announce."""

    def __init__(self, outbound: aiohttp.ClientSession, api_base: str) -> None:
        self._outbound = outbound
        self._api_base = api_base.rstrip("/")
        self._open_again = 0.0  # monotonic time at which the bucket is full again

    async def may_post(self) -> None:
        """Waits for the rate limit. To be called before a send is begun: afterwards every moment counts."""
        await asyncio.sleep(max(0.0, self._open_again - time.monotonic()))

    async def post(self, path: str, payload: dict[str, Any], token: str = "") -> Outcome:
        """Posts JSON, at once; `token` is the bot's where no webhook token stands in the path."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bot {token}"} if token else {})
        body = msgspec.json.encode(payload)
        try:
            url = f"{self._api_base}{path}"
            async with self._outbound.post(
                url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False
            ) as answer:
                self._note_limit(answer)
                return _outcome(answer, await answer.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return NotNow(2.0, "no connection")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(type(error).__name__)

    def _note_limit(self, answer: aiohttp.ClientResponse) -> None:
        if answer.headers.get("X-RateLimit-Remaining") == "0":
            self._open_again = time.monotonic() + _seconds(answer.headers.get("X-RateLimit-Reset-After"), 0.0)


def _outcome(answer: aiohttp.ClientResponse, body: bytes) -> Outcome:
    told = _decode(body)
    if answer.status in (200, 201):
        return Delivered(int(told["id"])) if str(told.get("id", "")).isdigit() else Unknown("an answer without an id")
    if answer.status == 429:
        return NotNow(_seconds(told.get("retry_after", answer.headers.get("Retry-After")), 5.0), "rate limited")
    if answer.status == 401 and told.get("code") not in UNUSABLE_WEBHOOK:
        return NotNow(30.0, "the token is not accepted")
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
