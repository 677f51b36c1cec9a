"""How long a word takes: from Discord to an open page, and from a page to its acknowledgement."""

import argparse
import statistics
import sys
import time
from typing import Any

import aiohttp
import msgspec

from bench._house import House, opened, run
from practice import Practice

COUNT = 200
AIMS = {"Discord to page": 100, "send to ack": 20, "send to Discord": None}  # milliseconds, median
JOIN = {"Accept": "application/json"}


async def measure(count: int) -> dict[str, list[float]]:
    """Seconds, by way; one message at a time, so that each is alone."""
    async with (
        Practice() as practice,
        opened(practice.environment) as house,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client,
    ):
        await join(client, house)
        async with client.ws_connect(f"{house.url}/ws/hangout") as page:
            await receive(page, "hello")
            ways: dict[str, list[float]] = {name: [] for name in AIMS}
            for number in range(count):
                ways["Discord to page"].append(await hear(practice, page, number))
                acknowledged, relayed = await say(page, number)
                ways["send to ack"].append(acknowledged)
                ways["send to Discord"].append(relayed)
            return ways


async def join(client: aiohttp.ClientSession, house: House) -> None:
    async with client.post(f"{house.url}/hangout/join", data={"name": "Ada"}, headers=JOIN) as answer:
        answer.raise_for_status()


async def hear(practice: Practice, page: aiohttp.ClientWebSocketResponse, number: int) -> float:
    began = time.perf_counter()
    practice.say("Mika", f"from Discord {number}")
    await receive(page, "message_create")
    return time.perf_counter() - began


async def say(page: aiohttp.ClientWebSocketResponse, number: int) -> tuple[float, float]:
    """Until it is acknowledged, and until the page is told that it is in Discord. Nothing else may be under way."""
    began = time.perf_counter()
    came: dict[str, float] = {}
    await page.send_json({"type": "send", "nonce": f"n{number}", "content": f"from the site {number}"})
    while not came.keys() >= {"ack", "message_create", "relay_state"}:
        frame = await receive(page, "ack", "message_create", "relay_state")
        came[frame["type"]] = time.perf_counter() - began
    return came["ack"], came["relay_state"]


async def receive(page: aiohttp.ClientWebSocketResponse, *kinds: str) -> dict[str, Any]:
    """The next frame of these types; others are passed over. Raises TimeoutError after ten seconds."""
    while True:
        frame: dict[str, Any] = msgspec.json.decode(await page.receive_str(timeout=10))
        if frame["type"] in kinds:
            return frame


def told(name: str, seconds: list[float]) -> str:
    """One line: median first, then how bad it gets."""
    ordered = sorted(one * 1000 for one in seconds)
    late = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    aim = AIMS[name]
    words = f" (aim: under {aim})" if aim else ""
    return f"{name:16} median {statistics.median(ordered):6.1f} ms{words}, p99 {late:.1f}, most {ordered[-1]:.1f}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench latency", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="messages each way")
    asked = parser.parse_args()
    ways = run(measure(asked.count))
    print(f"{asked.count} messages each way, one at a time; the program and Discord are two processes on loopback")
    print("\n".join(told(name, seconds) for name, seconds in ways.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
