"""A storm: everybody speaks and changes what they said while Discord fails in every way and the program is killed.

Shared by bench/storm.py (in full) and tests/test_storm.py (small). What must hold afterwards is bench/_verdict.py.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

from bench._house import House, opened
from bench._verdict import Evidence, judge
from bench._visitors import Visitor, until
from practice import Practice
from practice.model import Json

ALIKE = "hello again"  # some say the same words, so that looking a message up by its words is not enough
SETTLE = 3.0  # seconds in which something that should not happen again still could


@dataclass(frozen=True, slots=True)
class Storm:
    """How much of everything. `pause` is seconds between two sends of one visitor, `patience` for all of it."""

    messages: int = 1000
    sockets: int = 20
    from_discord: int = 100
    kills: int = 3
    troubles: int = 24
    pause: float = 0.25
    patience: float = 300.0


@dataclass(slots=True)
class Weather:
    """What has happened, in figures; `problems` is empty when every promise was kept."""

    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    troubles: int = 0
    starts: int = 0
    resumes: int = 0
    refused: int = 0
    requests: int = 0


async def blow(storm: Storm) -> Weather:
    """Runs the storm to its end and judges what is left. Raises RuntimeError when the program cannot even start."""
    began = time.monotonic()
    weather = Weather()
    async with Practice() as practice, opened(practice.environment) as house:
        visitors = [Visitor(house.url, f"Visitor {n:02}", storm.pause) for n in range(storm.sockets)]
        await asyncio.gather(*(visitor.join() for visitor in visitors))
        hand_out(storm, visitors)
        evidence = Evidence(practice, house, visitors)
        try:
            async with kept_alive(house):
                Troublemaker(storm, practice, house, weather).watch(visitors)
                for visitor in visitors:
                    visitor.sit_down()
                await calm(storm, evidence)
            evidence.status = await look_around(house, evidence)
            weather.problems += await judge(evidence)
        finally:
            await asyncio.gather(*(visitor.leave() for visitor in evidence.visitors))
        weather.starts, weather.requests = house.starts, len(practice.requests)
    weather.resumes = sum(visitor.hellos - 1 for visitor in visitors)
    weather.refused = sum(visitor.refused for visitor in visitors)
    weather.seconds = time.monotonic() - began
    if weather.starts != storm.kills + 1:
        weather.problems.append(f"the program was started {weather.starts} times and killed {storm.kills} times")
    return weather


def hand_out(storm: Storm, visitors: list[Visitor]) -> None:
    for number in range(storm.messages):
        visitor = visitors[number % len(visitors)]
        nonce = f"{visitor.name} {number}"
        visitor.say(nonce, ALIKE if number % 7 == 0 else f"number {number}")
        if number % 4 == 1:
            visitor.change(nonce, type="react", emoji="👍")
        if number % 5 == 1:
            visitor.change(nonce, type="edit", content=f"rather {number}")
        if number % 8 == 1:
            visitor.change(nonce, type="unreact", emoji="👍")
        if number % 10 == 3:
            visitor.change(nonce, type="delete")


@asynccontextmanager
async def kept_alive(house: House) -> AsyncIterator[None]:
    """Starts the program again whenever it is gone, as whatever supervises it would."""

    async def watch() -> None:
        while True:
            if not house.is_running:
                house.start()
            await asyncio.sleep(0.1)

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def calm(storm: Storm, evidence: Evidence) -> None:
    """Waits until all that was said and done is acknowledged, relayed and heard; what is missing then is a problem."""
    wanted = Counter(words for visitor in evidence.visitors for words in visitor.meant)

    def is_over() -> bool:
        if not all(visitor.is_done for visitor in evidence.visitors) or len(evidence.spoken) < storm.from_discord:
            return False
        there = Counter(words for _, words, _ in evidence.relayed)
        all_of_it = wanted + Counter(message.content for message in evidence.spoken)
        return there == wanted and all(Counter(visitor.known.values()) == all_of_it for visitor in evidence.visitors)

    if not await until(is_over, storm.patience):
        evidence.problems.append(f"the storm was not over after {storm.patience:.0f} s")
    await asyncio.sleep(SETTLE)


async def look_around(house: House, evidence: Evidence) -> int:
    """Lets somebody in who has seen nothing yet, then stops the program in good order. Returns its exit status."""
    await house.is_ready()
    latecomer = Visitor(house.url, "Latecomer")
    evidence.visitors.append(latecomer)
    latecomer.sit_down()
    await until(lambda: latecomer.hellos, 10)
    return await house.stop()


class Troublemaker:
    """Breaks something at every so many acknowledgements, and lets people in Discord speak meanwhile."""

    def __init__(self, storm: Storm, practice: Practice, house: House, weather: Weather) -> None:
        self._practice = practice
        self._house = house
        self._weather = weather
        self._acks = 0
        self._spoken = 0
        self._due: dict[int, list[Callable[[], object]]] = {}
        self._plan(storm)

    def watch(self, visitors: list[Visitor]) -> None:
        for visitor in visitors:
            visitor.on_ack = self._on_ack

    def _plan(self, storm: Storm) -> None:
        deaths = cycle((self._kill_as_discord_takes_one, self._house.kill, self._kill_and_drop))
        for act, number in ((self._trouble, storm.troubles), (self._say, storm.from_discord)):
            for place in spread(storm.messages, number):
                self._due.setdefault(place, []).append(act)
        for place, death in zip(spread(storm.messages, storm.kills), deaths, strict=False):
            self._due.setdefault(place, []).append(death)
        self._troubles = self._all_troubles()

    def _on_ack(self) -> None:
        self._acks += 1
        for act in self._due.pop(self._acks, ()):
            asyncio.get_running_loop().call_soon(act)

    def _say(self) -> None:
        self._spoken += 1
        self._practice.say("Mika" if self._spoken % 2 else "Teo", f"from Discord {self._spoken}")

    def _trouble(self) -> None:
        self._weather.troubles += 1
        next(self._troubles)()

    def _all_troubles(self) -> "Iterator[Callable[[], object]]":
        faults = self._practice.faults
        return cycle(
            (
                lambda: faults.rate_limit(0.3),
                lambda: faults.status(500, when="after"),
                faults.drop_gateway,
                lambda: faults.status(500, when="before"),
                lambda: faults.cut(when="after"),
                lambda: faults.lose_session(dropped=True),
                lambda: faults.cut(when="before"),
                lambda: faults.rate_limit(0.2, times=2, everywhere=True),
                faults.reconnect,
                lambda: faults.away(0.5),
            )
        )

    def _kill_as_discord_takes_one(self) -> None:
        """Killed between Discord's taking a message and our knowing of it: the worst moment there is."""

        def on_event(event: str, data: Json) -> None:
            if event == "MESSAGE_CREATE" and data.get("webhook_id"):
                stop_listening()
                self._house.kill()

        stop_listening = self._practice.world.listen(on_event)

    def _kill_and_drop(self) -> None:
        self._practice.faults.drop_gateway()
        self._house.kill()


def spread(total: int, parts: int) -> list[int]:
    """Places inside a row of `total`, evenly far from each other and from the ends."""
    return [total * (part + 1) // (parts + 1) for part in range(parts)]
