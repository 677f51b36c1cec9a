"""The moderators' channel: a line a case, and buttons that work for whoever may, once, and after restarts."""

import asyncio
import re
import sys
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from db import accounts, cases, faults, gate, held, messages, mod_notices, reports, sanctions
from db.moderators import Moderator
from db.sanctions import Caller
from practice import porch as ids
from practice.interactions import Answers
from tests.cogs.conftest import shared, until
from tests.members import member

MIKA, TEO = "Mika", "Teo"
KEPT = (  # in this order nothing is in the way of anything
    "mod_notices", "cases", "reports", "held", "sanctions", "raids", "faults", "moderator_roles", "changes", "messages",
    "people",
)  # fmt: skip


@pytest.fixture(scope="module")
async def standing(databases, tmp_path_factory):
    async with shared(databases, tmp_path_factory, mod_channel_id=ids.MOD) as porch:
        yield porch


@pytest.fixture
async def porch(standing, monkeypatch):
    """The shared porch, as if nothing had ever happened; Mika moderates, Teo does not."""
    store, practice = standing.store, standing.practice
    monkeypatch.setattr(mod_notices, "FIRST_WAIT", timedelta(seconds=0.1))
    monkeypatch.setattr(sys.modules["cogs.mod_channel"], "LOOK_EVERY", 0.2)
    await store.pool.execute("; ".join(f"delete from {table}" for table in KEPT))
    await sanctions.load(store)
    practice.faults.stop()
    for gone in (*practice.world.messages.values(), practice.world.nonces, practice.world.whispers):
        gone.clear()
    await store.pool.execute(
        "insert into moderator_roles (role_id, name, added_at) values ($1, 'Keepers', now())", ids.KEEPERS
    )
    practice.give_role(MIKA, ids.KEEPERS)
    return standing


def there(porch):
    return porch.practice.messages("mod")


def lines(porch):
    return [one.content for one in there(porch) if one.content]


def cards(porch):
    return [one for one in there(porch) if one.embeds]


def buttons(message):
    return {one["label"]: one["custom_id"] for row in message.components for one in row["components"]}


def facts(message):
    return {one["name"]: one["value"] for one in message.embeds[0]["fields"]}


async def shows(porch, words, place=0):
    """Waits until the message says so as its state; returns it."""
    await until(lambda: len(cards(porch)) > place and words in facts(cards(porch)[place]).get("State", ""))
    return cards(porch)[place]


async def a_report(porch, words="bad words"):
    """Something that Zed said and Ada reported, as its message in the channel."""
    said = await porch.say(words, name="Zed")
    ada = await porch.person("Ada")
    number = await reports.report(porch.store, Caller(ada), "message", said.id, "rude", datetime.now(UTC))
    return number, await shows(porch, "waiting for you", len(cards(porch)))


async def press(porch, message, label, who="owner"):
    return await porch.practice.press(message, buttons(message)[label], who=who)


# Lines


async def test_every_case_is_one_line_and_a_later_reason_changes_it(porch):
    zed, owner = await porch.person("Z*e*d"), await member(porch.store, "robin", owner=True)
    until_when = datetime(2030, 1, 1, tzinfo=UTC)
    case = await sanctions.ban(porch.store, Moderator(owner), zed.id, datetime.now(UTC), until=until_when)
    line = rf"#{case.id} Robin banned Z\*e\*d until <t:{int(until_when.timestamp())}:f>"
    await until(lambda: lines(porch) == [line])
    await cases.give_reason(porch.store, Moderator(owner), case.id, "ads @everyone", datetime.now(UTC))
    await until(lambda: lines(porch) == [rf"{line}: ads \@everyone"])
    assert porch.practice.pings == []


async def test_the_house_says_by_which_rule(porch):
    zed = await porch.person("Zed")
    case = await sanctions.mute(porch.store, None, zed.id, datetime.now(UTC), rule="caps", origin="rule")
    await until(lambda: lines(porch) == [f"#{case.id} The house muted Zed (caps)"])


