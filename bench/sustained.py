"""Ten messages a second for three minutes under Discord's real limits: how late they are there, and all in order."""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench._house import opened, run
from bench._verdict import difference
from bench._visitors import Visitor, until
from bench._watching import Watcher
from practice import Practice

LENGTH = 60  # characters of a message
AIM = 60.0  # seconds; no message may be in Discord later than that
REAL = {"DISCORD_MESSAGES_PER_MINUTE": "30"}  # what config.toml says, and Discord allows


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is said: by so many visitors, for so many seconds, so many messages a second by all together."""

    visitors: int = 20
    seconds: float = 180.0
    rate: float = 10.0

    @property
    def total(self) -> int:
        return round(self.seconds * self.rate)


@dataclass(slots=True)
class Findings:
    """Seconds until each message was in Discord, in how many of Discord's messages; and what was not as promised."""

    delays: list[float]
    letters: int
    refused: int
    problems: list[str] = field(default_factory=list)


async def measure(plan: Plan) -> Findings:
    async with Practice(limits=True) as practice, opened(practice.environment | REAL) as house:
        watcher = Watcher(practice)
        visitors = [Visitor(house.url, f"Visitor {number:02}", 0.01) for number in range(plan.visitors)]
        try:
            for visitor in visitors:
                await visitor.join()
                visitor.sit_down()
            said = await talk(plan, visitors)
            await until(lambda: len(watcher.seen) >= plan.total and all(one.is_done for one in visitors), AIM + 30)
            await asyncio.sleep(3)  # what should not come twice could still do so
        finally:
            await asyncio.gather(*(visitor.leave() for visitor in visitors))
    return judge(plan, visitors, watcher, said)


async def talk(plan: Plan, visitors: Sequence[Visitor]) -> dict[int, float]:
    """Says everything in its time, by turns. Returns when each message was said."""
    said: dict[int, float] = {}
    began = time.monotonic()
    for number in range(plan.total):
        await asyncio.sleep(max(0.0, began + number / plan.rate - time.monotonic()))
        said[number] = time.monotonic()
        visitors[number % len(visitors)].say(f"n{number}", f"message {number:05} ".ljust(LENGTH, "."))
    return said


def judge(plan: Plan, visitors: Sequence[Visitor], watcher: Watcher, said: dict[int, float]) -> Findings:
    delays = [moment - said[number] for number, moment in watcher.seen.items()]
    findings = Findings(sorted(delays), watcher.letters, sum(visitor.refused for visitor in visitors))
    places = {nonce: seq for visitor in visitors for nonce, (_, seq) in visitor.acks.items()}
    wanted = sorted(range(plan.total), key=lambda number: places.get(f"n{number}", 0))
    if len(places) < plan.total:
        findings.problems.append(f"{plan.total - len(places)} messages were never acknowledged")
    if watcher.order != wanted:
        findings.problems.append(f"Discord does not have what was said: {difference(wanted, watcher.order)}")
    if delays and max(delays) > AIM:
        findings.problems.append(f"a message was there only after {max(delays):.0f} s")
    return findings


def told(plan: Plan, findings: Findings) -> str:
    delays = findings.delays or [0.0]
    late = delays[min(len(delays) - 1, len(delays) * 99 // 100)]
    much = f"{plan.total} messages of {LENGTH} characters in {plan.seconds:.0f} s from {plan.visitors} visitors"
    figures = f"median {statistics.median(delays):.1f} s, p99 {late:.1f}, most {delays[-1]:.1f}"
    lines = [
        f"{much}, Discord's limits in force",
        f"in Discord after: {figures} (aim: under {AIM:.0f})",
        f"{findings.letters} messages in Discord hold them, {findings.refused} sends were refused and sent again",
    ]
    if findings.problems:
        return "\n".join([*lines, "FAILED:", *(f"- {problem}" for problem in findings.problems)])
    return "\n".join([*lines, "KEPT: every message is in Discord once, in the order of the room, and in time"])


def main() -> int:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="./run bench sustained", description=__doc__)
    parser.add_argument("--visitors", type=int, default=plan.visitors)
    parser.add_argument("--seconds", type=float, default=plan.seconds)
    parser.add_argument("--rate", type=float, default=plan.rate, help="messages a second, of all together")
    asked = parser.parse_args()
    plan = Plan(asked.visitors, asked.seconds, asked.rate)
    findings = run(measure(plan))
    print(told(plan, findings))
    return 1 if findings.problems else 0


if __name__ == "__main__":
    sys.exit(main())
