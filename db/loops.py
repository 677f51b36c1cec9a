"""Background work that goes on: a loop that fails is logged, waits a little longer each time, and goes on."""

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from db.live import Live

log = logging.getLogger(__name__)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where there is one; None for asyncio's own, which does the same, a little slower."""
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


async def pause(seconds: float) -> None:
    """Sleeps, a little more or less than told, so that those who wait do not all come back at once."""
    await asyncio.sleep(seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spread, not secrecy


@asynccontextmanager
async def doing(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[asyncio.Task[None]]:
    """Runs the work beside the body and ends it, by cancelling, when the body ends."""
    task = asyncio.create_task(work, name=name)
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def taken(bell: asyncio.Event, calm: float = 0.0) -> AsyncIterator[None]:
    """Runs the body once the bell has rung, `calm` seconds later so that what rings together is taken together. What
    rings meanwhile is for the next time, and so is a body that fails.
    """
    await bell.wait()
    await asyncio.sleep(calm)
    bell.clear()
    try:
        yield
    except BaseException:
        bell.set()
        raise


async def heeding(
    live: Live,
    name: str,
    is_about: Callable[[object], bool],
    work: Callable[[], Awaitable[None]],
    *,
    at_once: bool = False,
) -> None:
    """Calls `work` for ever, each time that something it is about was announced, and with `at_once` in the beginning;
    what is announced together is one time, and so is what comes while it works. After a failure it is called again, as
    `again_and_again` does.
    """
    bell = asyncio.Event()
    if at_once:
        bell.set()

    def hear(event: object) -> None:
        if is_about(event):
            bell.set()

    async def once() -> None:
        async with taken(bell):
            await work()

    with live.listening(hear):
        await again_and_again(name, once)


async def again_and_again(name: str, work: Callable[[], Awaitable[None]], longest: float = 30.0) -> None:
    """Calls `work` for ever. After a failure it waits 0.5 s, then twice as long each time, at most `longest`
    seconds.
    """
    wait = 0.5
    while True:
        try:
            await work()
            wait = 0.5
        except Exception as error:  # noqa: BLE001 - the loop must outlive whatever happens in it
            log.warning("%s failed (%s: %s); next try in %.1f s", name, type(error).__name__, error, wait)
            await pause(wait)
            wait = min(wait * 2, longest)
