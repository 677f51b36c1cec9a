"""The side doors: in with Discord, by one-time links, and back when a password is forgotten. And who must stay out."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec
import pytest
from aiohttp import web
from yarl import URL

from db import accounts, letters, links, logs, people
from db.accounts import DiscordUser
from db.config import Accounts, Discord
from practice import porch
from tests.conftest import at_practice
from tests.db.test_linking import member
from web import _oauth, make_app

from .test_accounts import PASSWORD, post, register, token_of, who

MIKA, TEO = porch.MEMBERS["Mika"], porch.MEMBERS["Teo"]
NEW = "seven quiet lanterns"


@pytest.fixture
def config(config, practice):
    discord = at_practice(
        practice,
        client_id=porch.APPLICATION,
        client_secret=porch.CLIENT_SECRET,
        authorize_url=practice.authorize_url,
    )
    return msgspec.structs.replace(config, discord=discord)


@pytest.fixture
async def outbound():
    async with aiohttp.ClientSession() as outbound:
        yield outbound


@pytest.fixture
async def browse(store, outbound, aiohttp_client):
    """Opens browsers of people who have never been here."""
    server = (await aiohttp_client(make_app(store, outbound))).server

    async def browse():
        return await aiohttp_client(server)

    return browse


async def set_off(browser, then=None):
    """The address at Discord to which the site sends somebody."""
    params = {"next": then} if then is not None else {}
    answer = await browser.get("/auth/discord", params=params, allow_redirects=False)
    assert answer.status == 303
    return URL(answer.headers["Location"])


async def consent(outbound, address, user_id=MIKA, answer="allow"):
    """What Discord's page sends the browser back with, as a path of the site."""
    data = {"answer": answer, "who": str(user_id)}
    async with outbound.post(address, data=data, allow_redirects=False) as response:
        assert response.status == 303
        return URL(response.headers["Location"]).relative()


async def come_back(browser, path):
    answer = await browser.get(path, allow_redirects=False)
    return answer, await answer.text()


async def sign_in(browser, outbound, user_id=MIKA, then=None):
    return await come_back(browser, await consent(outbound, await set_off(browser, then), user_id))


# The way through Discord


async def test_somebody_signs_in_with_discord_and_is_a_member(browse, outbound, store):
    mika = await browse()
    answer, _ = await sign_in(mika, outbound, then="/hangout")
    assert (answer.status, answer.headers["Location"]) == (303, "/hangout")
    you = await who(mika)
    assert (you["name"], you["username"], you["linked"]) == ("Mika", "mika", True)
    again = await browse()
    await sign_in(again, outbound)
    assert await who(again) == you
    assert await store.pool.fetchval("select count(*) from people") == 1


async def test_what_discord_is_asked_is_as_little_as_can_be_and_proves_who_asks(browse, practice):
    ada = await browse()
    asked = (await set_off(ada)).query
    assert asked["scope"] == "identify"
    assert asked["redirect_uri"] == "http://localhost:8080/auth/discord/callback"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 43
    assert asked["state"] != (await set_off(ada)).query["state"]


async def test_the_token_from_discord_is_kept_nowhere(browse, outbound, store, practice):
    await sign_in(await browse(), outbound)
    [token] = practice.grants._tokens
    kept = [
        str(await store.pool.fetch(f"select {table}::text from {table}"))
        for table in ("sessions", "accounts", "people", "settings")
    ]
    assert not any(token in text for text in kept)
    assert "oauth" not in kept[0]


async def test_a_visitor_who_signs_in_keeps_what_they_said_under_a_new_token(browse, outbound, store):
    ada = await browse()
    joined = await ada.post("/hangout/join", data={"name": "Ada"}, allow_redirects=False)
    await ada.post("/hangout", data={"content": "from before", "nonce": "n1"})
    before = await who(ada)
    answer, _ = await sign_in(ada, outbound)
    assert token_of(answer) not in (None, token_of(joined))
    assert (await who(ada))["id"] == before["id"]
    thief = await browse()
    thief.session.cookie_jar.update_cookies({"session": token_of(joined)})
    assert await who(thief) is None


