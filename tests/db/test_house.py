"""What the owner sets while the site runs: it holds at once, everywhere, and after a start; and nobody else may."""

from datetime import UTC, datetime

import pytest

from cogs._channel_words import case_line
from db import adjustments, cases, house, people, settings
from db.config import Hangout
from db.errors import Forbidden, Refused
from db.events import ConfigChanged, PostsChanged
from db.loops import doing
from db.moderators import Moderator
from db.opening import open_store
from tests.cogs.conftest import until

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def robin(store):
    person = await people.add_visitor(store.pool, "Robin")
    await store.pool.execute("update people set owner = true where id = $1", person.id)
    return Moderator(await people.get(store.pool, person.id))


async def test_a_setting_holds_at_once_and_after_a_start_and_can_be_set_back(store, robin, config):
    assert await house.adjust(store, robin, "hangout.rate", "2.5", NOON) == 2.5
    assert store.config.hangout.rate == 2.5
    assert store.house.started_with.hangout == Hangout()
    async with open_store(config) as later:
        assert later.config.hangout.rate == 2.5
        assert later.house.adjusted["hangout.rate"].by == "Robin"
    await house.adjust(store, robin, "hangout.rate", "", NOON)
    assert store.config.hangout.rate == Hangout().rate
    assert store.house.adjusted == {}


async def test_lists_choices_and_switches_are_read_as_the_environment_is(store, robin):
    await house.adjust(store, robin, "comments.words", "casino, pills", NOON)
    await house.adjust(store, robin, "comments.moderation", "ALL", NOON)
    await house.adjust(store, robin, "analytics.public", "true", NOON)
    assert store.config.comments.words == ("casino", "pills")
    assert (store.config.comments.moderation, store.config.analytics.public) == ("all", True)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("hangout.rate", "fast", "hangout"),
        ("hangout.rate", "-1", "rate"),
        ("comments.words", "a\0b", "cannot be kept"),
        ("comments.moderation", "some", '"all", "first" or "none"'),
        ("discord.token", "x", "cannot be set"),
        ("hangout", "1", "cannot be set"),
        ("nonsense.of_mine", "1", "cannot be set"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_sentence_and_changes_nothing(store, robin, key, value, says):
    with pytest.raises(Refused, match=says):
        await house.adjust(store, robin, key, value, NOON)
    assert store.config == store.house.started_with
    assert await adjustments.kept(store.pool) == {}


async def test_nobody_but_the_owner_sets_anything(store):
    mika = Moderator(await people.add_visitor(store.pool, "Mika"), frozenset({7}))
    await store.pool.execute("insert into moderator_roles values (7, 'Wardens', null, now())")
    for act in (
        house.adjust(store, mika, "hangout.rate", "9", NOON),
        house.close(store, mika, NOON, on=True),
        house.tell(store, mika, "Hello", NOON),
    ):
        with pytest.raises(Forbidden):
            await act
    assert await store.pool.fetchval("select count(*) from cases") == 0
    assert (store.house.closed, store.house.notice) == ("", "")


async def test_each_change_is_on_record_and_the_same_again_is_not(store, robin):
    for _ in range(2):
        await house.close(store, robin, NOON, on=True, sentence="Painting the fence.")
    await house.adjust(store, robin, "hangout.burst", "20", NOON)
    rows = await store.pool.fetch("select kind, by_name, details, hidden from cases order by id")
    assert [(row["kind"], row["by_name"], row["hidden"]) for row in rows] == [
        ("maintenance", "Robin", True),
        ("setting", "Robin", True),
    ]
    assert rows[1]["details"] == {"key": "hangout.burst", "value": "20", "before": "5"}
    await house.close(store, robin, NOON, on=False)
    [begun, ended] = [case_line(one) for one in await cases.latest(store.pool) if one.kind == "maintenance"][::-1]
    assert ("began maintenance" in begun, "ended maintenance" in ended) == (True, True)


async def test_what_an_older_version_kept_and_this_one_cannot_use_is_passed_over(store, robin, config, caplog):
    await house.adjust(store, robin, "hangout.burst", "7", NOON)
    await settings.keep(store.pool, "set hangout.gone", {"text": "1", "by": "Robin", "at": ""})
    await settings.keep(store.pool, "set hangout.rate", {"text": "many", "by": "Robin", "at": ""})
    async with open_store(config) as later:
        assert (later.config.hangout.burst, later.config.hangout.rate) == (7, Hangout().rate)
    assert "hangout.gone" in caplog.text


async def test_another_process_reads_it_when_it_is_told(store, robin, config):
    async with open_store(config) as other, doing(house.follow(other), "following"):
        heard = []
        other.live.add(heard.append)
        await house.tell(store, robin, "Back on Monday.", NOON)
        await until(lambda: other.live._listeners)
        other.live.announce(ConfigChanged(is_news=False))
        await until(lambda: other.house.notice == "Back on Monday.")
        await until(lambda: PostsChanged() in heard)


async def test_a_word_on_every_page_is_one_line_and_bounded(store, robin):
    for words in ("two\nlines", "x" * 301):
        with pytest.raises(Refused):
            await house.tell(store, robin, words, NOON)
    await house.tell(store, robin, "  Back on Monday.  ", NOON)
    assert store.house.notice == "Back on Monday."
    await house.tell(store, robin, "", NOON)
    assert store.house.notice == ""
