import asyncio

import msgspec
import pytest

from cogs import _comparing, _line
from db import messages
from practice import permissions
from practice.gateway.sessions import Session
from tests.cogs.conftest import until
from tests.cogs.test_hearing_changes import HEART, POST, comes, counts, hears, in_discord, reacted, reacts

THUMB = "\U0001f44d"


@pytest.fixture
def small_config(porch_config):
    """One that reads no more than five missed messages."""
    return msgspec.structs.replace(
        porch_config, hangout=msgspec.structs.replace(porch_config.hangout, backfill_limit=5)
    )


async def test_what_was_changed_while_the_program_was_down_is_found_by_comparing(porch_config, opened, practice):
    said = [practice.say("Mika", f"{number}") for number in range(6)]
    async with opened(porch_config) as porch:
        await hears(porch, *(f"{number}" for number in range(6)))
        await porch.say("from the site")
        await porch.say("from the site too")
        await porch.relayed()
        practice.react("Teo", said[5].id, THUMB)
        await comes(porch, lambda seen: counts(seen[5]) == {THUMB: 1})
    practice.edit(said[1].id, "one")
    practice.delete(said[2].id)
    practice.delete(practice.messages()[-2].id)
    practice.unfurl(said[3].id, url="https://a.example/", title="A")
    practice.react("Juniper", said[4].id, HEART)
    practice.unreact("Teo", said[5].id, THUMB)
    practice.react("Mika", practice.messages()[-1].id, THUMB)
    fresh = practice.say("Mika", "new")
    practice.react("Teo", fresh.id, HEART)
    async with opened(porch_config) as porch:
        seen = await hears(porch, "0", "one", "3", "4", "5", "from the site too", "new")
        seen = await comes(porch, lambda seen: counts(seen[-1]) == {HEART: 1})
        assert [one.edited_at is not None for one in seen] == [False, True, False, False, False, False, False]
        assert seen[2].extras.cards[0].title == "A"
        assert [counts(one) for one in seen[3:]] == [{HEART: 1}, {}, {THUMB: 1}, {HEART: 1}]


async def test_what_was_changed_while_the_session_was_lost_is_found_by_comparing(porch):
    said = porch.practice.say("Mika", "one")
    other = porch.practice.say("Mika", "two")
    await hears(porch, "one", "two")
    porch.practice.faults.lose_session(dropped=True)
    porch.practice.edit(said.id, "edited")
    porch.practice.delete(other.id)
    porch.practice.say("Teo", "three")
    await hears(porch, "edited", "three", seconds=25)


async def test_comparing_finds_nothing_to_do_where_nothing_has_happened(porch_config, opened, practice):
    said = practice.say("Mika", "one", files=[("a.txt", b"abc")])
    practice.say("Teo", "", stickers=["moth"])
    practice.poll("Mika", "Tea?", ["Yes", "No"])
    async with opened(porch_config) as porch:
        await comes(porch, lambda seen: len(seen) == 3)
        practice.react("Teo", said.id, HEART)
        await comes(porch, lambda seen: counts(seen[0]) == {HEART: 1})
        before = await porch.store.pool.fetchval("select seq from rooms")
    async with opened(porch_config) as porch:
        asked = len(practice.requests)
        await until(lambda: [one for one in practice.requests[asked:] if "before=" in one.path])
        practice.say("Mika", "last")
        await comes(porch, lambda seen: len(seen) == 4)
        await asyncio.sleep(0.5)  # until all that could be told is told
        assert await porch.store.pool.fetchval("select seq from rooms") == before + 1


async def test_an_edit_that_the_history_shows_already_is_not_told_twice(porch_config, opened, practice):
    said = practice.say("Mika", "one")
    practice.edit(said.id, "two")
    async with opened(porch_config) as porch:
        [message] = await hears(porch, "two")
        assert message.edited_at == said.edited_timestamp


async def test_a_gap_that_is_too_long_is_said_in_one_line_and_once(small_config, opened, practice):
    async with opened(small_config) as porch:
        await porch.is_on()
        practice.say("Mika", "before")
        await hears(porch, "before")
    for number in range(8):
        practice.say("Mika", f"{number}")
    line = "missed some of what was said in Discord: more than 5 messages came meanwhile."
    wanted = ["before", line, *(f"{number}" for number in range(3, 8))]
    for _ in range(2):
        async with opened(small_config) as porch:
            await porch.is_on()
            seen = await hears(porch, *wanted)
            assert (seen[1].kind, seen[1].author.name, seen[1].author.owner) == ("system", "Porchlight", False)


async def test_a_gap_as_long_as_is_read_is_none(small_config, opened, practice):
    async with opened(small_config) as porch:
        await porch.is_on()
        practice.say("Mika", "before")
        await hears(porch, "before")
    for number in range(5):
        practice.say("Mika", f"{number}")
    async with opened(small_config) as porch:
        await hears(porch, "before", *(f"{number}" for number in range(5)))


