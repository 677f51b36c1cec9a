"""Bans, timeouts and the audit log, through discord.py's own client and the page's acts."""

from datetime import timedelta

import aiohttp
import discord
import pytest

from practice import Practice, permissions
from practice.refusals import Refusal
from tests.practice.conftest import Connect, Listener, until


def guild_of(client: Listener, practice: Practice) -> discord.Guild:
    guild = client.get_guild(practice.guild_id)
    assert guild
    return guild


async def test_the_bot_bans_and_lets_in_again_and_reads_who_is_banned(practice: Practice, client: Listener) -> None:
    guild, mika = guild_of(client, practice), practice.member("Mika").user.id
    await guild.ban(discord.Object(mika), reason="spam & more", delete_message_seconds=0)
    assert [(one.user.id, one.reason) async for one in guild.bans()] == [(mika, "spam & more")]
    with pytest.raises(LookupError):
        practice.say("Mika", "but I")
    await guild.unban(discord.Object(mika))
    assert [one async for one in guild.bans()] == []
    with pytest.raises(discord.NotFound, match="Unknown Ban"):
        await guild.unban(discord.Object(mika))


async def test_who_is_timed_out_reads_and_says_nothing(practice: Practice, client: Listener) -> None:
    member = await guild_of(client, practice).fetch_member(practice.member("Mika").user.id)
    until_then = discord.utils.utcnow() + timedelta(hours=1)
    await member.timeout(until_then, reason="calm down")
    assert practice.member("Mika").timed_out_until == until_then
    with pytest.raises(Refusal, match="50013"):
        practice.say("Mika", "but I")
    await member.timeout(None)
    practice.say("Mika", "thank you")


async def test_a_timeout_is_for_28_days_at_most_and_never_the_owners(practice: Practice, client: Listener) -> None:
    guild = guild_of(client, practice)
    for who, length, code in (("Mika", timedelta(days=29), 50035), ("owner", timedelta(hours=1), 50013)):
        member = await guild.fetch_member(practice.member(who).user.id)
        with pytest.raises(discord.HTTPException) as refused:
            await member.timeout(length)
        assert refused.value.code == code


async def test_people_are_told_of_bans_and_the_log_says_who_did_what_and_why(
    practice: Practice, client: Listener
) -> None:
    practice.time_out("Mika", 600, by="Juniper", reason="calm down")
    practice.time_out("Mika", 0)
    practice.ban("Teo", reason="spam")
    practice.unban("Teo")
    await until(lambda: client.events.count("GUILD_AUDIT_LOG_ENTRY_CREATE") == 4)
    assert {"GUILD_BAN_ADD", "GUILD_BAN_REMOVE"} <= set(client.events)
    log = [one async for one in guild_of(client, practice).audit_logs()][::-1]
    assert [one.action.name for one in log] == ["member_update", "member_update", "ban", "unban"]
    assert (log[0].user_id, log[0].reason, log[2].reason) == (practice.member("Juniper").user.id, "calm down", "spam")
    assert (log[0].before.timed_out_until, log[1].after.timed_out_until) == (None, None)
    assert log[0].after.timed_out_until == log[1].before.timed_out_until
    later = [one async for one in guild_of(client, practice).audit_logs(after=log[1], oldest_first=True)]
    assert [one.id for one in later] == [log[2].id, log[3].id]


async def test_without_its_rights_the_bot_neither_reads_nor_hears_nor_does(
    practice: Practice, client: Listener
) -> None:
    practice.set_bot_permissions(without=permissions.KEEPING)
    guild = guild_of(client, practice)
    member = await guild.fetch_member(practice.member("Mika").user.id)
    for asked in (member.timeout(timedelta(hours=1)), member.ban(), anext(guild.bans()), anext(guild.audit_logs())):
        with pytest.raises(discord.Forbidden):
            await asked
    practice.ban("Teo")
    await until(lambda: "GUILD_BAN_ADD" in client.events)
    assert "GUILD_AUDIT_LOG_ENTRY_CREATE" not in client.events


async def test_without_the_intent_nothing_of_it_is_told(practice: Practice, connect: Connect) -> None:
    intents = discord.Intents.all()
    intents.moderation = False
    client = await connect(practice, intents)
    practice.ban("Teo")
    practice.say("Mika", "after it")
    await until(lambda: client.heard)
    assert not {one for one in client.events if one.startswith(("GUILD_BAN", "GUILD_AUDIT"))}


async def test_the_page_times_out_bans_and_lets_in_again(practice: Practice) -> None:
    async with aiohttp.ClientSession(practice.page_url) as session:

        async def do(act: str, **given: object) -> dict[str, object]:
            async with session.post(f"/practice/{act}", json=given) as answer:
                assert answer.status == 204
            async with session.get("/practice/state") as answer:
                state: dict[str, object] = await answer.json()
                return state

        mika = str(practice.member("Mika").user.id)
        state = await do("time_out", whom=mika, minutes=10, reason="calm down")
        assert [one["name"] for one in state["people"] if one["timed_out"]] == ["Mika"]  # type: ignore[attr-defined]
        state = await do("ban", whom=mika)
        assert state["bans"] == [{"id": mika, "name": "Mika"}]
        assert (await do("ban", whom=mika, lift=True))["bans"] == []
