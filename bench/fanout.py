"""1,000 sockets in one room: deliveries per CPU-second beside a bare protocol, and what one that never reads does."""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench._readers import Reader, Readers, reading

ROOT = Path(__file__).parents[1]
OURS, BARE, NAIVE = "porchlight", "bare", "send_str"
AIMS = {"spaced": 1.25, "burst": 1 / 3}  # of the CPU time of the bare protocol
BURST = 16
TOO_SLOW = 1013
QUIET = 0.8  # seconds; who is here is told at most every half second
LONG, LONG_MESSAGES = 2000, 160  # bytes each, and as many as more than fill what may wait for one socket


@dataclass(frozen=True, slots=True)
class Crowding:
    """How much of everything. `size` is the content of a message in bytes; its frame says more."""

    sockets: int = 1000
    messages: int = 240
    size: int = 200
    rounds: int = 3
    loop: str = "uvloop"


class Server:
    """One server of bench/_crowds.py in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port = int(self._answer()["port"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The server has died")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _order(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def tell(self, readers: Readers, messages: int, size: int, burst: int) -> dict[str, Any]:
        """Has it tell so many messages and reads them all; the answer is the server's own account."""
        self._order(json.dumps({"messages": messages, "size": size, "burst": burst}))
        for start in range(0, messages, burst):
            readers.read_frames(len(readers) * min(burst, messages - start))
            self._order("")
        return self._answer()


@contextmanager
def served(name: str, loop: str) -> Iterator[Server]:
    """On a core of its own where there are two, so that the readers do not disturb its caches."""
    command = [sys.executable, "-m", "bench._crowds", name, loop]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        pin(process.pid, 0)
        try:
            yield Server(process)
        finally:
            assert process.stdin
            with suppress(BrokenPipeError):
                process.stdin.close()


def pin(pid: int, core: int) -> None:
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(pid, {core})


def measure(name: str, asked: Crowding) -> dict[str, float]:
    """CPU seconds per million deliveries by pattern, and the size of a frame."""
    found: dict[str, float] = {}
    with served(name, asked.loop) as server, reading(server.port, asked.sockets) as readers:
        readers.read_until_quiet(QUIET)  # every socket that came has changed who is here
        server.tell(readers, BURST, asked.size, 1)
        for pattern, burst in (("spaced", 1), ("burst", BURST)):
            account = server.tell(readers, asked.messages, asked.size, burst)
            found[pattern] = account["cpu"] / (asked.messages * asked.sockets) * 1e6
            found["frame"] = account["frame"]
    return found


def compare(asked: Crowding) -> list[str]:
    """Runs all three, one after the other and again, and tells the medians."""
    rounds = {name: [] for name in (OURS, BARE, NAIVE)}  # type: dict[str, list[dict[str, float]]]
    for _ in range(asked.rounds):
        for name, results in rounds.items():
            results.append(measure(name, asked))
    frame = rounds[OURS][0]["frame"]
    sizes = f"messages of {asked.size} bytes (frames of {frame:.0f})"
    lines = [f"{asked.sockets} sockets, {sizes}, {asked.loop}, median of {asked.rounds}"]
    for pattern, aim in AIMS.items():
        costs = {name: statistics.median(one[pattern] for one in results) for name, results in rounds.items()}
        ratio = costs[OURS] / costs[BARE]
        lines.append(
            f"{pattern:7} Porchlight takes {ratio:.2f} times the CPU of the bare protocol (aim: at most {aim:.2f}), "
            f"{costs[OURS] / costs[NAIVE]:.2f} times that of send_str"
        )
        lines += [f"        {name:10} {1e6 / cost:9,.0f} deliveries per CPU second" for name, cost in costs.items()]
    return lines


def sit_with_one_that_never_reads(asked: Crowding) -> list[str]:
    """The same crowd without and with a stuck socket, by turns; long messages fill its buffers soon."""
    alone: list[Delays] = []
    beside: list[Delays] = []
    closings: list[int | None] = []
    with served(OURS, asked.loop) as server, reading(server.port, asked.sockets - 1) as readers:
        readers.read_until_quiet(QUIET)
        delays(server, readers)
        for _ in range(asked.rounds):
            alone.append(delays(server, readers))
            with stuck(server, readers) as reader:
                beside.append(delays(server, readers))
                while reader.is_open and reader.wait(1.0):
                    pass
                closings.append(reader.closing)
    without, with_it = (statistics.median(one.median for one in found) for found in (alone, beside))
    figures = f"{without * 1000:.1f} ms without it, {with_it * 1000:.1f} ms with it"
    is_closed = "was closed with 1013" if set(closings) == {TOO_SLOW} else "WAS NOT CLOSED"
    return [
        f"one of {asked.sockets} never reads: the others' median delay is {with_it / without:.2f} times ({figures})",
        f"        resident memory {alone[0].memory:.1f} MiB before, {beside[-1].memory:.1f} MiB after {asked.rounds}",
        f"        the stuck one {is_closed}",
    ]


@contextmanager
def stuck(server: Server, readers: Readers) -> Iterator[Reader]:
    """Sits down and does not read: its own buffer is small, the rest piles up in the server."""
    reader = Reader(server.port, receive_buffer=4096)
    try:
        readers.read_until_quiet(QUIET)
        yield reader
    finally:
        reader.close()
        readers.read_until_quiet(QUIET)


@dataclass(frozen=True, slots=True)
class Delays:
    """`median`: seconds from announcing to reading. `memory`: MiB resident afterwards."""

    median: float
    memory: float


def delays(server: Server, readers: Readers) -> Delays:
    readers.times = []
    account = server.tell(readers, LONG_MESSAGES, LONG, 1)
    times, readers.times = readers.times, None
    count = len(readers)
    waits = [at - account["times"][place // count] for place, at in enumerate(times)]
    return Delays(statistics.median(waits), account["memory"])


def main() -> int:
    usual = Crowding()
    parser = argparse.ArgumentParser(prog="./run bench fanout", description=__doc__)
    parser.add_argument("--sockets", type=int, default=usual.sockets)
    parser.add_argument("--messages", type=int, default=usual.messages)
    parser.add_argument("--size", type=int, default=usual.size)
    parser.add_argument("--rounds", type=int, default=usual.rounds)
    parser.add_argument("--loop", choices=["uvloop", "asyncio"], default=usual.loop)
    asked = Crowding(**vars(parser.parse_args()))
    pin(0, 1)
    print("\n".join(compare(asked)), flush=True)
    print("\n".join(sit_with_one_that_never_reads(asked)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
