"""Bans and timeouts, both ways: cogs/discipline.py and cogs/timeouts.py."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from cogs import _chores
from db import cases, people, sanctions, timeouts
from db.config import Mod
from db.errors import Forbidden
from db.moderators import Moderator
from db.sanctions import Caller
from practice import permissions
from practice import porch as places
from tests.cogs.conftest import shared, until

MIKA, TEO = places.MEMBERS["Mika"], places.MEMBERS["Teo"]
QUIET = Mod(sync_timeouts=True, raid_names=10_000, new_messages=0)


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(_chores, "CALM", 0.02)


@pytest.fixture(scope="module")
async def kept(databases, tmp_path_factory):
    """A porch for all tests here, whose timeouts go to Discord."""
    async with shared(databases, tmp_path_factory, mod=QUIET) as porch:
        await until(lambda: _looked_back(porch))
        yield porch


async def _looked_back(porch):
    return await porch.store.pool.fetchval("select exists (select from settings where key = 'audit log seen')")


@pytest.fixture
async def tidy(kept):
    """As if nobody had ever been kept out; Mika and Teo are known on the site, and in the server."""
    practice, store = kept.practice, kept.store
    practice.set_bot_permissions(add=permissions.BOT)
    for banned in list(practice.world.guild.bans):
        practice.unban(banned)
    await store.pool.execute("truncate sanctions, cases, timeouts, mod_notices cascade")
    await sanctions.tell(store)
    for name, number in (("Mika", MIKA), ("Teo", TEO)):
        if number not in practice.world.guild.members:
            practice.join(name, user_id=number)
        practice.member(number).timed_out_until = None
    await people.keep_discord(store.pool, {MIKA: "Mika", TEO: "Teo"}, places.OWNER)
    practice.world.requests.clear()
    return kept


@pytest.fixture
async def owner(kept):
    known = await people.keep_discord(kept.store.pool, {places.OWNER: "Robin"}, places.OWNER)
    return Moderator(await people.get(kept.store.pool, known[places.OWNER]))


async def mika(porch):
    return await people.by_discord(porch.store.pool, MIKA)


def now():
    return datetime.now(UTC)


async def is_muted(porch, *, muted=True, discord_id=MIKA):
    """Waits until they are, or are not."""

    async def so():
        person = await people.by_discord(porch.store.pool, discord_id)
        found = sanctions.in_force(porch.store, person.id, now()) if person else None
        return bool(found) == muted and (found or True)

    await until(so)
    return await so()


async def timed_out(porch, *, is_so=True):
    await until(lambda: bool(porch.practice.member(MIKA).timed_out_until) == is_so)
    return porch.practice.member(MIKA).timed_out_until


async def kinds(porch):
    return [(one.kind, one.rule) for one in await cases.latest(porch.store.pool)][::-1]


# From Discord


async def test_who_is_banned_in_discord_is_muted_here_until_that_is_lifted(tidy):
    tidy.practice.ban("Mika", reason="spam")
    found = await is_muted(tidy)
    assert (found.kind, found.origin, found.until, found.reason) == ("mute", "discord", None, "spam")
    with pytest.raises(Forbidden):
        sanctions.check(tidy.store, Caller(await mika(tidy)), now())
    tidy.practice.unban("Mika")
    await is_muted(tidy, muted=False)
    assert await kinds(tidy) == [("mute", timeouts.BANNED), ("unmute", timeouts.BANNED)]


async def test_who_is_timed_out_in_discord_is_muted_here_for_as_long(tidy):
    tidy.practice.time_out("Mika", 600, reason="calm down")
    found = await is_muted(tidy)
    assert found.until == tidy.practice.member("Mika").timed_out_until
    assert found.reason == "calm down"
    tidy.practice.time_out("Mika", 0)
    await is_muted(tidy, muted=False)
    assert await kinds(tidy) == [("mute", timeouts.TIMED_OUT), ("unmute", timeouts.TIMED_OUT)]


async def test_somebody_unknown_here_is_muted_before_they_ever_come(tidy):
    noor = tidy.practice.join("Noor").user.id
    tidy.practice.ban(noor)
    await is_muted(tidy, discord_id=noor)
    assert (await people.by_discord(tidy.store.pool, noor)).name == "Noor"


async def test_without_the_audit_log_bans_are_heard_of_all_the_same(tidy):
    tidy.practice.set_bot_permissions(without=permissions.VIEW_AUDIT_LOG)
    tidy.practice.ban("Mika", reason="spam")
    assert (await is_muted(tidy)).reason == ""
    tidy.practice.unban("Mika")
    await is_muted(tidy, muted=False)
    assert len(await kinds(tidy)) == 2


async def test_lifting_it_in_discord_leaves_what_the_site_has_decided(tidy, owner):
    tidy.practice.time_out("Mika", 600)
    await is_muted(tidy)
    await sanctions.mute(tidy.store, owner, (await mika(tidy)).id, now(), reason="here too")
    tidy.practice.time_out("Mika", 0)
    await until(lambda: _has(tidy, "unmute"))
    assert (await is_muted(tidy)).origin == "site"


async def _has(porch, kind):
    return kind in {one for one, _ in await kinds(porch)}


async def test_what_happened_while_nobody_listened_is_read_from_the_log_and_the_bans(tidy):
    tidy.practice.ban("Teo")
    await is_muted(tidy, discord_id=TEO)
    tidy.practice.faults.lose_session(dropped=True)
    tidy.practice.time_out("Mika", 600, reason="meanwhile")
    tidy.practice.unban("Teo")
    found = await is_muted(tidy)
    await is_muted(tidy, muted=False, discord_id=TEO)
    assert (found.reason, found.until) == ("meanwhile", tidy.practice.member("Mika").timed_out_until)


async def test_bans_that_the_log_does_not_tell_of_are_found_by_comparing(tidy):
    teo = await people.by_discord(tidy.store.pool, TEO)
    await timeouts.hear_bans(tidy.store, [MIKA, 12345], now())
    await timeouts.hear_bans(tidy.store, [MIKA, 12345], now())
    await is_muted(tidy)
    assert await people.by_discord(tidy.store.pool, 12345) is None, "strangers do not become known by it"
    await timeouts.hear_barred(tidy.store, TEO, "Teo", now(), until=now() + timedelta(hours=1), reason="", rule="")
    await timeouts.hear_bans(tidy.store, [], now())
    await is_muted(tidy, muted=False)
    assert sanctions.in_force(tidy.store, teo.id, now()), "a timeout is no ban"
    assert len(await kinds(tidy)) == 3


async def test_the_owner_is_not_muted_by_anything_in_discord(tidy, owner):
    await timeouts.hear_barred(tidy.store, places.OWNER, "Robin", now(), until=None, reason="", rule=timeouts.BANNED)
    assert sanctions.in_force(tidy.store, owner.person.id, now()) is None
    assert await kinds(tidy) == []


# To Discord


async def test_whom_the_site_mutes_is_timed_out_in_discord_and_that_is_no_news_here(tidy, owner):
    ends = now() + timedelta(hours=2)
    person = await mika(tidy)
    await sanctions.mute(tidy.store, owner, person.id, now(), until=ends)
    assert await timed_out(tidy) == ends
    await sanctions.unmute(tidy.store, owner, person.id, now())
    await timed_out(tidy, is_so=False)
    tidy.practice.time_out("Teo", 600)  # what comes after it has been heard, so the bot's own doing has been as well
    await is_muted(tidy, discord_id=TEO)
    assert [kind for kind, _ in await kinds(tidy)] == ["mute", "unmute", "mute"]


async def test_a_long_ban_is_told_in_pieces_and_renewed(tidy, owner):
    began = now()
    await sanctions.ban(tidy.store, owner, (await mika(tidy)).id, began)
    first = await timed_out(tidy)
    assert timedelta(days=27) < first - began < timedelta(days=28)
    store = tidy.store
    await until(lambda: _told(store, first))
    assert await timeouts.next_due(store.pool, began + timedelta(days=6)) is None
    renewed = await timeouts.next_due(store.pool, began + timedelta(days=8))
    assert renewed.until - began > timedelta(days=35)


async def _told(store, until):
    return await store.pool.fetchval("select told_until from timeouts") == until


async def test_a_timeout_of_discords_own_is_not_cut_short_when_ours_ends(tidy, owner):
    person = await mika(tidy)
    tidy.practice.time_out("Mika", 3600)
    theirs = tidy.practice.member("Mika").timed_out_until
    await is_muted(tidy)
    ends = now() + timedelta(hours=5)
    await sanctions.mute(tidy.store, owner, person.id, now(), until=ends)
    await until(lambda: tidy.practice.member("Mika").timed_out_until == ends)
    await sanctions.unmute(tidy.store, owner, person.id, now(), origin="site")
    await until(lambda: tidy.practice.member("Mika").timed_out_until == theirs)


async def test_who_is_not_in_the_server_or_out_of_the_bots_reach_is_not_asked_for_again_and_again(tidy, owner):
    tidy.practice.set_bot_permissions(without=permissions.MODERATE_MEMBERS)
    await sanctions.mute(tidy.store, owner, (await mika(tidy)).id, now())
    tidy.practice.leave("Teo")
    await sanctions.mute(tidy.store, owner, (await people.by_discord(tidy.store.pool, TEO)).id, now())
    await until(lambda: len(asked(tidy)) == 2)
    await until(lambda: _waits_long(tidy, 2))
    await sanctions.tell(tidy.store)
    await sanctions.mute(tidy.store, owner, (await tidy.person("Ada")).id, now())
    await until(lambda: _waits_long(tidy, 2))
    assert sorted(one.status for one in asked(tidy)) == [403, 404]


def asked(porch):
    return [one for one in porch.practice.requests if one.method == "PATCH" and "/members/" in one.path]


async def _waits_long(porch, many):
    soon = now() + timedelta(hours=1)
    return await porch.store.pool.fetchval("select count(*) from timeouts where next_at > $1", soon) == many


async def test_nothing_is_told_where_the_owner_does_not_want_it(tidy, owner, monkeypatch):
    mod = msgspec.structs.replace(QUIET, sync_timeouts=False)
    monkeypatch.setattr(tidy.store, "config", msgspec.structs.replace(tidy.store.config, mod=mod))
    await sanctions.mute(tidy.store, owner, (await mika(tidy)).id, now())
    tidy.practice.time_out("Teo", 600)
    await is_muted(tidy, discord_id=TEO)
    assert (asked(tidy), await tidy.store.pool.fetchval("select count(*) from timeouts")) == ([], 0)
