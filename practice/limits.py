"""Rate limits as Discord applies them: one bucket per route and major id, plus two that its headers do not show.
Windows are fixed: they begin with their first request. Sources: Discord's 'Rate Limits' page for the headers; the
numbers are not documented and are those that people measured."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rates:
    """Each rate is (requests, seconds). `webhook_channel` counts all webhook messages of a channel."""

    webhook: tuple[int, float] = (5, 2.0)
    webhook_edits: tuple[int, float] = (5, 2.0)
    webhook_deletes: tuple[int, float] = (5, 2.0)
    webhook_channel: tuple[int, float] = (30, 60.0)
    messages: tuple[int, float] = (5, 5.0)
    deletes: tuple[int, float] = (5, 1.0)
    reactions: tuple[int, float] = (1, 0.25)
    other: tuple[int, float] = (50, 1.0)
    everything: tuple[int, float] = (50, 1.0)


@dataclass(slots=True)
class Bucket:
    limit: int
    seconds: float
    resets_at: float = 0.0
    used: int = 0

    def take(self, now: float) -> bool:
        """Counts one request; False when the window is full, and then it does not count."""
        if now >= self.resets_at:
            self.resets_at, self.used = now + self.seconds, 0
        if self.used >= self.limit:
            return False
        self.used += 1
        return True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the limits say of one request: its headers, and how many seconds to wait (None: go on)."""

    headers: dict[str, str]
    retry_after: float | None = None
    everywhere: bool = False


class Limits:
    def __init__(self, rates: Rates, now: Callable[[], float]) -> None:
        self.rates = rates
        self._now = now
        self._buckets: dict[str, Bucket] = {}

    def judge(self, kind: str, major: str, *, channel: str = "", counted_globally: bool = True) -> Verdict:
        """Counts a request of a kind (a field of Rates) for its major id; `channel` is set on a webhook's message."""
        now = self._now()
        if counted_globally:
            overall = self._bucket("everything", "")
            if not overall.take(now):
                return refused(
                    overall, now, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}, everywhere=True
                )
        bucket = self._bucket(kind, major)
        taken = bucket.take(now)
        headers = bucket_headers(bucket, kind, now)
        if not taken:
            return refused(bucket, now, headers | {"X-RateLimit-Scope": "user"})
        if channel:
            hidden = self._bucket("webhook_channel", channel)
            if not hidden.take(now):
                return refused(hidden, now, {"X-RateLimit-Scope": "shared"})
        return Verdict(headers)

    def _bucket(self, kind: str, major: str) -> Bucket:
        limit, seconds = getattr(self.rates, kind)
        return self._buckets.setdefault(f"{kind} {major}", Bucket(limit, seconds))


def bucket_headers(bucket: Bucket, kind: str, now: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(bucket.limit),
        "X-RateLimit-Remaining": str(bucket.limit - bucket.used),
        "X-RateLimit-Reset": f"{bucket.resets_at:.3f}",
        "X-RateLimit-Reset-After": f"{max(bucket.resets_at - now, 0):.3f}",
        "X-RateLimit-Bucket": hashlib.sha256(kind.encode()).hexdigest()[:32],
    }


def refused(bucket: Bucket, now: float, headers: dict[str, str], *, everywhere: bool = False) -> Verdict:
    return Verdict(headers, round(bucket.resets_at - now + 0.001, 3), everywhere)
