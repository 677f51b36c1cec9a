from db.events import PresenceChanged
from tests.cogs.conftest import until

GUILD_PRESENCES = 1 << 8


async def test_how_many_are_online_in_discord_is_counted_while_the_bot_is_there(porch_config, opened, practice):
    for name in ("Mika", "Teo", "Juniper"):
        practice.set_status(name, "offline")
    practice.set_status("Mika", "idle")
    told = []
    async with opened(porch_config) as porch:
        with porch.store.live.listening(told.append):
            await until(lambda: porch.store.presence.members is not None)
        online = [one for one in practice.world.guild.members.values() if one.status != "offline"]
        assert porch.store.presence.members == len(online)
        assert any(isinstance(one, PresenceChanged) for one in told)
    assert porch.store.presence.members is None


async def test_without_the_presence_intent_nobody_is_counted(porch_config, opened, practice):
    practice.faults.withdraw_intents(GUILD_PRESENCES)
    async with opened(porch_config) as porch:
        await porch.is_on()
        practice.say("Mika", "hello")
        await until(porch.on_the_site)
        assert porch.store.presence.members is None
        assert not [one for one in practice.requests if "with_counts" in one.path]


async def test_a_count_that_fails_breaks_nothing(porch_config, opened, practice, caplog):
    practice.faults.status(403, r"^/guilds/\d+$", method="GET", times=10)
    async with opened(porch_config) as porch:
        await until(lambda: [one for one in practice.requests if "with_counts" in one.path])
        practice.say("Mika", "hello")
        await until(porch.on_the_site)
        assert porch.store.presence.members is None
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == []
