import asyncio

from db.events import Typing
from tests.cogs.conftest import until


def typed(porch):
    path = f"/channels/{porch.practice.channel_id}/typing"
    return [one for one in porch.practice.requests if one.method == "POST" and one.path.endswith(path)]


async def test_who_types_in_the_channel_is_told_by_name_and_other_channels_are_not(porch):
    told = []
    with porch.store.live.listening(told.append):
        porch.practice.typing("Teo", channel="general")
        porch.practice.typing("Mika")
        await until(lambda: [one for one in told if isinstance(one, Typing)])
    [event] = [one for one in told if isinstance(one, Typing)]
    mika = await porch.store.pool.fetchval("select id from people where name = 'Mika'")
    assert event == Typing(1, mika, "Mika", "discord")


async def test_who_types_on_the_site_is_shown_in_discord_at_most_once_in_eight_seconds(porch):
    ada = await porch.person("Ada")
    for _ in range(5):
        porch.store.live.announce(Typing(1, ada.id, ada.name, "web"))
    await until(lambda: typed(porch))
    await asyncio.sleep(0.3)
    assert len(typed(porch)) == 1


async def test_our_own_typing_is_not_heard_back_and_what_is_heard_is_not_sent_back(porch):
    ada, told = await porch.person("Ada"), []
    with porch.store.live.listening(told.append):
        porch.practice.typing(porch.practice.bot_id)
        porch.practice.typing("Mika")
        await until(lambda: [one for one in told if isinstance(one, Typing)])
        await asyncio.sleep(0.3)
        assert typed(porch) == []
        porch.store.live.announce(Typing(1, ada.id, ada.name, "web"))
        await until(lambda: typed(porch))
        await asyncio.sleep(0.3)
    assert [(one.name, one.source) for one in told if isinstance(one, Typing)] == [("Mika", "discord"), ("Ada", "web")]


async def test_while_discord_is_away_typing_is_not_sent(porch):
    ada = await porch.person("Ada")
    porch.store.discord.connection = "connecting"
    porch.store.live.announce(Typing(1, ada.id, ada.name, "web"))
    await asyncio.sleep(0.3)
    assert typed(porch) == []
    porch.store.discord.connection = "on"
    porch.store.live.announce(Typing(1, ada.id, ada.name, "web"))
    await until(lambda: typed(porch))


async def test_typing_that_discord_does_not_take_breaks_nothing(porch):
    ada = await porch.person("Ada")
    porch.practice.faults.cut(r"/typing$")
    porch.store.live.announce(Typing(1, ada.id, ada.name, "web"))
    await until(lambda: typed(porch))
    await porch.say("what I was writing")
    await porch.relayed()
    assert porch.words_in_discord() == ["what I was writing"]
