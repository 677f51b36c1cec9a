"""The hangout's listener: one loop takes in all that happens in its channel, in Discord's order.

No message is given up: what is heard after it would hide that it is missing. Used by cogs/hearing.py.
"""

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import discord

from cogs._catching_up import CatchingUp
from cogs._channels import NOT_BRIDGED, Shut, tell
from cogs._ear import Ear
from cogs._inbox import CatchUp, Inbox, Work
from cogs._outages import TRY_AGAIN
from db import rooms
from db.events import Bridged, Relayed
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
SOON, OWNERS_TURN = 1.0, 60.0  # seconds until the next try, where somebody has to do something in between
A_MOMENT = 0.2  # seconds in which the outcomes of lines that were sent as one are told


class HangoutEars:
    def __init__(self, bot: "Bot") -> None:
        self._store = bot.store
        self.inbox = Inbox()
        self._ear = Ear(bot)
        self._catching_up = CatchingUp(bot, self._ear)
        self._things_changed = asyncio.Event()

    def look_again(self) -> None:
        """Perhaps the bot may read now what it might not."""
        self._things_changed.set()

    def on_event(self, event: object) -> None:
        if isinstance(event, Bridged) and event.is_hangout:
            self._things_changed.set()
            self.inbox.put(CatchUp())
        elif isinstance(event, Relayed) and self._ear.was_owed(event.message_id) and event.state == "sent":
            self.inbox.put_later(CatchUp(), A_MOMENT)

    async def listen(self) -> None:
        while True:
            work = await self.inbox.next()
            while (wait := await self._do(work)) is not None:
                await self._wait(wait)

    async def _wait(self, seconds: float) -> None:
        """Waits, but not when the owner has just named another channel, or given a permission."""
        self._things_changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._things_changed.wait()

    async def _do(self, work: Work) -> float | None:
        """Does the work. Returns after how many seconds it has to be done again, None when it is done.

        A change that we cannot make sense of is given up; the next comparison finds it.
        """
        try:
            await self._take_in(await rooms.hangout_bridge(self._store.pool), work)
        except (Shut, discord.Forbidden, discord.NotFound):
            return OWNERS_TURN
        except TRY_AGAIN as error:
            log.warning("What happens in Discord cannot be taken in just now (%s); trying again", type(error).__name__)
            return SOON
        except Exception:
            log.exception("What happened in Discord cannot be taken in (%s)", type(work).__name__)
            return OWNERS_TURN if isinstance(work, (CatchUp, list)) else None
        return None

    async def _take_in(self, bridge: Bridge | None, work: Work) -> None:
        if bridge is None:
            tell(self._store, "no_channel", NOT_BRIDGED)
        elif isinstance(work, CatchUp):
            self.inbox.put_idle(await self._catching_up.run(bridge))
        elif isinstance(work, list):
            await self._ear.keep(bridge, [one.message for one in work if one.channel_id == bridge.channel_id])
        elif work.channel_id == bridge.channel_id:
            await self._ear.take(bridge, work)
