"""Rounds: the relay's second line goes from thread to thread, where comments have something to do, a step in each.

A thread that has to wait, or is shut, keeps no other waiting. Used by cogs/relay.py.
"""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import discord

from cogs._channels import Shut
from cogs._echoes import Echoes
from cogs._line import LOOK_EVERY, Line
from cogs._outages import TRY_AGAIN
from db import outbox
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
CALM = 0.1  # seconds in which what is new for the threads is collected, for each message said anywhere may be
AT_ONCE = 50  # threads looked at in one round
SOON, LATER, OWNERS_TURN = 1.0, 5.0, 60.0  # seconds until a thread is tried again
SHUT: tuple[type[Exception], ...] = (Shut, discord.Forbidden, discord.NotFound)


class Rounds:
    def __init__(self, bot: "Bot", echoes: Echoes) -> None:
        self._bot = bot
        self._store = bot.store
        self._line = Line(bot, echoes)
        self._waiting: dict[Bridge, float] = {}
        self._shut: dict[Bridge, float] = {}

    def look_again(self) -> None:
        """There may be something new to do in those that wait."""
        self._waiting.clear()

    def try_again(self, channel_id: int | None = None) -> None:
        """Perhaps this thread is open now, or any of them."""
        self._shut = {one: at for one, at in self._shut.items() if channel_id not in (None, one.channel_id)}

    async def go(self, may_go_on: Callable[[], bool]) -> float:
        """One round. Returns 0 when something was done, else the seconds until there may be something to do."""
        now = time.monotonic()
        self._waiting = {one: at for one, at in self._waiting.items() if at > now}
        self._shut = {one: at for one, at in self._shut.items() if at > now}
        held = [*self._waiting, *self._shut]
        moved = False
        for bridge in await outbox.busy_threads(self._store.pool, [one.room_id for one in held], AT_ONCE):
            if not may_go_on():
                return LOOK_EVERY
            moved |= await self._visit(bridge)
        return 0 if moved else self._until_next()

    def _until_next(self) -> float:
        ends = [*self._waiting.values(), *self._shut.values()]
        return min([LOOK_EVERY, *(max(0.05, at - time.monotonic()) for at in ends)])

    async def _visit(self, bridge: Bridge) -> bool:
        """Whether something was done. Whatever goes wrong here is this thread's matter."""
        try:
            wait = await self._line.step(bridge)
        except SHUT:
            self._shut[bridge] = time.monotonic() + OWNERS_TURN
            return False
        except TRY_AGAIN as error:
            log.warning("A thread waits (%s)", type(error).__name__)
            wait = SOON
        except Exception:
            log.exception("The relay stumbled in a thread and goes on")
            wait = LATER
        if wait > 0:
            self._waiting[bridge] = time.monotonic() + wait
        return wait == 0
