import asyncio

import pytest

from practice import permissions
from tests.cogs.conftest import until


async def hears(porch, *words, seconds=10.0):
    async def all_there():
        return await porch.words_on_the_site() == list(words)

    await until(all_there, seconds)


async def test_what_is_said_in_discord_is_on_the_site_under_the_members_name(porch):
    porch.practice.rename("Mika", "Mika of the lake")
    porch.practice.say("Mika of the lake", "hello **there**")
    porch.practice.say("owner", "good evening")
    await hears(porch, "hello **there**", "good evening")
    first, second = await porch.on_the_site()
    assert (first.author.name, first.source, first.author.owner) == ("Mika of the lake", "discord", False)
    assert second.author.owner
    assert first.relay == "none"


async def test_other_channels_stay_where_they_are(porch):
    porch.practice.say("Mika", "elsewhere", channel="general")
    porch.practice.say("Mika", "here")
    await hears(porch, "here")


async def test_a_new_bridge_brings_the_newest_of_the_channel_along(porch_config, opened, practice):
    for number in range(60):
        practice.say("Mika", f"{number}")
    async with opened(porch_config) as porch:
        await hears(porch, *(f"{number}" for number in range(10, 60)))


async def test_what_was_said_while_the_program_was_down_is_read_in_order(porch_config, opened, practice):
    async with opened(porch_config) as porch:
        await porch.is_on()
        practice.say("Mika", "before")
        await hears(porch, "before")
        await porch.say("from the site")
        await porch.relayed()
    for number in range(250):
        practice.say(("Mika", "Teo")[number % 2], f"{number}")
    async with opened(porch_config) as porch:
        await hears(porch, "before", "from the site", *(f"{number}" for number in range(250)))


async def test_a_dropped_gateway_is_resumed_and_nothing_is_missed(porch):
    porch.practice.say("Mika", "one")
    porch.practice.faults.drop_gateway()
    porch.practice.say("Mika", "two")
    await asyncio.sleep(0.2)
    porch.practice.say("Mika", "three")
    await hears(porch, "one", "two", "three", seconds=20)


async def test_a_lost_session_is_made_up_for_from_history(porch):
    porch.practice.say("Mika", "one")
    await hears(porch, "one")
    porch.practice.faults.lose_session(dropped=True)
    porch.practice.say("Mika", "missed")
    await hears(porch, "one", "missed", seconds=25)
    porch.practice.say("Mika", "live")
    await hears(porch, "one", "missed", "live")


async def test_live_messages_wait_for_the_history_before_them(porch_config, opened, practice):
    async with opened(porch_config) as porch:
        await porch.is_on()
        practice.say("Mika", "one")
        await hears(porch, "one")
    practice.say("Mika", "missed")
    gate = practice.faults.hold(r"^/channels/\d+/messages", method="GET", times=3)
    async with opened(porch_config) as porch:
        await until(lambda: porch.store.discord.state == "on")
        await until(lambda: practice.faults.rest.waiting[0].times < 3)
        practice.say("Mika", "live")
        await asyncio.sleep(0.2)  # so that it is heard first
        gate.set()
        await hears(porch, "one", "missed", "live")


@pytest.mark.parametrize(
    "words", ["a\0b", "\u202eevil", "<script>alert(1)</script>", "x" * 2000, "\U0001f3f3\ufe0f\u200d\U0001f308"]
)
async def test_hostile_words_from_discord_are_kept_as_far_as_they_can_be(porch, words):
    porch.practice.say("Mika", f"x{words}"[:2000])
    porch.practice.say("Mika", "next")

    async def both():
        return (await porch.words_on_the_site())[-1:] == ["next"]

    await until(both)
    first = (await porch.words_on_the_site())[0]
    assert "\0" not in first
    assert "\u202e" not in first


async def test_mentions_are_kept_by_name(porch):
    practice = porch.practice
    mika = practice.member("Mika").user.id
    practice.say("owner", f"<@{mika}> look at <#{practice.channel('general').id}>")

    async def is_there():
        return await porch.on_the_site()

    await until(is_there)
    [message] = await porch.on_the_site()
    assert message.mentions.users == {str(mika): "Mika"}
    assert message.mentions.channels == {str(practice.channel("general").id): "general"}


async def test_an_answer_in_discord_quotes_what_it_answers(porch):
    said = await porch.say("a question")
    await porch.relayed()
    porch.practice.say("Mika", "an answer", reply_to=porch.practice.messages()[-1].id)
    await hears(porch, "a question", "an answer")
    assert (await porch.on_the_site())[-1].reply_to.id == said.id


async def test_a_file_is_shown_by_name_and_leads_to_discord(porch):
    porch.practice.say("Mika", "", files=[("cat.png", b"\x89PNG....")])

    async def is_there():
        return await porch.on_the_site()

    await until(is_there)
    [message] = await porch.on_the_site()
    assert [(file.name, file.size) for file in message.attachments] == [("cat.png", 8)]


async def test_while_the_database_is_away_nothing_from_discord_is_lost(porch):
    store = porch.store
    await store.pool.execute(
        """select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and datname = current_database()"""
    )
    for number in range(5):
        porch.practice.say("Mika", f"{number}")
    await hears(porch, *(f"{number}" for number in range(5)), seconds=15)


async def test_a_channel_that_the_bot_may_not_read_is_said_and_costs_nothing_else(porch_config, opened, practice):
    practice.set_bot_permissions(without=permissions.VIEW_CHANNEL)
    async with opened(porch_config) as porch:
        await until(lambda: porch.store.discord.state in {"no_channel", "no_permission"})
        assert porch.store.discord.sentence.endswith(".")


async def test_what_was_said_while_the_bot_might_not_read_is_made_up_for(porch_config, opened, practice):
    practice.say("owner", "one")
    practice.set_bot_permissions(without=permissions.VIEW_CHANNEL)
    async with opened(porch_config) as porch:
        await until(lambda: porch.store.discord.state in {"no_channel", "no_permission"})
        practice.say("owner", "two")
        practice.set_bot_permissions(add=permissions.VIEW_CHANNEL)
        practice.say("owner", "three")
        await hears(porch, "one", "two", "three")
        assert porch.store.discord.sentence == ""