async def test_a_session_that_somebody_else_planted_is_not_let_in(browse, outbound):
    """Session fixation: who knows the token from before the log-in has nothing afterwards."""
    victim, attacker = await browse(), await browse()
    address = await set_off(attacker)
    [planted] = [one.value for one in attacker.session.cookie_jar if one.key == "session"]
    victim.session.cookie_jar.update_cookies({"session": planted})
    answer, _ = await come_back(victim, await consent(outbound, address))
    assert answer.status == 303
    assert (await who(victim))["username"] == "mika"
    assert await who(attacker) is None


async def test_a_member_who_goes_there_is_linked_and_comes_back_to_the_settings(browse, outbound, store):
    ada = await browse()
    registered = await register(ada)
    page = await (await ada.get("/settings")).text()
    [way] = re.findall(r'href="(/auth/discord[^"]*)"', page)
    answer = await ada.get(way.replace("&amp;", "&"), allow_redirects=False)
    back = await consent(outbound, URL(answer.headers["Location"]))
    answer, _ = await come_back(ada, back)
    assert answer.headers["Location"] == "/settings?saved=discord#discord"
    assert token_of(answer) not in (None, token_of(registered))
    you = await who(ada)
    assert (you["username"], you["name"], you["linked"]) == ("ada", "Mika", True)
    page = await (await ada.get("/settings?saved=discord")).text()
    assert "Linked." in page
    answer, _ = await post(ada, "/settings/discord/unlink")
    assert (answer.status, answer.headers["Location"]) == (303, "/settings?saved=discord#discord")
    assert not (await who(ada))["linked"]


async def test_who_has_no_password_cannot_unlink_and_is_told_why(browse, outbound):
    mika = await browse()
    await sign_in(mika, outbound)
    answer, page = await post(mika, "/settings/discord/unlink")
    assert answer.status == 422
    assert "choose a password" in page.lower()
    assert (await who(mika))["linked"]


# Who must not get through


async def test_a_state_is_good_once(browse, outbound):
    mika = await browse()
    back = await consent(outbound, await set_off(mika))
    await come_back(mika, back)
    await mika.post("/logout")
    answer, page = await come_back(mika, back)
    assert answer.status == 422
    assert _oauth.LOST in page
    assert await who(mika) is None


async def test_of_two_who_bring_the_same_state_at_once_one_gets_in(browse, outbound, practice):
    mika = await browse()
    back = await consent(outbound, await set_off(mika))
    both = await asyncio.gather(*(come_back(mika, back) for _ in range(2)))
    assert sorted(answer.status for answer, _ in both) == [303, 422]
    assert len([one for one in practice.requests if one.path.endswith("/oauth2/token")]) == 1


async def test_a_state_from_another_browser_opens_nothing(browse, outbound, practice):
    """Log-in by another's hand: the attacker's code in the victim's browser."""
    attacker, victim, stranger = await browse(), await browse(), await browse()
    back = await consent(outbound, await set_off(attacker), TEO)
    await set_off(victim)
    for browser in (victim, stranger):
        answer, page = await come_back(browser, back)
        assert answer.status == 422
        assert _oauth.LOST in page
        assert await who(browser) is None
    assert not [one for one in practice.requests if one.path.endswith("/oauth2/token")]


@pytest.mark.parametrize("state", ["", "x", "\u20ac", "%ff"])
async def test_a_state_that_never_was_opens_nothing(browse, state):
    mika = await browse()
    await set_off(mika)
    answer, page = await come_back(mika, URL(f"/auth/discord/callback?code=x&state={state}", encoded="%" in state))
    assert answer.status == 422
    assert _oauth.LOST in page
    assert 'href="http://localhost:8080/auth/discord?next=/"' in page


async def test_a_state_does_not_wait_for_ever(browse, outbound, monkeypatch):
    mika = await browse()
    back = await consent(outbound, await set_off(mika))
    monkeypatch.setattr(_oauth, "LIFE", 0)
    answer, _ = await come_back(mika, back)
    assert answer.status == 422


