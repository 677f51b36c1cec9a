"""What goes wrong on a walk: in Discord, on the way, in PostgreSQL, in the process, and with those who read."""

import asyncio
from contextlib import suppress

from tests.bridge.walk import Step, Walk

THERE = (
    *("say_there", "say_there", "reply_there", "edit_there", "edit_there", "delete_there", "clear_out"),
    *("react_there", "react_there", "unreact_there", "clear_there"),
)
ACTS = ("say", "say", "reply", "edit", "edit", "delete", "react", "react", "unreact", *THERE)
POSTING = r"^/webhooks/\d+/[^/]+$"
CHANGING = r"/messages/\d+"  # edits, deletions and reactions


class TroubledWalk(Walk):
    async def _meanwhile(self, step: Step) -> None:
        """What people in Discord do before the bot is back."""
        for place in range(1 + step.who % 4):
            what = THERE[(step.which + 5 * place) % len(THERE)]
            with suppress(LookupError):
                await getattr(self, what)(Step(what, step.who + place, step.which + place))

    async def drop_gateway(self, step: Step) -> None:
        self.practice.faults.drop_gateway()
        await self._meanwhile(step)

    async def lose_session(self, step: Step) -> None:
        self.practice.faults.lose_session(dropped=step.who % 2 == 0)
        await self._meanwhile(step)

    async def ask_to_reconnect(self, step: Step) -> None:
        self.practice.faults.reconnect()

    async def fail_before(self, step: Step) -> None:
        self.practice.faults.status(500, self._path(step), when="before")

    async def fail_after(self, step: Step) -> None:
        self.practice.faults.status(500, self._path(step), when="after")

    async def cut_before(self, step: Step) -> None:
        self.practice.faults.cut(self._path(step), when="before")

    async def cut_after(self, step: Step) -> None:
        self.practice.faults.cut(self._path(step), when="after")

    async def delay(self, step: Step) -> None:
        self.practice.faults.delay(0.3, self._path(step))

    async def limit(self, step: Step) -> None:
        self.practice.faults.rate_limit(0.2, self._path(step), everywhere=step.who % 2 == 0)

    def _path(self, step: Step) -> str:
        return CHANGING if step.which % 2 else POSTING

    async def be_away(self, step: Step) -> None:
        self.practice.faults.away(0.3)

    async def crash(self, step: Step) -> None:
        await self.scene.crash()
        await self._meanwhile(step)
        await self.scene.open()

    async def restart(self, step: Step) -> None:
        await self.scene.close()
        await self._meanwhile(step)
        await self.scene.open()

    async def cut_database(self, step: Step) -> None:
        await self.scene.cut_database()

    async def settle(self, step: Step) -> None:
        """A moment in which nobody does anything."""
        await asyncio.sleep(0.1 * (step.which % 4))

    async def leave_or_come_back(self, step: Step) -> None:
        await self.resumed.go() if self.resumed.is_here else self.resumed.come()

    async def doze_or_wake(self, step: Step) -> None:
        (self.slow.wake if step.who % 2 else self.slow.doze)()


FAULTS = (
    *("drop_gateway", "lose_session", "ask_to_reconnect", "fail_before", "fail_after", "cut_before", "cut_after"),
    *("delay", "limit", "be_away", "crash", "restart", "cut_database"),
)
READERS = ("leave_or_come_back", "doze_or_wake", "settle")
