"""Doors: what is done when a thread is shut. One that sleeps is woken up, a locked one is waited for, of one that was
deleted the site lets go. Used by the relay.
"""

import logging
import time
from typing import TYPE_CHECKING

from cogs._channels import Lost, Shut, open_channel
from cogs._courier import Courier, Letter, NotNow, Outcome, Rejected
from db import threads
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
UNKNOWN_CHANNEL, NO_ACCESS, ARCHIVED, LOCKED = 10003, 50001, 50083, 160005
ABOUT_THREADS = {UNKNOWN_CHANNEL, NO_ACCESS, ARCHIVED, LOCKED}
AGAIN = 60.0  # seconds, within which a thread is not woken up twice


class Doors:
    def __init__(self, bot: "Bot", courier: Courier) -> None:
        self._bot = bot
        self._store = bot.store
        self._courier = courier
        self._woken: dict[int, float] = {}

    def is_shut(self, bridge: Bridge, outcome: Outcome) -> bool:
        """Whether the thread was refused, not what was to be done in it."""
        return not bridge.is_hangout and isinstance(outcome, Rejected) and outcome.code in ABOUT_THREADS

    async def open(self, bridge: Bridge, outcome: Outcome) -> None:
        """Returns when it can be tried again. Raises Shut when that is somebody else's turn."""
        if isinstance(outcome, Rejected) and outcome.code == ARCHIVED:
            await self._wake(bridge)
            return
        try:
            await open_channel(self._bot, bridge)
        except Lost:
            await self.let_go(bridge)
            raise
        raise Shut

    async def let_go(self, bridge: Bridge) -> None:
        log.warning("The thread %d was deleted in Discord: its comments stay on the site alone", bridge.channel_id)
        await threads.record_lost(self._store, bridge.channel_id)

    async def _wake(self, bridge: Bridge) -> None:
        now = time.monotonic()
        self._woken = {one: at for one, at in self._woken.items() if now - at < AGAIN}
        if bridge.channel_id in self._woken:
            raise Shut
        self._woken[bridge.channel_id] = now
        token = self._store.config.discord.token
        letter = Letter("wake", "PATCH", f"/channels/{bridge.channel_id}", {"archived": False}, bot_token=token)
        if isinstance(await self._courier.carry(letter), Rejected | NotNow):
            raise Shut
