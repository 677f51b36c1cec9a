"""What the rules say of words that somebody is about to say. No rule takes longer than 5 ms, whatever is in it and
whatever was written; between two that take long the loop goes round.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from db.filters import _memory as memory
from db.filters import _namesakes as namesakes
from db.filters import _queries as queries
from db.filters._kinds import Asked
from db.filters._letters import Reading
from db.filters._shape import FOR_NEW, Verdict
from db.people import Person
from db.store import Store

BREATH = 0.002  # seconds after which others have their turn


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody is about to say. `network` is where from; the same `nonce` is the same saying. Not `is_counted`: it
    is no further time that they say it.
    """

    author: Person
    content: str
    now: datetime
    network: str = ""
    nonce: str = ""
    is_counted: bool = True


async def weigh(store: Store, words: Words) -> Verdict | None:
    """The heaviest verdict (delete, mute, hold, notify), or None, by the rules as they are now. The owner, authors and
    moderators say what they like.
    """
    await memory.renew(store)
    if words.author.may_write_posts:
        return None
    now = words.now.timestamp()
    if store.config.mod.new_messages and store.filters.has("names"):
        await namesakes.renew(store, now)
    verdict = await _heaviest(store, words, _asked(store, words, now))
    if verdict and await queries.has_moderated(store.pool, words.author.id, words.now):
        return None
    return verdict


async def _heaviest(store: Store, words: Words, asked: Asked) -> Verdict | None:
    is_new: bool | None = None
    since = time.perf_counter()
    for rule in store.filters.rules:
        if time.perf_counter() - since > BREATH:
            await asyncio.sleep(0)
            since = time.perf_counter()
        said = rule.ask(asked)
        if said and rule.filter.kind in FOR_NEW:
            if is_new is None:
                is_new = await queries.is_new(store.pool, words.author, store.config.mod.new_messages, words.now)
            if not is_new:
                continue
        if said:
            return Verdict(rule.filter, said)
    return None


def _asked(store: Store, words: Words, now: float) -> Asked:
    reading, times = Reading(words.content), 1
    if words.is_counted and store.filters.has("repeats"):
        letters = reading.letters
        times = store.filters.repeats.count(words.author.id, words.network, letters, words.nonce, now)
    return Asked(reading, times, store.filters.namesakes.of(words.author))
