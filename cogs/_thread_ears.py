"""The listener of threads: takes in what happens in those that are one with the comments of a post. Used by
cogs/hearing.py.

In each session a thread is first caught up with before anything live of it is taken in: those that are active soon,
any other when something happens in it. One that is shut, or cannot be read, keeps no other waiting: what happens in it
is passed over until it has been caught up with.
"""

import asyncio
import logging
from itertools import groupby
from typing import TYPE_CHECKING

import discord

from cogs._bridges import Bridges
from cogs._catching_up import CatchingUp
from cogs._channels import Lost, Shut
from cogs._ear import Ear
from cogs._inbox import CatchUp, Change, Inbox, Said
from cogs._looking_round import look_round
from cogs._outages import TRY_AGAIN
from db import threads
from db.errors import AWAY
from db.events import Bridged, Relayed
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
SHUT: tuple[type[Exception], ...] = (Shut, discord.Forbidden, discord.NotFound)
SOON, OWNERS_TURN = 1.0, 60.0  # seconds until the next try, where somebody has to do something in between
TRIES = 3
A_MOMENT = 0.2  # seconds in which the outcomes of what was sent are told
REMEMBERED = 10_000


class ThreadEars:
    def __init__(self, bot: "Bot") -> None:
        self._bot = bot
        self._store = bot.store
        self.inbox = Inbox()
        self._bridges = Bridges(bot.store)
        self._ear = Ear(bot)
        self._catching_up = CatchingUp(bot, self._ear)
        self._heard: set[int] = set()  # threads that were caught up with in this session
        self._put_off: set[int] = set()

    def look_again(self) -> None:
        """Perhaps the bot may read now what it might not."""
        for channel_id in self._put_off:
            self.inbox.put(CatchUp(channel_id))
        self._put_off.clear()

    def on_event(self, event: object) -> None:
        if isinstance(event, Bridged):
            self._bridges.forget()
            if event.channel_id and not event.is_hangout:
                self.inbox.put(CatchUp(event.channel_id))
        elif isinstance(event, Relayed) and self._ear.was_owed(event.message_id) and event.state == "sent":
            bridge = self._bridges.of_room(event.room_id)
            if bridge:
                self.inbox.put_later(CatchUp(bridge.channel_id), A_MOMENT)

    async def listen(self) -> None:
        while True:
            work = await self.inbox.next()
            if isinstance(work, CatchUp) and not work.channel_id:
                await self._begin_session()
            elif isinstance(work, list):
                for channel_id, said in groupby(work, key=lambda one: one.channel_id):
                    await self._do(channel_id, list(said))
            else:
                await self._do(work.channel_id, work)

    async def _begin_session(self) -> None:
        self._heard.clear()
        await self._bot.wait_until_ready()
        try:
            waiting = await look_round(self._bot)
        except TRY_AGAIN as error:
            log.warning("The threads cannot be asked for just now (%s); trying again", type(error).__name__)
            self.inbox.put_later(CatchUp(), SOON)
            return
        except Exception:
            log.exception("The threads that are active cannot be told")
            return
        for channel_id in waiting:
            self.inbox.put_soon(CatchUp(channel_id))

    async def _do(self, channel_id: int, work: CatchUp | list[Said] | Change) -> None:
        """Does the work, with a few tries; what then is not done is found by catching up with the thread later."""
        for _ in range(TRIES):
            try:
                bridge = await self._bridges.thread(channel_id)
                if bridge:
                    await self._take_in(bridge, work)
            except SHUT as shut:
                if not isinstance(shut, Lost) or not await self._let_go(channel_id):
                    break
            except TRY_AGAIN as error:
                log.warning("What happens in a thread cannot be taken in just now (%s)", type(error).__name__)
                await asyncio.sleep(SOON)
                continue
            except Exception:
                log.exception("What happened in a thread cannot be taken in (%s)", type(work).__name__)
                break
            return
        self._put_off_until_later(channel_id)

    async def _let_go(self, channel_id: int) -> bool:
        try:
            await threads.record_lost(self._store, channel_id)
        except AWAY:
            return False
        return True

    def _put_off_until_later(self, channel_id: int) -> None:
        self._heard.discard(channel_id)
        self._put_off.add(channel_id)
        self.inbox.put_later(CatchUp(channel_id), OWNERS_TURN)

    async def _take_in(self, bridge: Bridge, work: CatchUp | list[Said] | Change) -> None:
        if isinstance(work, CatchUp) or bridge.channel_id not in self._heard:
            self.inbox.put_idle(await self._catching_up.run(bridge), bridge.channel_id)
            if len(self._heard) >= REMEMBERED:
                self._heard.clear()
            self._heard.add(bridge.channel_id)
            self._put_off.discard(bridge.channel_id)
        if isinstance(work, list):
            await self._ear.keep(bridge, [one.message for one in work])
        elif not isinstance(work, CatchUp):
            await self._ear.take(bridge, work)
