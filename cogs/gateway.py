"""The bot's life: online whenever this process is the leader and Discord lets it. Run by bot.py beside the web server.

Every try is a Bot of its own, because discord.py's client does not survive all that may happen to it (a first
connection that fails, a payload it cannot read). The site does not depend on any of it.
"""

import asyncio
import logging
import random
import time
from typing import Literal

import aiohttp
import discord
import discord.client
from discord.backoff import ExponentialBackoff

from cogs import Bot, may_see_presence
from db import rooms
from db.events import DiscordChanged
from db.leadership import Lease, leading
from db.loops import again_and_again, pause
from db.store import Store

log = logging.getLogger(__name__)
SHORT, LONG = 1.0, 60.0  # seconds between tries while Discord is unreachable
ONCE_MORE = 0.5  # seconds after which what was cancelled and did not end is cancelled again
LONG_LIFE = 300.0  # seconds of life after which the next death is a new matter
LATER, MUCH_LATER = 30.0, 600.0  # seconds between tries that only the owner can mend: under 200 IDENTIFYs a day

REFUSED_LOGIN = (
    "Discord does not accept the bot's token. Copy a fresh one from the developer portal (Bot, Reset Token) into "
    "[discord] token or DISCORD_TOKEN, then start again."
)
MISSING_INTENT = (
    "Discord does not let the bot read messages yet. Switch on 'Message Content Intent' in the developer portal "
    "(Bot, Privileged Gateway Intents); the bot tries again by itself."
)


class CappedBackoff(ExponentialBackoff[Literal[False]]):
    """discord.py waits up to 17 minutes before it reconnects; half a minute is polite enough for one bot."""

    def delay(self) -> float:
        return min(super().delay(), random.uniform(15, 30))  # noqa: S311 - spread, not secrecy


discord.client.ExponentialBackoff = CappedBackoff  # type: ignore[assignment, attr-defined] # it has no option for it


async def live_in_discord(store: Store, outbound: aiohttp.ClientSession) -> None:
    """Holds the gateway and the relay whenever this process is the leader. Runs until it is cancelled."""
    await again_and_again("The way to Discord", lambda: _lead(store, outbound))


async def name_channel(store: Store) -> None:
    """Remembers the channel that the configuration names, before anybody can say a word that should go there."""
    if store.config.discord.channel_id:
        await rooms.bridge(store, rooms.HANGOUT, store.config.discord.channel_id)


async def _lead(store: Store, outbound: aiohttp.ClientSession) -> None:
    _say(store, "waiting")
    async with leading(store) as lease:
        store.leads = True
        stay = asyncio.create_task(_stay_online(store, lease, outbound), name="discord")
        lost = asyncio.create_task(lease.lost.wait())
        try:
            await asyncio.wait([stay, lost], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (stay, lost):
                task.cancel()
            await asyncio.gather(stay, lost, return_exceptions=True)
            store.leads = False  # last, so that the other processes still hear from us that the relay is off


async def _stay_online(store: Store, lease: Lease, outbound: aiohttp.ClientSession) -> None:
    short, long = SHORT, LATER
    while True:
        began = time.monotonic()
        try:
            await _one_life(store, lease, outbound)
        except discord.LoginFailure:
            _say(store, "wrong_token", REFUSED_LOGIN)
            long = await _wait(long, MUCH_LATER)
        except discord.PrivilegedIntentsRequired:
            _say(store, "missing_intent", MISSING_INTENT)
            long = await _wait(long, MUCH_LATER)
        except Exception as error:  # noqa: BLE001 - whatever ends the client must not end the way back
            was_on = store.discord.connection == "on"
            _say(store, "connecting", f"Discord cannot be reached just now ({_why(error)}); the bot keeps trying.")
            if time.monotonic() - began > LONG_LIFE:
                short, long = SHORT, LATER
            # Each life that came online cost one of the day's IDENTIFYs, so short ones become rarer and rarer.
            short = await _wait(short, MUCH_LATER if was_on else LONG)


async def _one_life(store: Store, lease: Lease, outbound: aiohttp.ClientSession) -> None:
    if store.discord.connection not in ("wrong_token", "missing_intent"):
        _say(store, "connecting")
    bot = Bot(store, lease, outbound, sees_presence=await may_see_presence(store, outbound))
    try:
        async with bot:
            await bot.load_cogs()
            await bot.login(store.config.discord.token)
            await _connected(bot)
    except discord.ConnectionClosed as error:
        if error.code == 4004:
            raise discord.LoginFailure from error
        raise


async def _connected(bot: Bot) -> None:
    """For as long as the bot is. It connects in a task of its own, told to end until it does: `asyncio.wait_for`, by
    which discord.py connects, forgets in Python 3.11 that it was cancelled in the moment in which it succeeds.
    """
    connection = asyncio.create_task(bot.connect(), name="gateway")
    try:
        await asyncio.wait([connection])
    finally:
        while not connection.done():
            connection.cancel()
            await asyncio.wait([connection], timeout=ONCE_MORE)
    connection.result()


async def _wait(seconds: float, longest: float) -> float:
    """Waits, and returns how long to wait the next time."""
    await pause(seconds)
    return min(seconds * 2, longest)


def _say(store: Store, state: str, sentence: str = "") -> None:
    """Remembers how the way to Discord is, and logs a sentence once, not at every try."""
    if sentence and sentence != store.discord.connection_sentence:
        log.log(logging.ERROR if state in ("wrong_token", "missing_intent") else logging.WARNING, sentence)
    store.discord.connection, store.discord.connection_sentence = state, sentence
    store.live.announce(DiscordChanged())


def _why(error: Exception) -> str:
    if isinstance(error, discord.HTTPException):
        return f"it answers {error.status}"
    if isinstance(error, (aiohttp.ClientError, OSError, TimeoutError, AttributeError)):
        return "no connection"  # discord.py answers a first connection that fails with an AttributeError
    return type(error).__name__