async def test_what_is_deleted_in_the_channel_itself_is_told_with_its_words(porch):
    await porch.say("buy this", name="Zed")
    await porch.relayed()
    porch.practice.delete(porch.practice.messages()[-1].id)
    await until(lambda: lines(porch))
    [line] = lines(porch)
    assert "A moderator removed what Zed wrote" in line
    assert "buy this" in line
    assert "audit log" in line


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_send_of_unknown_outcome_is_looked_for_and_comes_once(porch, when, monkeypatch):
    monkeypatch.setattr(sys.modules["cogs._noticing"], "SETTLE", 0.1)
    porch.practice.faults.cut("/channels/[0-9]+/messages", method="POST", when=when)
    zed = await porch.person("Zed")
    case = await sanctions.warn(porch.store, None, zed.id, datetime.now(UTC))
    _, message = await a_report(porch)
    await until(lambda: len(lines(porch)) == 1)
    await _settled(porch)
    assert lines(porch) == [f"#{case.id} The house warned Zed"]
    assert [one.id for one in cards(porch)] == [message.id]


async def _settled(porch):
    async def nothing_waits():
        return not await porch.store.pool.fetchval(
            "select exists (select from mod_notices where state in ('due', 'sending'))"
        )

    await until(nothing_waits)


async def test_what_a_killed_process_had_begun_is_found_or_sent_but_never_twice(porch):
    number, message = await a_report(porch)
    zed = await porch.person("Zed")
    await sanctions.warn(porch.store, None, zed.id, datetime.now(UTC))
    await until(lambda: len(there(porch)) == 2)
    await _settled(porch)
    await porch.store.pool.execute(
        "update mod_notices set state = 'sending', after = message_id - 1, message_id = null, shown = 0"
    )
    await _settled(porch)
    assert len(there(porch)) == 2
    assert (await mod_notices.notice_of(porch.store.pool, "report", number)).message_id == message.id


async def test_a_channel_that_is_shut_is_tried_again_and_what_is_removed_there_is_let_go(porch, caplog):
    porch.practice.faults.status(403, "/channels/[0-9]+/messages", times=2)
    number, message = await a_report(porch)
    assert "They wait on the site, too" in caplog.text
    porch.practice.delete(message.id)
    await reports.decide(porch.store, None, number, "dismiss", datetime.now(UTC))
    await _settled(porch)
    assert cards(porch) == []


async def test_what_cannot_be_drawn_keeps_none_of_the_others_waiting(porch, monkeypatch):
    async def stumble(*_):
        raise RuntimeError

    monkeypatch.setattr(sys.modules["cogs._chores"], "LONG_REST", 0.1)
    monkeypatch.setitem(sys.modules["cogs._channel_shown"].SHOWN, "fault", stumble)
    await mod_notices.tell(porch.store.pool, "fault", 1, datetime.now(UTC) - timedelta(hours=1))
    await a_report(porch)


# Reports


async def test_a_report_arrives_in_full_with_its_buttons_and_mentions_nobody(porch):
    await porch.say("hello", name="Bea")
    _, message = await a_report(porch, "**bad** @everyone")
    [embed] = message.embeds
    assert embed["title"] == "A message of Zed is reported"
    assert r"**Zed**" in embed["description"]
    assert r"\*\*bad\*\* \@everyone" in embed["description"]
    assert embed["description"].startswith("> Bea")
    assert embed["url"].startswith("https://porch.example/hangout/messages/")
    assert facts(message)["Reason"] == "rude"
    assert list(buttons(message)) == ["Remove", "Warn", "Mute", "Ban", "Dismiss"]
    assert porch.practice.pings == []


