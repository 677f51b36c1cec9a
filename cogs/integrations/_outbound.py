"""How sources ask: bounded in time and size, politely, and with one kind of error for all that may go wrong."""

from collections.abc import Mapping
from typing import Any

import aiohttp


class SourceFailed(Exception):
    """The source gave no good answer. `sentence` is fit for the owner and holds no key. `retry_after`: seconds that
    it asked us to wait, None when it said nothing. `is_setup`: only the owner can mend it (a wrong key, no such
    user).
    """

    def __init__(self, sentence: str, *, retry_after: float | None = None, is_setup: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = retry_after
        self.is_setup = is_setup


class StillComputing(SourceFailed):
    """It needs a while yet (202), which is no fault: it is asked again after `retry_after`, and the last value
    stands.
    """


class Outbound:
    """For one source. `memory` of answers lasts as long as the engine."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, agent: str) -> None:
        self.session = session
        self.base_url = base_url.rstrip("/")
        self.agent = agent

    async def json(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        kept_for: float = 0.0,
    ) -> Any:
        """The decoded answer of `base_url + path` (POST of `body` as JSON when there is one). An ETag is sent back
        the next time, and 304 answered from memory; with `kept_for` the memory alone answers for so many seconds.
        Redirects are not followed. Raises SourceFailed, StillComputing.
        """
        raise NotImplementedError

    async def picture(self, url: str) -> bytes:
        """A picture from wherever the source says it is: public addresses only, or the host of `base_url`; 5 MiB at
        most. Raises SourceFailed.
        """
        raise NotImplementedError
