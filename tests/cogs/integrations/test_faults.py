"""What goes wrong with a source, for every source that there is: the table of what is said then. An error is one of
one kind, with a sentence and no key; nothing else gets out of a source, whatever its answer is made of.
"""

import pytest

from cogs.integrations._outbound import SourceFailed, StillComputing
from practice.sources import SOURCES, Fault

NAMES = [source.NAME for source in SOURCES]
TOO_OFTEN = r"It says that we ask too often \({}\)\."
SECOND = {"Retry-After": "7"}

# what comes: (the sentence, seconds to wait, only the owner can mend it)
TABLE = {
    "202": (Fault(status=202), r"It is still computing the numbers\.", 60.0, False),
    "302": (Fault(status=302, headers={"Location": "/elsewhere"}), r"\(302\)", None, False),
    "401": (Fault(status=401), r"It does not let us in \(401\): the key may be wrong\.", None, True),
    "403": (Fault(status=403, body="<html>"), r"It does not let us in \(403\)", None, True),
    "403 with Retry-After": (Fault(status=403, headers=SECOND), TOO_OFTEN.format(403), 7.0, False),
    "404": (Fault(status=404), r"It knows nothing of what we ask for \(404\)", None, True),
    "429": (Fault(status=429), TOO_OFTEN.format(429), None, False),
    "429 with Retry-After": (Fault(status=429, headers=SECOND), TOO_OFTEN.format(429), 7.0, False),
    "500": (Fault(status=500, body="oh no"), r"It has trouble of its own \(500\)\.", None, False),
    "503 with Retry-After": (Fault(status=503, headers=SECOND), r"trouble of its own \(503\)", 7.0, False),
    "garbage": (Fault(body="<!doctype html><title>maintenance</title>"), r"Its answer cannot be read\.", None, False),
    "nothing": (Fault(body=""), r"Its answer cannot be read\.", None, False),
    "half": (Fault(body='{"data": {"a": [1, 2'), r"Its answer cannot be read\.", None, False),
    "a tower": (Fault(body="[" * 100_000 + "]" * 100_000), r"Its answer cannot be read\.", None, False),
    "slow": (Fault(delay=0.6), r"It did not answer in time\.", None, False),
    "cut off": (Fault(cut=True), r"Its answer broke off\.", None, False),
    "huge": (Fault(huge=True), r"Its answer is too large\.", None, False),
    "another list": (Fault(body="[1]"), r"Its answer is not made as it should be\.", None, False),
    "a number": (Fault(body="7"), r"Its answer is not made as it should be\.", None, False),
    "null": (Fault(body="null"), r"Its answer is not made as it should be\.", None, False),
    "an empty object": (Fault(body="{}"), r"Its answer is not made as it should be\.", None, False),
}

# Where a source knows better what is wrong.
OWN = {
    ("401", "mastodon"): r"only to those who are signed in \(secure mode\)",
    ("404", "mastodon"): r"It knows no such account: look at \[mastodon\]",
    ("404", "lanyard"): r"It does not know this user: join its Discord server",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", TABLE)
async def test_each_fault_of_each_source_is_told_in_a_sentence_with_how_long_to_wait(desk, name, case):
    fault, sentence, wait, is_setup = TABLE[case]
    desk.seconds = 0.3 if case == "slow" else 5.0
    desk.faults.always[name] = fault
    with pytest.raises(SourceFailed, match=OWN.get((case, name), sentence)) as failed:
        await desk.ask(name)
    assert (failed.value.retry_after, failed.value.is_setup) == (wait, is_setup)
    assert isinstance(failed.value, StillComputing) is (case == "202")