@pytest.mark.parametrize(("label", "state", "left"), [
    ("Remove", "removed by Mika", ["Warn", "Mute", "Ban"]),
    ("Dismiss", "dismissed by Mika", []),
])  # fmt: skip
async def test_a_button_works_for_a_moderator_once_and_the_message_says_who(porch, label, state, left):
    number, message = await a_report(porch)
    done = await asyncio.gather(*(press(porch, message, label, MIKA) for _ in range(2)))
    assert not any(one.followups for one in done)
    message = await shows(porch, state)
    assert "<t:" in facts(message)["State"]
    assert list(buttons(message)) == left
    assert await porch.store.pool.fetchval("select count(*) from cases where report_id = $1", number) == 1
    assert porch.words_in_discord() == ([] if label == "Remove" else ["bad words"])


async def test_a_warning_asks_why_and_what_was_done_before_stays_in_the_message(porch):
    _, message = await a_report(porch, "*bad* words")
    await press(porch, message, "Remove", MIKA)
    await shows(porch, "removed by Mika")
    form = await press(porch, message, "Warn", "owner")
    for _ in range(2):
        await porch.practice.submit(form, {"reason": "mind your words"})
    message = await shows(porch, "warned by Robin")
    assert re.fullmatch(r"removed by Mika, <t:\d+:f>\nwarned by Robin, <t:\d+:f>", facts(message)["State"])
    zed = await porch.person("Zed")
    assert [one.reason for one in await cases.own(porch.store.pool, zed.id)] == ["mind your words", ""]


@pytest.mark.parametrize("label", ["Warn", "Mute", "Ban"])
async def test_what_cannot_be_done_is_said_instead_of_the_form(porch, label):
    owner = await member(porch.store, "robin", owner=True)
    said = await messages.say(porch.store, 1, owner, "I may", "n", datetime.now(UTC), network="")
    await reports.report(porch.store, Caller(await porch.person("Ada")), "message", said.id, "", datetime.now(UTC))
    answer = await press(porch, await shows(porch, "waiting for you"), label, MIKA)
    assert not answer.modal
    assert "The owner and authors cannot be" in answer.content


@pytest.mark.parametrize(("label", "for_", "state"), [("Mute", "2h", "muted by Mika"), ("Ban", "", "banned by Mika")])
async def test_muting_and_banning_ask_for_how_long_and_why(porch, label, for_, state):
    _, message = await a_report(porch)
    form = await press(porch, message, label, MIKA)
    assert form.modal
    for _ in range(2):
        await porch.practice.submit(form, {"for": for_, "reason": "  no\tthanks "})
    await shows(porch, state)
    zed = await porch.person("Zed")
    [case] = await cases.own(porch.store.pool, zed.id)
    assert (case.reason, case.until is None) == ("no thanks", not for_)
    assert porch.store.sanctions.find(Caller(zed), datetime.now(UTC)).kind == label.lower()


async def test_a_form_that_cannot_be_read_says_so_and_gives_back_what_was_typed(porch):
    _, message = await a_report(porch)
    form = await press(porch, message, "Ban")
    await porch.practice.submit(form, {"for": "when pigs fly", "reason": "ads"})
    told = porch.practice.world.whispers
    await until(lambda: any("when pigs fly" in one.content and "ads" in one.content for one in told.values()))
    await shows(porch, "waiting for you")


@pytest.mark.parametrize("label", ["Remove", "Warn", "Mute", "Ban", "Dismiss"])
async def test_who_is_no_moderator_is_told_so_and_nothing_happens(porch, label):
    _, message = await a_report(porch)
    answer = await press(porch, message, label, TEO)
    told = [answer.content, *(one.content for one in answer.followups)]
    assert any("Only the owner and moderators" in one for one in told)
    await shows(porch, "waiting for you")


async def test_who_holds_the_role_no_more_while_filling_the_form_bans_nobody(porch):
    _, message = await a_report(porch)
    form = await press(porch, message, "Ban", MIKA)
    porch.practice.take_role(MIKA, ids.KEEPERS)
    answer = await porch.practice.submit(form, {"for": "1d", "reason": ""})
    assert "Only the owner and moderators" in answer.followups[0].content
    assert await porch.store.pool.fetchval("select count(*) from sanctions") == 0


