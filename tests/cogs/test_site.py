"""/site: the owner's console, through the real interaction path."""

import re
from datetime import UTC, datetime

import pytest

from db import accounts, house, links, people
from db.config import Mod
from practice import porch as ids
from tests.cogs.conftest import shared, until

WAYS_IN = ("site login", "site status", "site config", "site backup", "site announce")


@pytest.fixture(scope="module")
async def together(databases, tmp_path_factory):
    async with shared(databases, tmp_path_factory, announce_channel_id=ids.NEWS, mod=Mod()) as porch:
        yield porch


@pytest.fixture
async def porch(together):
    """The shared porch, as if nobody had been there."""
    await together.store.pool.execute("truncate cases, faults, links cascade")
    yield together
    await together.store.pool.execute("delete from settings where key like 'set %' or key like 'house %'")
    await house.load(together.store)


async def test_the_owner_gets_a_link_that_logs_them_in_once(porch):
    answer = await porch.practice.command("site login")
    assert answer.ephemeral
    [token] = re.findall(r"<https://porch\.example/auth/link/([\w-]{43})>", answer.content)
    person = await links.use(porch.store, token, "login", datetime.now(UTC))
    assert (person.owner, person.discord_id, person.username, person.name) == (True, ids.OWNER, "robin", "Robin")
    assert await accounts.get(porch.store.pool, person.id)
    with pytest.raises(links.Spent):
        await links.use(porch.store, token, "login", datetime.now(UTC))


async def test_a_second_link_is_for_the_same_person_and_ends_the_first(porch):
    for _ in range(2):
        await porch.practice.command("site login")
    assert await porch.store.pool.fetchval("select count(*) from links") == 1
    assert await porch.store.pool.fetchval("select count(*) from people where username is not null") == 1


@pytest.mark.parametrize("command", [*WAYS_IN, "site set", "site maintenance"])
async def test_nobody_else_gets_anything(porch, command):
    more = {"site set": {"key": "hangout.rate", "value": "9"}, "site maintenance": {"state": "on"}}
    answer = await porch.practice.command(command, more.get(command), who="Mika")
    assert answer.content == "Only the owner of the site can do this."
    assert answer.ephemeral
    assert await porch.store.pool.fetchval("select count(*) from links") == 0
    assert porch.store.house.closed == ""
    assert await people.by_discord(porch.store.pool, ids.MEMBERS["Mika"]) is None


async def test_the_owners_commands_are_hidden_from_others_in_discord(porch):
    by_name = {each["name"]: each for each in porch.practice.world.commands.values()}
    assert {int(by_name[name]["default_member_permissions"]) for name in ("site", "account")} == {8}


async def test_status_tells_how_everything_is_and_the_latest_errors(porch):
    await porch.store.pool.execute(
        """insert into faults (kind, hour, count, reference, first_at, last_at)
        values ('KeyError in web/pages.py', date_trunc('hour', now()), 3, '4f2a91', now(), now())"""
    )
    answer = await porch.practice.command("site status")
    assert answer.ephemeral
    for words in ("Porchlight", "PostgreSQL 1", "Redis**: not used", "Discord**: on", "0 waiting", "Open sockets**: 0"):
        assert words in answer.content, words
    assert re.search(r"Memory\*\*: \d+ MB", answer.content)
    assert "`4f2a91` KeyError in web/pages.py, 3 times in an hour" in answer.content


async def test_the_configuration_is_shown_with_where_it_comes_from_and_no_secret(porch):
    await porch.practice.command("site set", {"key": "hangout.rate", "value": "2.5"})
    answer = await porch.practice.command("site config")
    [file] = answer.message.attachments
    text = file.data.decode()
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert f"rate = 2.5  # set in Discord by Robin on {today}" in text
    assert 'base_url = "https://porch.example"  # from the file or the environment' in text
    assert "edit_window = 900\n" in text
    config = porch.store.config
    for secret in (config.discord.token, config.web.secret_key, config.database.url):
        assert secret not in text


async def test_a_setting_is_set_and_set_back_and_a_wrong_one_is_told(porch):
    answer = await porch.practice.command("site set", {"key": "mod.raid_names", "value": "20"})
    assert answer.content == "`mod.raid_names` is set to `20`."
    assert porch.store.config.mod.raid_names == 20
    answer = await porch.practice.command("site set", {"key": "mod.raid_names", "value": "some"})
    assert "mod" in answer.content
    assert porch.store.config.mod.raid_names == 20
    answer = await porch.practice.command("site set", {"key": "discord.token", "value": "x"})
    assert "cannot be set" in answer.content
    answer = await porch.practice.command("site set", {"key": "mod.raid_names"})
    assert answer.content == "`mod.raid_names` is back to what the configuration says: `12`."


async def test_keys_are_suggested_with_their_values_to_the_owner_alone(porch):
    found = await porch.practice.autocomplete("site set", "key", {"key": "raid"})
    assert "mod.raid_names = 12" in [one["name"] for one in found]
    assert await porch.practice.autocomplete("site set", "key", {"key": "raid"}, who="Mika") == []


async def test_a_backup_is_made_and_its_place_told(porch):
    answer = await porch.practice.command("site backup")
    [path] = re.findall(r"`(/[^`]+\.tar)`", answer.content)
    folder = porch.store.config.data_path / "backups"
    assert [str(one) for one in folder.iterdir()] == [path]


async def test_a_word_goes_to_every_page_and_into_the_channel_for_news(porch):
    answer = await porch.practice.command("site announce", {"text": "Back on *Monday*."})
    assert answer.content.startswith("It stands on every page now, and in")
    assert porch.store.house.notice == "Back on *Monday*."
    await until(lambda: porch.practice.messages(ids.NEWS))
    assert [one.content for one in porch.practice.messages(ids.NEWS)] == [r"Back on \*Monday\*."]
    answer = await porch.practice.command("site announce")
    assert answer.content == "Nothing stands on the pages any more."
    assert porch.store.house.notice == ""


async def test_the_door_is_shut_and_opened_twice_as_once(porch):
    for _ in range(2):
        answer = await porch.practice.command("site maintenance", {"state": "on", "text": "Painting."})
        assert answer.content == "The door is shut; visitors read: Painting."
    assert porch.store.house.closed == "Painting."
    for _ in range(2):
        answer = await porch.practice.command("site maintenance", {"state": "off"})
        assert answer.content == "The door is open."
    kinds = await porch.store.pool.fetch("select kind from cases order by id")
    assert [row["kind"] for row in kinds] == ["maintenance", "maintenance"]
