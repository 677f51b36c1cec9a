"""What falls due by itself: scheduled posts come out, and posts that an older press printed are printed anew; raids
end; who is kept out and what alarms there are is known here as elsewhere, and what was kept for a while fades.

Run by bot.py in every process, with Discord or without; two that do it at once do no harm. Readers do not wait for it:
to them a scheduled post is there as soon as its time has come.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime

from db import cases, floods, posts, raids, reports, sanctions, sightings
from db.events import PostsChanged
from db.loops import again_and_again, doing, pause
from db.store import Store

log = logging.getLogger(__name__)
LOOK_EVERY = 5.0  # seconds; another process may have scheduled a post
FADE_EVERY = 3600.0  # seconds
REST = 0.5  # seconds between two batches that are printed anew, for writers come first


async def watch(store: Store) -> None:
    """Runs until it is cancelled."""
    async with (
        doing(again_and_again("Printing posts anew", lambda: _reprint(store)), "printing anew"),
        doing(floods.follow(store), "alarms"),
        doing(raids.watch(store), "raids"),
        doing(sanctions.follow(store), "who is kept out"),
        doing(again_and_again("Forgetting what fades", lambda: _fade(store)), "fading"),
    ):
        await again_and_again("What falls due", lambda: _publish(store))


async def _publish(store: Store) -> None:
    changed = asyncio.Event()

    def hear(event: object) -> None:
        if isinstance(event, PostsChanged):
            changed.set()

    with store.live.listening(hear):
        while True:
            changed.clear()
            for post_id in await posts.come_due(store, datetime.now(UTC)):
                log.info("The scheduled post %d is out", post_id)
            with suppress(TimeoutError):
                async with asyncio.timeout(await _seconds_to_next(store)):
                    await changed.wait()


async def _seconds_to_next(store: Store) -> float:
    """Until the next post is due, and not for long."""
    at = await posts.next_due(store.pool, datetime.now(UTC))
    if at is None:
        return LOOK_EVERY
    return min(LOOK_EVERY, max(0.05, (at - datetime.now(UTC)).total_seconds()))


async def _reprint(store: Store) -> None:
    """One batch, if the press has another name since; else there is nothing to do until the next start."""
    if not await posts.reprint_stale(store):
        await asyncio.Event().wait()
    await asyncio.sleep(REST)


async def _fade(store: Store) -> None:
    """Evidence of cases, where people were seen from, and sanctions that are over."""
    while True:
        now = datetime.now(UTC)
        await cases.forget_evidence(store, now)
        await reports.forget_words(store, now)
        await sightings.forget(store.pool, now)
        await sanctions.forget_ended(store.pool, now)
        await pause(FADE_EVERY)