async def test_a_report_that_is_gone_and_an_author_are_answered_with_a_sentence(porch):
    number, message = await a_report(porch)
    await porch.store.pool.execute("update people set role = 'author', username = 'zed' where name = 'Zed'")
    answer = await press(porch, message, "Warn")
    assert "authors cannot be warned" in answer.content
    await porch.store.pool.execute("delete from reports where id = $1", number)
    answer = await press(porch, message, "Dismiss")
    assert answer.followups[0].content == "This report is not here any more."


async def test_a_slow_database_neither_loses_a_button_nor_a_form(porch, monkeypatch):
    """Discord waits for three seconds; each press is answered before, and done when the database is back."""
    _, message = await a_report(porch)
    monkeypatch.setattr(sys.modules["cogs._channel_forms"], "QUICKLY", 0.2)
    locked = await asyncpg.connect(porch.store.dsn)
    try:
        await locked.execute("begin; lock table moderator_roles in access exclusive mode")
        pressed = [asyncio.create_task(press(porch, message, label, MIKA)) for label in ("Dismiss", "Ban")]
        assert (await pressed[1]).modal
        assert not pressed[0].done()
        await locked.execute("rollback")
        assert (await pressed[0]).kind is Answers.DEFERRED_UPDATE
    finally:
        await locked.close()
    await shows(porch, "dismissed by Mika")


async def test_what_is_decided_or_removed_elsewhere_shows_in_the_message(porch):
    number, _ = await a_report(porch)
    zed = await porch.person("Zed")
    [said] = await porch.on_the_site()
    await messages.delete(porch.store, 1, zed, said.id, datetime.now(UTC))
    await until(lambda: facts(cards(porch)[0]).get("Meanwhile") == "It is not there any more.")
    assert "Remove" not in buttons(cards(porch)[0])
    await reports.decide(porch.store, None, number, "dismiss", datetime.now(UTC))
    await shows(porch, "dismissed by the house")


# What waits, and what went wrong


async def a_held(porch):
    zed = await porch.person("Zed")
    await porch.store.pool.execute(
        "insert into filters (kind, pattern, action) values ('words', 'kettle', 'hold') on conflict do nothing"
    )
    number = await porch.store.pool.fetchval(
        """with kept as (insert into held (room_id, author_id, nonce, content, rule, created_at)
            values (1, $1, 'n1', 'a *kettle*', 'words: kettle', now()) returning id)
        insert into mod_notices (kind, subject_id, next_at, created_at) select 'held', id, now(), now() from kept
        returning subject_id""",
        zed.id,
    )
    await until(lambda: cards(porch))
    return number, cards(porch)[0]


@pytest.mark.parametrize(("label", "state", "said"), [
    ("Let through", "let through by Mika", ["a *kettle*"]),
    ("Delete", "deleted by Mika", []),
])  # fmt: skip
async def test_what_waits_is_let_through_or_deleted_once(porch, label, state, said):
    _, message = await a_held(porch)
    assert message.embeds[0]["description"] == r"a \*kettle\*"
    answer = await press(porch, message, label, TEO)
    assert "Only the owner and moderators" in answer.followups[0].content
    await asyncio.gather(*(press(porch, message, label, MIKA) for _ in range(2)))
    assert buttons(await shows(porch, state)) == {}
    assert await porch.words_on_the_site() == said


async def test_who_deletes_their_account_goes_from_the_channel_as_well(porch):
    store, at = porch.store, datetime.now(UTC)
    zed = await member(store, "zed", "Zed")
    await sanctions.warn(store, None, zed.id, at, rule="caps")
    speech = gate.Speech(1, Caller(zed), zed, "buy lamps", "zed 1", at)
    with pytest.raises(held.Held):
        await held.hold(store, speech, "links")
    await shows(porch, "waiting for you")
    await until(lambda: len(lines(porch)) == 1)
    await accounts.delete(store, zed, at)
    await until(lambda: "Zed" not in lines(porch)[0])
    await until(lambda: cards(porch)[0].embeds[0]["title"] == "A message waits no longer")
    assert "lamps" not in str(cards(porch)[0].embeds)
    assert not buttons(cards(porch)[0])


