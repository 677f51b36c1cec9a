"""Whatever an answer is made of, a source makes a card of it that is fit for a page, or fails in the one way it may.

The right answers of each stand-in are taken, and one value after another is replaced by something odd.
"""

import json
import unicodedata
from copy import deepcopy

import msgspec
import pytest

from cogs.integrations._outbound import Outbound, SourceFailed
from cogs.integrations._wire import Answer
from db.cards import Snapshot
from practice.sources import SOURCES, Fault

NAMES = [source.NAME for source in SOURCES]
LONG = "x" * 50_000
ODD = (
    None,
    True,
    -1,
    10**30,
    1e300,
    "",
    "\x00\x1b[31m\u202e\u2028 \U0001f600",
    "\ud800",
    LONG,
    "javascript:alert(1)",
    "0001-01-01",
    "9999-12-31T23:59:59-23:59",
    [],
    [None],
    {},
    {"name": 3},
)
HTML_MAX, TEXT_MAX = 20_000, 1500  # characters: of what was sanitised, and of the longest line


class Replaying(Outbound):
    """Answers as it once heard, but for what a test replaces. Without answers it asks, and remembers."""

    answers: list[Answer]

    def replay(self, answers):
        self.left = list(answers)
        self.memory.clear()

    async def _ask(self, *asked):
        if hasattr(self, "left"):
            return self.left.pop(0)
        self.answers = [*getattr(self, "answers", []), await super()._ask(*asked)]
        return self.answers[-1]


def shortened(value):
    """Without most of its lists, whose parts are all alike."""
    if isinstance(value, dict):
        return {key: shortened(one) for key, one in value.items()}
    return [shortened(one) for one in value[:2]] if isinstance(value, list) else value


def places(value, path=()):
    """Where values are in it."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def replaced(value, path, odd):
    if not path:
        return odd
    changed = deepcopy(value)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = odd
    return changed


def texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def links(value):
    """All that a page leads to."""
    inner = (
        value.items() if isinstance(value, dict) else [("", one) for one in value] if isinstance(value, list) else ()
    )
    for key, one in inner:
        if key.endswith("url") and one is not None:
            yield one
        yield from links(one)


def check(found):
    assert isinstance(found, Snapshot)
    assert len(msgspec.json.encode(found.data)) < 64 * 1024
    for text in texts(dict(found.data)):
        assert len(text) <= (HTML_MAX if "<" in text else TEXT_MAX)
        assert not [one for one in text if unicodedata.category(one) in {"Cc", "Cs"} and one != "\n"], ascii(text)
        assert "\u202e" not in text
    for url in (*links(found.data), *found.pictures.values()):
        assert url.startswith(("http://", "https://"))
        assert len(url) <= 1000


async def tried(ask, outbound):
    """Asks with each odd value at each place. Of each place, how many odd values made a card."""
    await ask()
    right = [(answer, shortened(msgspec.json.decode(answer.content))) for answer in outbound.answers]
    whole = [answer for answer, _ in right]
    made = {}
    for number, (answer, value) in enumerate(right):
        for path in places(value):
            made[number, path] = 0
            for odd in ODD:
                content = json.dumps(replaced(value, path, odd)).encode()
                outbound.replay([*whole[:number], Answer(200, answer.headers, content), *whole[number + 1 :]])
                try:
                    check(await ask())
                    made[number, path] += 1
                except SourceFailed:
                    pass
    return made


@pytest.mark.parametrize("name", NAMES)
async def test_odd_values_make_a_card_that_is_fit_for_a_page_or_fail_in_one_way(desk, name):
    outbound = Replaying(desk.session, desk.sections[name].base_url, "Porchlight/0")
    made = await tried(lambda: desk.ask(name, outbound), outbound)
    assert sum(made.values()) > len(made)  # what does not matter to a card does not hinder it


@pytest.mark.parametrize("name", NAMES)
async def test_a_fault_at_any_of_its_questions_fails_in_the_same_way_or_costs_a_part_and_passes(desk, name):
    await desk.ask(name)
    for number in range(len(desk.asked(name))):
        for fault in (Fault(status=500), Fault(status=429), Fault(body="[["), Fault(body="3")):
            desk.known.clear()
            desk.fail(name, *[None] * number, fault)
            try:
                assert (await desk.ask(name)).trouble
            except SourceFailed:
                assert (await desk.ask(name)).data
            desk.now += 7200
            assert not (await desk.ask(name)).trouble  # and the fault is not remembered
