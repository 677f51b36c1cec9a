import re
from datetime import UTC, datetime

import pytest

from db import accounts, links, people
from practice import porch as ids


@pytest.fixture
def porch(commands):
    return commands


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
    assert await porch.store.pool.fetchval("select count(*) from accounts") == 1


async def test_nobody_else_gets_one(porch):
    answer = await porch.practice.command("site login", who="Mika")
    assert answer.content == "Only the owner of the site can do this."
    assert await porch.store.pool.fetchval("select count(*) from links") == 0
    assert await people.by_discord(porch.store.pool, ids.MEMBERS["Mika"]) is None


async def test_the_owners_commands_are_hidden_from_others_in_discord(porch):
    by_name = {each["name"]: each for each in porch.practice.world.commands.values()}
    assert {int(by_name[name]["default_member_permissions"]) for name in ("site", "account")} == {8}