async def test_who_wrote_what_waits_is_banned_by_a_form(porch):
    number, message = await a_held(porch)
    form = await press(porch, message, "Ban", MIKA)
    await porch.practice.submit(form, {"for": "1w", "reason": "ads"})
    await shows(porch, "deleted by Mika")
    assert (await held.get(porch.store.pool, number)).state == "deleted"
    zed = await porch.person("Zed")
    assert porch.store.sanctions.find(Caller(zed), datetime.now(UTC)).kind == "ban"


async def test_a_raid_has_its_numbers_and_buttons_that_do_no_harm_twice(porch):
    zed = await porch.person("Zed")
    await porch.say("raiding", name="Zed")
    raid = await porch.store.pool.fetchval("insert into raids (started_at) values (now()) returning id")
    await porch.store.pool.execute("insert into raid_people (raid_id, person_id) values ($1, $2)", raid, zed.id)
    await mod_notices.tell(porch.store.pool, "raid", raid, datetime.now(UTC))
    await until(lambda: cards(porch))
    message = cards(porch)[0]
    assert list(buttons(message)) == ["End it", "Ban all 1", "Remove all they wrote"]
    for label in buttons(message):
        answer = await press(porch, message, label, TEO)
        told = answer.followups[-1] if answer.followups else answer.message
        assert "Only the owner and moderators" in told.content
    asked = await press(porch, message, "Ban all 1", MIKA)
    assert asked.content.startswith("Ban this one for 30 days")
    assert "**Zed**: raiding" in asked.content
    assert porch.store.sanctions.find(Caller(zed), datetime.now(UTC)) is None
    yes = buttons(asked.message)["Ban these 1"]
    await asyncio.gather(*(porch.practice.press(asked.message, yes, who=MIKA) for _ in range(2)))
    await until(lambda: "1 of 1 who came" in porch.practice.world.whispers[asked.message.id].content)
    for label in ("End it", "Remove all they wrote"):
        for _ in range(2):
            if label in buttons(cards(porch)[0]):
                await press(porch, message, label, MIKA)
    await until(lambda: buttons(cards(porch)[0]) == {})
    assert await porch.words_on_the_site() == []
    assert porch.store.sanctions.find(Caller(zed), datetime.now(UTC)).kind == "ban"


async def test_a_fault_is_told_once_with_a_count(porch):
    now = datetime.now(UTC)
    for count in (1, 4):
        caught = faults.Caught("ab12", "It *broke*", now, count)
        await faults.add(porch.store.pool, "KeyError in db/rooms.py", caught, now - timedelta(minutes=5))
    await until(lambda: cards(porch) and facts(cards(porch)[0])["How often"].startswith("5 times"))
    assert len(cards(porch)) == 1
    assert r"It \*broke\*" in cards(porch)[0].embeds[0]["description"]


# A restart


async def test_buttons_and_forms_still_work_after_a_restart(porch_config, opened, practice):
    config = msgspec.structs.replace(
        porch_config, discord=msgspec.structs.replace(porch_config.discord, mod_channel_id=ids.MOD)
    )
    async with opened(config) as porch:
        await porch.is_on()
        _, first = await a_report(porch)
        _, second = await a_report(porch, "other words")
        form = await press(porch, second, "Mute")
        assert form.modal
    async with opened(config) as porch:
        await porch.is_on()
        await practice.submit(form, {"for": "1 day", "reason": "rude"})
        await shows(porch, "muted by Robin", 1)
        await press(porch, first, "Dismiss")
        await shows(porch, "dismissed by Robin")