async def test_what_a_stranger_began_does_not_link_the_member_who_logged_in_since(browse, outbound, store):
    ada = await browse()
    await register(ada)
    await ada.post("/logout")
    back = await consent(outbound, await set_off(ada))
    await post(ada, "/login", username="ada", password=PASSWORD)
    answer, _ = await come_back(ada, back)
    assert answer.status == 422
    assert (await people.by_username(store.pool, "ada")).discord_id is None


async def test_a_code_is_worth_nothing_without_what_only_this_session_knows(browse, outbound, practice):
    """PKCE: a code that was begun elsewhere, brought with this browser's own state."""
    attacker, victim = await browse(), await browse()
    stolen = (await consent(outbound, await set_off(attacker), TEO)).query["code"]
    state = (await set_off(victim)).query["state"]
    answer, page = await come_back(victim, URL("/auth/discord/callback").with_query(code=stolen, state=state))
    assert answer.status == 422
    assert _oauth.REFUSED in page
    assert await who(victim) is None


async def test_who_says_no_is_back_as_they_were(browse, outbound):
    ada = await browse()
    await ada.post("/hangout/join", data={"name": "Ada"})
    before = await who(ada)
    answer, page = await come_back(ada, await consent(outbound, await set_off(ada), answer="deny"))
    assert answer.status == 422
    assert "You said no in Discord" in page
    assert await who(ada) == before


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_nobody_is_sent_on_to_another_site(browse, outbound, then):
    answer, _ = await sign_in(await browse(), outbound, then=then)
    assert answer.headers["Location"] == "/"


async def test_who_is_a_member_already_under_another_name_is_told_what_to_do(browse, outbound):
    await sign_in(await browse(), outbound)
    ada = await browse()
    await register(ada)
    answer, page = await sign_in(ada, outbound)
    assert answer.status == 422
    assert "sign in with Discord to use it" in page
    assert not (await who(ada))["linked"]


async def test_a_closed_account_and_a_closed_house_are_told_kindly(browse, outbound, store):
    mika = await browse()
    await sign_in(mika, outbound)
    await store.pool.execute("update accounts set disabled_at = now()")
    _, page = await sign_in(await browse(), outbound)
    assert "This account is closed." in page
    assert (await mika.get("/settings", allow_redirects=False)).headers["Location"].startswith("/login")
    store.config = msgspec.structs.replace(store.config, accounts=Accounts(registration="closed"))
    _, page = await sign_in(await browse(), outbound, TEO)
    assert "New accounts are not being made" in page


async def test_a_network_does_not_begin_for_ever(browse):
    ada = await browse()
    statuses = [(await ada.get("/auth/discord", allow_redirects=False)).status for _ in range(31)]
    assert statuses == [303] * 30 + [429]


# Discord away, slow, or talking nonsense


@pytest.mark.parametrize("path", ["/oauth2/token", "/users/@me"])
@pytest.mark.parametrize("fault", ["cut", "500", "429", "slow"])
async def test_when_discord_does_not_answer_it_is_said_and_can_be_tried_again(
    browse, outbound, practice, monkeypatch, path, fault
):
    monkeypatch.setattr(_oauth, "PATIENCE", 0.5)
    mika = await browse()
    back = await consent(outbound, await set_off(mika, "/hangout"))
    match fault:
        case "cut":
            practice.faults.cut(path, times=2)  # the first of a GET is tried again by itself
        case "slow":
            practice.faults.delay(2, path)
        case _:
            practice.faults.status(int(fault), path)
    answer, page = await come_back(mika, back)
    assert answer.status == 503
    assert _oauth.AWAY in page
    assert "/auth/discord?next=/hangout" in page
    assert await who(mika) is None
    practice.faults.rest.clear()
    answer, _ = await sign_in(mika, outbound)
    assert answer.status == 303


