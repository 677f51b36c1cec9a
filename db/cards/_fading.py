"""Cards in Redis, when there is one: for the other processes, which read there what changed. Only a copy; what fails
here is told once and not tried again for some seconds, and PostgreSQL is asked instead.
"""

import asyncio
import logging
import time

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
HASH = "porchlight:cards"
PATIENCE = 0.4  # seconds
REST = 5.0  # seconds after a failure


class Fading:
    def __init__(self, url: str = "") -> None:
        self._client = _client(url) if url else None
        self._rests_until = 0.0

    async def put(self, name: str, card: bytes) -> None:
        if client := self._awake():
            try:
                async with asyncio.timeout(PATIENCE):
                    await client.hset(HASH, name, card)
            except (RedisError, OSError, TimeoutError) as error:
                self._rest(error)

    async def get(self, name: str) -> bytes | None:
        if client := self._awake():
            try:
                async with asyncio.timeout(PATIENCE):
                    found: bytes | None = await client.hget(HASH, name)  # type: ignore[assignment] # bytes come as bytes
                    return found
            except (RedisError, OSError, TimeoutError) as error:
                self._rest(error)
        return None

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()

    def _awake(self) -> "redis.Redis | None":
        return self._client if time.monotonic() >= self._rests_until else None

    def _rest(self, error: Exception) -> None:
        log.info("Cards cannot be shared through Redis just now (%s)", type(error).__name__)
        self._rests_until = time.monotonic() + REST


def _client(url: str) -> "redis.Redis":
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, protocol=2, retry=once)
