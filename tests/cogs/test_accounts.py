import re
from datetime import UTC, datetime

import pytest

from db import accounts, links, people, sessions
from db.errors import Forbidden, NotFound, Refused
from db.events import SessionEnded
from practice import porch as ids
from tests.db.test_linking import member

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def porch(commands):
    return commands


@pytest.fixture
async def ada(porch):
    return await member(porch.store)


async def ask(porch, words, who="owner", **options):
    return (await porch.practice.command(f"account {words}", options, who=who)).content


async def test_the_owner_sees_the_members_and_each_of_them(porch, ada):
    assert await ask(porch, "list") == "All members, the newest first:\n`ada` Ada"
    shown = await ask(porch, "show", username="@ADA ")
    assert shown.startswith("**Ada** (`ada`) is member; the account is open.")
    assert "comes in by a password." in shown
    assert shown.endswith("<https://porch.example/people/ada>")


async def test_usernames_are_offered_to_the_owner_only(porch, ada):
    await member(porch.store, "bob_b", "Bob")
    await member(porch.store, "bobxb", "Bob")

    async def offered(typed, who):
        found = await porch.practice.autocomplete("account show", "username", {"username": typed}, who=who)
        return [each["value"] for each in found]

    assert await offered("", "owner") == ["ada", "bob_b", "bobxb"]
    assert await offered("BOB_", "owner") == ["bob_b"]
    assert await offered("", "Mika") == []


@pytest.mark.parametrize("words", ["list", "show", "role", "disable", "enable", "reset"])
async def test_nobody_but_the_owner_gets_anything(porch, ada, words):
    options = {} if words == "list" else {"username": "ada"} | ({"role": "author"} if words == "role" else {})
    assert await ask(porch, words, "Mika", **options) == "Only the owner of the site can do this."
    account = await accounts.get(porch.store.pool, ada.id)
    assert (account.person.role, account.disabled_at) == ("member", None)
    assert await porch.store.pool.fetchval("select count(*) from links") == 0


async def test_the_acts_ask_who_it_is_whichever_door_they_come_through(porch, ada):
    mika = await member(porch.store, "mika", "Mika")
    store = porch.store
    for act in (
        accounts.show(store, mika, "ada"),
        accounts.change_role(store, mika, "ada", "author"),
        accounts.disable(store, mika, "ada", NOON),
        accounts.enable(store, mika, "ada"),
        accounts.reset(store, mika, "ada", NOON),
    ):
        with pytest.raises(Forbidden):
            await act


async def test_a_role_is_given_and_taken_and_old_sessions_do_not_have_it(porch, ada):
    key = sessions.hash_token("a token")
    await sessions.add(porch.store.pool, key, ada.id, {}, datetime.now(UTC))
    answer = await ask(porch, "role", username="ada", role="author")
    assert answer == "**Ada** (`ada`) is an author now, and has to log in again."
    assert (await people.get(porch.store.pool, ada.id)).may_write_posts
    assert await sessions.load(porch.store.pool, key, datetime.now(UTC)) is None
    await ask(porch, "role", username="ada", role="member")
    assert not (await people.get(porch.store.pool, ada.id)).may_write_posts


async def test_a_closed_account_is_out_at_once_and_in_again_when_opened(porch, ada):
    key, told = sessions.hash_token("a token"), []
    await sessions.add(porch.store.pool, key, ada.id, {}, datetime.now(UTC))
    token = await links.make(porch.store, ada.id, "password", datetime.now(UTC), links.PASSWORD_LIFE)
    with porch.store.live.listening(told.append):
        answer = await ask(porch, "disable", username="ada")
    assert answer == "The account of **Ada** (`ada`) is closed. `/account enable` opens it again."
    assert SessionEnded(key) in told
    assert await people.get(porch.store.pool, ada.id) is None
    assert await ask(porch, "reset", username="ada") == "This account is closed: enable it first."
    assert await ask(porch, "enable", username="ada") == "The account of **Ada** (`ada`) is open."
    assert (await people.get(porch.store.pool, ada.id)).id == ada.id
    with pytest.raises(links.Spent):
        await links.look(porch.store.pool, token, datetime.now(UTC))


async def test_the_owners_own_account_stays_open(porch):
    await porch.practice.command("site login")
    assert await ask(porch, "disable", username="robin") == "This is your own account, and it stays open."
    assert (await people.by_discord(porch.store.pool, ids.OWNER)).username == "robin"


async def test_a_reset_answers_only_to_the_owner_with_a_link_to_a_new_password(porch, ada):
    answer = await porch.practice.command("account reset", {"username": "ada"})
    assert answer.ephemeral
    [token] = re.findall(r"<https://porch\.example/auth/link/([\w-]{43})>", answer.content)
    link = await links.look(porch.store.pool, token, datetime.now(UTC))
    assert (link.person, link.purpose) == (ada, "password")
    await accounts.choose_password(porch.store, token, "seven quiet lanterns", datetime.now(UTC))
    assert (await accounts.log_in(porch.store, "ada", "seven quiet lanterns", "192.0.2.1")).person.id == ada.id


@pytest.mark.parametrize("words", ["show", "disable", "enable", "reset"])
async def test_who_is_not_there_is_said_not_to_be(porch, words):
    assert await ask(porch, words, username="nobody") == "There is no member with this username."
    owner = await accounts.enter_owner(porch.store, accounts.DiscordUser(ids.OWNER, "robin", "Robin"), NOON)
    with pytest.raises(NotFound):
        await accounts.show(porch.store, owner, "\x00\ud800")


async def test_there_are_no_other_roles(porch, ada):
    owner = await accounts.enter_owner(porch.store, accounts.DiscordUser(ids.OWNER, "robin", "Robin"), NOON)
    with pytest.raises(Refused):
        await accounts.change_role(porch.store, owner, "ada", "owner")
