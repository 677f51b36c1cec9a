"""Porchlight: builds the store, the bot and the web server, joins them, waits, and closes them in reverse.

With `check` it tells what is set up, `export` and `import FOLDER` move the blog, `restore FILE` brings back a backup.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from cogs import doctor
from cogs.gateway import live_in_discord, name_channel
from cogs.integrations import asking, refreshing
from db import backups, cards, due, faults, house, logs, moving
from db.config import Config, ConfigError, load
from db.embedded import EmbeddedError
from db.errors import AWAY
from db.fanout import spreading
from db.loops import doing, loop_factory
from db.migrate import MigrationError
from db.opening import open_store
from db.store import Store
from db.version import VERSION
from web import PortBusy, make_app, serving, undrawable

log = logging.getLogger("porchlight")
SIGNALS = (signal.SIGTERM, signal.SIGINT)
PATIENCE = 6.0  # seconds that a stop may wait for the database
SITE_ALONE = "There is no Discord token: this is the site alone. Try ./run demo, or see 'Connect Discord' in README.md."


def main() -> int:
    try:
        config = load(os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    logs.set_up(config)
    if sys.argv[1:] == ["check"]:
        return asyncio.run(doctor.check(config, undrawable))
    if sys.argv[1:2] in ([way] for way in moving.WAYS) and len(sys.argv) == 3:
        return _run(moving.run(config, sys.argv[1], Path(sys.argv[2])))
    if sys.argv[1:2] == ["restore"] and len(sys.argv) == 3:
        return _run(backups.bring_back(config, Path(sys.argv[2])))
    if sys.argv[1:]:
        sys.stderr.write("Say: python bot.py, or with check, export FOLDER, import FOLDER, or restore FILE\n")
        return 2
    return _run(serve(config))


def _run(work: Coroutine[None, None, int | None]) -> int:
    """Until the work is done, or for ever; what hinders the start ends it in one sentence."""
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(work) or 0
    except (ConfigError, MigrationError, EmbeddedError, PortBusy) as error:
        log.error("%s", error)
        return 2 if isinstance(error, ConfigError) else 1
    except AWAY as error:
        log.error("PostgreSQL cannot be reached (%s): check [database] url, and that it runs.", type(error).__name__)
        return 1


async def serve(config: Config) -> None:
    """Serves until SIGTERM or SIGINT: the web goes first, then the bot, then what they stand on."""
    stopping = asyncio.Event()
    for number in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(config))
        outbound = await stack.enter_async_context(asking())
        await stack.enter_async_context(spreading(store))
        for work in (faults.keeping, house.follow, due.watch, cards.follow, cards.light):
            await stack.enter_async_context(doing(work(store), f"{work.__module__}.{work.__name__}"))
        if config.process.role == "all":
            await stack.enter_async_context(doing(refreshing(store, outbound), "the sources of live cards"))
            await _join_discord(stack, store, outbound)
        await stack.enter_async_context(serving(make_app(store, outbound), config.web.host, config.web.port))
        log.info("Porchlight %s is on at %s", VERSION, config.public_url)
        await stopping.wait()
        log.info("Stopping")
        _end_in_time(store)


def _end_in_time(store: Store) -> None:
    """Told again, it ends no differently. A database that does not answer is let go after a while: the driver waits."""
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.remove_signal_handler(number)  # it would end with the loop, and the process outlives that by a moment
        signal.signal(number, signal.SIG_IGN)
    loop.call_later(PATIENCE, store.pool.terminate)


async def _join_discord(stack: AsyncExitStack, store: Store, outbound: aiohttp.ClientSession) -> None:
    if not store.config.discord.token:
        log.warning(SITE_ALONE)
        return
    await name_channel(store)
    await stack.enter_async_context(doing(live_in_discord(store, outbound), "discord"))


if __name__ == "__main__":
    sys.exit(main())
