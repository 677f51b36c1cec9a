"""What processes tell each other of the house's order, as it travels and as it arrives."""

import msgspec
import pytest

from db.events import (
    ConfigChanged,
    FiltersChanged,
    ModNoticeDue,
    RoomChanged,
    SanctionsBehind,
    SanctionsChanged,
)
from db.hints import Hint, events_of, hint_of


@pytest.mark.parametrize(
    ("told", "arrives"),
    [
        (SanctionsChanged(), [SanctionsBehind()]),
        (RoomChanged(), [RoomChanged()]),
        (RoomChanged(7), [RoomChanged(7)]),
        (FiltersChanged(), [FiltersChanged()]),
        (ConfigChanged(), [ConfigChanged()]),
        (ModNoticeDue(), [ModNoticeDue()]),
    ],
)
def test_the_others_hear_that_it_is_otherwise_and_look_for_themselves(told, arrives):
    hint = hint_of(told, "here")
    assert events_of(msgspec.json.decode(msgspec.json.encode(hint), type=Hint)) == arrives


def test_what_was_heard_from_others_is_told_to_nobody_and_what_a_newer_one_says_to_nobody_here():
    assert hint_of(SanctionsChanged(is_news=False), "here") is None
    assert events_of(Hint("there", house="something of tomorrow")) == []