async def test_what_was_said_in_a_channel_that_was_empty_at_first_is_read_whole(porch_config, opened, practice):
    async with opened(porch_config) as porch:
        await porch.is_on()

        async def is_marked():
            return await porch.store.pool.fetchval("select heard_id from channels")

        await until(is_marked)
    for number in range(70):
        practice.say("Mika", f"{number}")
    async with opened(porch_config) as porch:
        await hears(porch, *(f"{number}" for number in range(70)))


async def test_a_catching_up_that_breaks_off_is_continued(porch_config, opened, practice, monkeypatch):
    async with opened(porch_config) as porch:
        await porch.is_on()
        practice.say("Mika", "before")
        await hears(porch, "before")
    for number in range(250):
        practice.say("Mika", f"{number}")
    practice.delete(practice.messages()[0].id)
    real, calls = messages.hear, []

    async def hear_one_page(store, room_id, heard):
        calls.append(len(heard))
        if len(calls) > 1:
            await asyncio.Event().wait()
        await real(store, room_id, heard)

    with monkeypatch.context() as patched:
        patched.setattr(messages, "hear", hear_one_page)
        async with opened(porch_config) as porch:
            await until(lambda: len(calls) == 2)
            assert len(await porch.on_the_site()) == 101
    async with opened(porch_config) as porch:
        await hears(porch, *(f"{number}" for number in range(250)))


async def test_a_reaction_of_the_sites_that_a_moderator_took_away_meanwhile_is_gone_here(
    porch_config, opened, practice
):
    said = practice.say("Mika", "well?")
    async with opened(porch_config) as porch:
        [message] = await hears(porch, "well?")
        await reacts(porch, message, HEART)
        await in_discord(porch, HEART, there=True)
        await asyncio.sleep(0.2)  # until that is recorded
    practice.unreact(practice.bot_id, said.id, HEART)
    async with opened(porch_config) as porch:

        async def is_gone():
            return counts((await porch.on_the_site())[0]) == {}

        await until(is_gone)
        await asyncio.sleep(0.3)
    assert not practice.find(said.id).reactions.get(HEART)


async def test_who_came_for_one_who_went_meanwhile_is_known_when_they_go_too(porch_config, opened, practice):
    said = practice.say("Mika", "well?")
    practice.react("Mika", said.id, HEART)
    async with opened(porch_config) as porch:
        await comes(porch, lambda seen: seen and counts(seen[0]) == {HEART: 1})
    practice.unreact("Mika", said.id, HEART)
    practice.react("Teo", said.id, HEART)
    async with opened(porch_config) as porch:
        await porch.say("until it has caught up")
        await porch.relayed()
        practice.unreact("Teo", said.id, HEART)
        await comes(porch, lambda seen: counts(seen[0]) == {})


async def test_who_came_for_one_who_went_meanwhile_is_asked_for_in_quiet(porch_config, opened, practice):
    said = practice.say("Mika", "well?")
    practice.react("Mika", said.id, HEART)
    async with opened(porch_config) as porch:
        await comes(porch, lambda seen: seen and counts(seen[0]) == {HEART: 1})
    practice.unreact("Mika", said.id, HEART)
    practice.react("Teo", said.id, HEART)
    async with opened(porch_config) as porch:
        held_by_teo = "select array_agg(name) = '{Teo}' from reactions join people p on p.id = person_id"
        await until(lambda: porch.store.pool.fetchval(held_by_teo))


@pytest.fixture
def searching(monkeypatch):
    """The relay looks for a message whose outcome is unknown, and finds it only when this is set."""
    may_find = asyncio.Event()
    real = _line.Line._find

    async def find(*args):
        await may_find.wait()
        return await real(*args)

    monkeypatch.setattr(_line.Line, "_find", find)
    return may_find


@pytest.fixture
async def unrecorded(porch_config, opened, practice, searching):
    """A message of ours in Discord; the program went down before it knew whether it is there."""
    async with opened(porch_config) as porch:
        practice.faults.cut(POST, method="POST", when="after")
        await porch.say("nice")
        await until(practice.messages)
        await until(lambda: porch.store.pool.fetchval("select heard_id > 1 from channels"))
    return practice.messages()[-1]


async def test_reactions_to_a_message_that_is_recorded_after_the_catching_up_count(
    porch_config, opened, practice, searching, unrecorded
):
    practice.react("Mika", unrecorded.id, HEART)
    async with opened(porch_config) as porch:
        practice.say("Teo", "when all has been read")
        await hears(porch, "nice", "when all has been read")
        searching.set()
        await comes(porch, lambda seen: counts(seen[0]) == {HEART: 1})


async def test_a_new_session_is_caught_up_with_as_soon_as_its_server_is_told_of(porch, monkeypatch):
    said = porch.practice.say("Mika", "well?")
    await hears(porch, "well?")
    real, told = Session.dispatch, []

    def dispatch(session, event, data):
        later = 1.0 if event == "GUILD_CREATE" else 0.0
        told.append(event)
        asyncio.get_running_loop().call_later(later, real, session, event, data)

    monkeypatch.setattr(Session, "dispatch", dispatch)
    porch.practice.faults.lose_session(dropped=True)
    porch.practice.react("Mika", said.id, HEART)
    await until(lambda: "GUILD_CREATE" in told, seconds=25)
    await reacted(porch, {HEART: 1})


