"""What goes wrong with a source, as one kind of error, with a sentence about it that holds no key and no address."""

import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

WAIT_MAX = 86_400.0  # seconds: longer than a day nobody is left unasked
COMPUTING = 60.0  # seconds that one waits for what is being computed (WakaTime's documentation of 202)
LIMITS = ("x-ratelimit", "ratelimit")  # as GitHub and Mastodon say it, and as Bluesky does


class SourceFailed(Exception):
    """The source gave no good answer. `sentence` is fit for the owner and holds no key. `retry_after`: seconds that
    it asked us to wait, None when it said nothing. `is_setup`: only the owner can mend it (a wrong key, no such
    user). `status` and `answer`: what it said, for the source's own module to judge; 0 and None when nothing came.
    """

    def __init__(
        self,
        sentence: str,
        *,
        retry_after: float | None = None,
        is_setup: bool = False,
        status: int = 0,
        answer: Any = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = retry_after
        self.is_setup = is_setup
        self.status = status
        self.answer = answer


class StillComputing(SourceFailed):
    """It needs a while yet (202), which is no fault: it is asked again after `retry_after`, and the last value
    stands.
    """


def failure(status: int, headers: Mapping[str, str], answer: Any, now: float | None = None) -> SourceFailed:
    """What an answer that is not 200 means. `now` is in seconds since 1970."""
    wait = wait_of(headers, time.time() if now is None else now)
    if status == 202:
        sentence = "It is still computing the numbers."
        return StillComputing(sentence, retry_after=max(wait or 0.0, COMPUTING), status=status, answer=answer)
    is_limit = status == 429 or (status == 403 and wait is not None)
    return SourceFailed(
        f"It says that we ask too often ({status})." if is_limit else _sentence(status),
        retry_after=wait,
        is_setup=status in {401, 403, 404, 410} and not is_limit,
        status=status,
        answer=answer,
    )


def _sentence(status: int) -> str:
    if status in {401, 403}:
        return f"It does not let us in ({status}): the key may be wrong."
    if status in {404, 410}:
        return f"It knows nothing of what we ask for ({status}): the name may be wrong, or base_url."
    if 300 <= status < 400:
        return f"It sends us elsewhere ({status}), and we do not follow: base_url may be wrong."
    if status >= 500:
        return f"It has trouble of its own ({status})."
    return f"It does not take our question ({status})."


def wait_of(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds to wait by Retry-After (seconds or a date, RFC 9110 10.2.3), else until the limit that is used up
    begins anew; from 0 to a day; None when neither is said in a way that can be read.
    """
    if (said := headers.get("Retry-After")) is not None and (wait := _seconds(said, now, is_span=True)) is not None:
        return wait
    for limit in LIMITS:
        if headers.get(f"{limit}-remaining", "").strip() == "0":
            return _seconds(headers.get(f"{limit}-reset", ""), now, is_span=False)
    return None


def _seconds(said: str, now: float, *, is_span: bool) -> float | None:
    said = said.strip()[:64]
    try:
        if said.isascii() and said.replace(".", "", 1).isdecimal():
            moment = float(said) + (now if is_span else 0.0)
        else:
            moment = _moment(said)
    except (ValueError, OverflowError):
        return None
    return min(max(moment - now, 0.0), WAIT_MAX) if math.isfinite(moment) else None


def _moment(said: str) -> float:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = parsedate_to_datetime(said)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