GARBAGE = [b"", b"[]", b"{}", b'{"access_token": 7}', b"\xff\xfe", b"x" * 70_000, b"[" * 60_000, b'{"id": "x"}']


@pytest.mark.parametrize("body", [*GARBAGE, b'{"id": "99999999999999999999", "username": "u"}', b'{"id":"1"}'])
@pytest.mark.parametrize("at", ["token", "me"])
async def test_nonsense_from_discord_is_no_fault_of_ours(outbound, store, aiohttp_server, aiohttp_client, body, at):
    async def answer(request):
        is_token = request.path.endswith("/token")
        good = b'{"access_token": "t"}' if is_token else b'{"id": "7", "username": "u", "global_name": null}'
        return web.Response(body=body if is_token == (at == "token") else good)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = await aiohttp_server(app)
    discord = msgspec.structs.replace(store.config.discord, api_base=str(server.make_url("/api")))
    store.config = msgspec.structs.replace(store.config, discord=discord)
    mika = await aiohttp_client(make_app(store, outbound))
    back = await consent(outbound, await set_off(mika))
    result, page = await come_back(mika, back)
    assert result.status == 503
    assert _oauth.GARBAGE in page
    assert await store.pool.fetchval("select count(*) from people") == 0


class TestWithoutASecret:
    @pytest.fixture
    def config(self, config):
        return msgspec.structs.replace(config, discord=Discord(client_id=1))

    async def test_the_door_is_not_there(self, browse):
        ada = await browse()
        for path in ("/auth/discord", "/auth/discord/callback?code=x&state=y"):
            assert (await ada.get(path)).status == 404
        assert "/auth/discord" not in await (await ada.get("/login")).text()
        await register(ada)
        assert "/auth/discord" not in await (await ada.get("/settings")).text()


# One-time links


@pytest.fixture
async def robin(store):
    store.owner_id = porch.OWNER
    return await accounts.enter_owner(store, DiscordUser(porch.OWNER, "robin", "Robin"), datetime.now(UTC))


async def make(store, person, purpose="login", ago=timedelta(0)):
    return f"/auth/link/{await links.make(store, person.id, purpose, datetime.now(UTC) - ago, links.LOGIN_LIFE)}"


async def test_a_link_that_is_fetched_is_not_used_and_the_button_lets_in_once(browse, store, robin):
    path = await make(store, robin)
    previewer, owner, thief = await browse(), await browse(), await browse()
    for method in ("GET", "HEAD", "GET"):
        answer = await previewer.request(method, path)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert "Set-Cookie" not in answer.headers
    answer, _ = await post(owner, path)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert (await who(owner))["owner"]
    answer, page = await post(thief, path)
    assert answer.status == 410
    assert "used already, or it is too old" in page
    assert await who(thief) is None


async def test_a_link_ends_the_session_token_from_before(browse, store, robin):
    owner, thief = await browse(), await browse()
    joined = await owner.post("/hangout/join", data={"name": "Quiet Heron"}, allow_redirects=False)
    await post(owner, await make(store, robin))
    thief.session.cookie_jar.update_cookies({"session": token_of(joined)})
    assert await who(thief) is None


async def test_a_link_that_is_too_old_or_never_was_says_so_and_what_to_do(browse, store, robin):
    ada = await browse()
    for path in (await make(store, robin, ago=timedelta(minutes=6)), f"/auth/link/{'a' * 43}"):
        answer = await ada.get(path)
        page = await answer.text()
        assert answer.status == 410
        assert "This link is spent" in page
        assert 'href="/forgotten"' in page
    assert (await ada.get("/auth/link/short")).status == 404


async def test_another_sites_page_cannot_press_the_button(browse, store, robin):
    victim, path = await browse(), await make(store, robin)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        answer, _ = await post(victim, path, headers=headers)
        assert answer.status == 403
    assert (await links.look(store.pool, path.rpartition("/")[2], datetime.now(UTC))).person == robin


