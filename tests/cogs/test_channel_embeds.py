"""What the moderators' channel shows fits into what Discord takes, whatever was written."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cogs import _channel_embeds as embeds
from cogs._case_words import counted, done
from cogs._channel_words import case_line
from db.cases import Case, Subject
from db.config import Config
from db.held import Waiting
from db.markup import escape
from db.reports import Report
from practice.checks import check_embed, embed_length

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LOUD, NAME = "*_" * 1000, "*" * 100


def said(number, content, *, chosen):
    at = NOON.isoformat()
    return {"id": f"m{number}", "by": "reported", "content": content, "at": at, "pictures": 4, "chosen": chosen}


def report(messages):
    return Report(
        1, "message", 3, 1, 2, NAME, 3, NAME, None, "*" * 500, messages, "banned", True, NOON, NAME, NOON,
        others=tuple((NAME, "*" * 500) for _ in range(20)), done=(("banned", NAME, NOON),) * 4,
    )  # fmt: skip


@pytest.mark.parametrize("around", [1, 40, 60, 100, 160, 2000])
def test_the_longest_report_fits_and_shows_what_was_reported(around):
    messages = [said(number, LOUD if number == 3 else "*" * around, chosen=number == 3) for number in range(7)]
    embed = embeds.report(Config(), report(messages))
    check_embed(embed, "embed")
    assert embed_length(embed) <= 6000
    assert escape(LOUD)[:2000] in embed["description"]


def test_of_many_chosen_messages_the_first_are_shown():
    embed = embeds.report(Config(), report([said(number, LOUD, chosen=True) for number in range(50)]))
    assert embed_length(embed) <= 6000
    assert escape(LOUD)[:2000] in embed["description"]


def test_the_longest_held_message_fits():
    one = Waiting(1, 1, "public", 2, NAME, "n", LOUD, None, ("a",) * 4, "*" * 500, "waiting", None, NOON, None, None)
    assert embed_length(embeds.held(Config(), one, LOUD)) <= 6000


# What stands on a line


def case(kind, **more):
    return Case(7, kind, Subject(), "Zed", 1, "Robin", "discord", "", "", None, NOON, **more)


def test_a_filter_that_is_changed_is_not_added():
    details = {"change": "change", "kind": "zalgo", "pattern": "", "action": "mute", "minutes": 10}
    assert case_line(case("filter", details=details)) == "#7 Robin changed the filter zalgo (mute for 10 min)"


def test_what_was_lifted_already_is_said_in_english():
    told = done(case("unmute"), NOON.replace(year=2027))
    assert told == f"**Zed** is not muted any more: it was lifted <t:{int(NOON.timestamp())}:f>, case 7."
    assert [counted(many, "case") for many in (0, 1, 1200)] == ["0 cases", "1 case", "1,200 cases"]


def test_what_was_removed_is_known_by_its_beginning_for_as_long_as_it_is_on_record():
    evidence = [{"content": "buy *lamps*\nhere"}]
    one = case("remove", evidence=evidence)
    one = replace(one, subject=Subject(2, 1, 4))
    link = "https://x.example/hangout?before=4"
    assert case_line(one, link) == rf"#7 Robin removed what Zed wrote “buy \*lamps\* here” <{link}>"
    assert case_line(replace(one, evidence=None)) == "#7 Robin removed what Zed wrote"


def test_what_waited_is_known_by_its_beginning_afterwards():
    one = Waiting(1, 1, "public", 2, "Zed", "n", "", None, (), "links", "deleted", None, NOON, NOON, "Robin")
    assert embeds.held(Config(), one, "buy *lamps*")["description"] == r"“buy \*lamps\*”"
    assert "not kept" in embeds.held(Config(), one, "")["description"]
