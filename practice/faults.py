"""What can be made to go wrong over REST, from Python or from the page. A fault waits for requests that match it and is
spent after so many. The gateway's faults are acts of practice.gateway; practice.server joins both for the tests."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Literal

When = Literal["before", "after"]
Kind = Literal["status", "cut", "delay", "rate_limit"]


@dataclass(slots=True)
class Fault:
    """`path` is a regular expression searched in the path after /api/v10. `when` says whether the request takes effect
    first ("after") or not at all ("before"). `seconds` is the delay, or how long a rate limit asks to wait; where there
    is a `gate`, the delay lasts until that is set."""

    kind: Kind
    method: str = ""
    path: str = ""
    times: int = 1
    when: When = "before"
    status: int = 500
    seconds: float = 0.0
    via: bool = True
    everywhere: bool = False
    gate: asyncio.Event | None = None

    def matches(self, method: str, path: str) -> bool:
        return self.method in {"", method} and re.search(self.path, path) is not None


@dataclass(slots=True)
class Faults:
    """`away` makes Discord unreachable as a whole; `latency` is added to every answer, in seconds."""

    waiting: list[Fault] = field(default_factory=list)
    away: bool = False
    latency: float = 0.0

    def add(self, fault: Fault) -> Fault:
        self.waiting.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that matches; it is used up once."""
        for fault in self.waiting:
            if fault.matches(method, path):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        self.waiting.clear()
        self.away, self.latency = False, 0.0