async def test_a_new_password_is_chosen_by_a_link_and_ends_all_sessions(browse, store):
    ada = await browse()
    await register(ada)
    person = await people.by_username(store.pool, "ada")
    path = await make(store, person, "password")
    back = await browse()
    assert 'autocomplete="new-password"' in await (await back.get(path)).text()
    answer, page = await post(back, path, password="short")
    assert answer.status == 422
    assert "10 to 128 characters" in page
    answer, _ = await post(back, path, password=NEW)
    assert (answer.status, answer.headers["Location"]) == (303, "/settings?saved=password#password")
    assert (await who(back))["username"] == "ada"
    assert await who(ada) is None
    answer, _ = await post(await browse(), path, password="another quiet lantern")
    assert answer.status == 410
    answer, _ = await post(await browse(), "/login", username="ada", password=NEW)
    assert answer.status == 303


async def test_a_link_for_a_password_does_not_let_in_without_one(browse, store):
    ada = await member(store)
    path = await make(store, ada, "password")
    thief = await browse()
    answer, _ = await post(thief, path)
    assert answer.status == 410
    assert await who(thief) is None
    assert (await thief.get(path)).status == 200


async def test_a_link_for_logging_in_changes_no_password(browse, store, robin):
    path = await make(store, robin)
    answer, _ = await post(await browse(), path, password=NEW)
    assert answer.status == 410
    assert (await accounts.get(store.pool, robin.id)).password_hash is None


@pytest.mark.parametrize("password", ["", "\x00" * 20, "\u202e" * 40, "x" * 60_000])
async def test_hostile_passwords_are_refused_and_nothing_breaks(browse, store, password):
    ada = await member(store)
    answer, _ = await post(await browse(), await make(store, ada, "password"), password=password)
    assert answer.status == 422


async def test_no_log_line_holds_a_link_or_a_code(browse, store, robin, outbound, caplog):
    caplog.set_level("DEBUG")
    path, mika = await make(store, robin), await browse()
    await mika.get(path)
    await post(mika, path)
    await mika.post("/logout")
    back = await consent(outbound, await set_off(mika))
    await come_back(mika, back)
    formatter = logs.Formatter(logs.Redaction(logs.secrets_of(store.config)))
    written = "\n".join(formatter.format(record) for record in caplog.records)
    assert "/auth/link/[hidden]" in written
    for secret in (path.rpartition("/")[2], back.query["code"], back.query["state"], porch.CLIENT_SECRET):
        assert secret not in written


# Forgotten passwords


async def test_the_answer_is_the_same_for_everybody(browse, store):
    ada = await browse()
    linked = await member(store, "linked", "Linked")
    await store.pool.execute("update people set discord_id = 7 where id = $1", linked.id)
    await member(store, "unlinked", "Unlinked")
    closed = await member(store, "closed", "Closed")
    await store.pool.execute("update people set discord_id = 8 where id = $1", closed.id)
    await store.pool.execute("update accounts set disabled_at = now() where person_id = $1", closed.id)
    pages = set()
    for username in ("linked", "unlinked", "closed", "nobody", "", "\x00", "x" * 5000):
        answer, _ = await post(ada, "/forgotten", username=username)
        assert (answer.status, answer.headers["Location"]) == (303, "/forgotten?asked=yes")
        pages.add(await (await ada.get("/forgotten?asked=yes")).text())
    assert len(pages) == 1
    assert (await letters.next_due(store.pool, datetime.now(UTC))).person_id == linked.id
    assert await store.pool.fetchval("select count(*) from letters") == 1


async def test_who_asks_about_many_is_slowed_and_keeps_what_was_typed(browse):
    ada = await browse()
    for number in range(letters.ASKED):
        await post(ada, "/forgotten", username=f"user{number}")
    answer, page = await post(ada, "/forgotten", username="one-more")
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert 'value="one-more"' in page


async def test_the_way_there_is_on_the_log_in_page(browse):
    ada = await browse()
    assert 'href="/forgotten"' in await (await ada.get("/login")).text()
    assert 'href="/auth/discord"' in await (await ada.get("/login")).text()