async def test_a_reaction_of_the_bots_that_stands_for_nobody_is_taken_back(porch_config, opened, practice):
    said = practice.say("Mika", "well?")
    async with opened(porch_config) as porch:
        await hears(porch, "well?")
    practice.react(practice.bot_id, said.id, HEART)
    async with opened(porch_config) as porch:
        await in_discord(porch, HEART, there=False)


async def test_a_long_list_of_people_who_reacted_is_read_to_its_end(porch_config, opened, practice):
    said = practice.say("Mika", "well?")
    for number in range(130):
        practice.join(f"Member {number}")
        practice.react(f"Member {number}", said.id, HEART)
    config = msgspec.structs.replace(porch_config, hangout=msgspec.structs.replace(porch_config.hangout, page=200))
    async with opened(config) as porch:
        await comes(porch, lambda seen: len(seen) == 131 and counts(seen[0]) == {HEART: 130})
        names = await porch.store.pool.fetch("select name from people where name like 'Member %'")
        assert len(names) == 130


async def test_only_what_was_read_can_be_missing(porch_config, opened, practice, monkeypatch):
    """Beyond the part of the channel that is read nothing is taken for deleted."""
    said = [practice.say("Mika", f"{number}") for number in range(10)]
    async with opened(porch_config) as porch:
        await hears(porch, *(f"{number}" for number in range(10)))
    practice.delete(said[8].id)
    practice.delete(said[1].id)
    monkeypatch.setattr(_comparing, "READ_MAX", 4)
    async with opened(porch_config) as porch:
        await hears(porch, "0", "1", "2", "3", "4", "5", "6", "7", "9")


async def test_a_long_absence_is_told_while_other_messages_wait_their_turn(porch_config, opened, practice):
    said = practice.say("Mika", "one")
    async with opened(porch_config) as porch:
        await hears(porch, "one")
    practice.edit(said.id, "one, edited")
    gate = practice.faults.hold(r"^/channels/\d+/messages", method="GET", times=3)
    async with opened(porch_config) as porch:
        await until(lambda: porch.store.discord.state == "on")
        await until(lambda: practice.faults.rest.waiting[0].times < 3)
        practice.edit(said.id, "one, edited again")
        practice.react("Teo", said.id, HEART)
        practice.say("Mika", "live")
        await asyncio.sleep(0.2)  # so that these are heard first
        gate.set()
        seen = await hears(porch, "one, edited again", "live")
        seen = await comes(porch, lambda seen: counts(seen[0]) == {HEART: 1})
        assert seen[0].edited_at == said.edited_timestamp


async def test_what_was_said_in_a_channel_that_was_the_hangout_before_is_not_taken_for_deleted(
    porch_config, opened, practice
):
    general = practice.channel("general").id
    moved = msgspec.structs.replace(
        porch_config, discord=msgspec.structs.replace(porch_config.discord, channel_id=general)
    )
    async with opened(porch_config) as porch:
        await porch.is_on()
        practice.say("Mika", "in the old place")
        await porch.say("from the site")
        await porch.relayed()
        await hears(porch, *await _as_said(porch, 2))
    practice.say("Mika", "in the new place", channel="general")
    async with opened(moved) as porch:
        await porch.is_on()
        await asyncio.sleep(1)  # until the comparing is done, which shows in nothing
        practice.say("Mika", "live", channel="general")
        seen = await comes(porch, lambda seen: seen[-1].content == "live")
        words = {one.content for one in seen}
        assert words == {"in the old place", "from the site", "in the new place", "live"}


async def _as_said(porch, number):
    seen = await comes(porch, lambda seen: len(seen) == number)
    return [one.content for one in seen]


async def test_a_history_that_is_shut_while_it_is_read_deletes_nothing(porch_config, opened, practice):
    said = [practice.say("Mika", f"{number}") for number in range(3)]
    async with opened(porch_config) as porch:
        await hears(porch, "0", "1", "2")
    practice.delete(said[1].id)
    gate = practice.faults.hold(r"^/channels/\d+/messages", method="GET")
    async with opened(porch_config) as porch:
        await until(lambda: [one for one in practice.requests if one.path.endswith(f"/channels/{practice.channel_id}")])
        await until(lambda: not practice.faults.rest.waiting)
        practice.set_bot_permissions(without=permissions.READ_MESSAGE_HISTORY)
        gate.set()
        await until(lambda: porch.store.discord.state == "no_permission")
        assert await porch.words_on_the_site() == ["0", "1", "2"]
        practice.set_bot_permissions(add=permissions.READ_MESSAGE_HISTORY)
        await hears(porch, "0", "2")
