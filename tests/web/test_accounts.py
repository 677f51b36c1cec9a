"""The doors of members by HTTP: forms, sessions, and what strangers can find out or break."""

import asyncio
import threading
from contextlib import suppress
from http.cookies import SimpleCookie

import argon2
import msgspec
import pytest
from aiohttp import WSMsgType

from db import accounts, sessions
from db.errors import Refused
from web import make_app

PASSWORD = "kettle umbrella 47 gravel"
JSON = {"Accept": "application/json"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def browse(store, aiohttp_client):
    """Opens browsers of people who have never been here."""
    server = (await aiohttp_client(make_app(store))).server

    async def browse():
        return await aiohttp_client(server)

    return browse


def form(**fields):
    return {"username": "ada", "password": PASSWORD, "name": "Ada L", **fields}


async def post(browser, path, headers=None, **fields):
    """The answer, not followed, with its text."""
    answer = await browser.post(path, data=fields, headers=headers, allow_redirects=False)
    return answer, await answer.text()


async def register(browser, **fields):
    answer, _ = await post(browser, "/register", **form(**fields))
    assert answer.status == 303
    return answer


async def who(browser):
    """Whom the site takes this browser for, by its socket."""
    async with browser.ws_connect("/ws/hangout") as ws:
        return (await ws.receive_json(timeout=2))["you"]


def token_of(answer):
    morsel = SimpleCookie(answer.headers.get("Set-Cookie", "")).get("session")
    return morsel.value if morsel else None


# Registering


async def test_a_stranger_registers_and_is_a_member(browse, store):
    ada = await browse()
    answer = await register(ada, username=" Ada ", next="/hangout")
    assert answer.headers["Location"] == "/hangout"
    you = await who(ada)
    assert (you["name"], you["username"], you["source"]) == ("Ada L", "ada", "web")
    assert PASSWORD not in str(await store.pool.fetch("select accounts::text from accounts"))


async def test_who_registers_from_nowhere_in_particular_is_welcomed(browse):
    ada = await browse()
    answer = await register(ada)
    assert answer.headers["Location"] == "/settings?saved=welcome"
    assert "Welcome, Ada L! You are a member now." in await (await ada.get("/settings?saved=welcome")).text()


async def test_a_visitor_who_registers_keeps_the_name_and_what_they_said(browse, store):
    ada = await browse()
    await ada.post("/hangout/join", data={"name": "Ada L"})
    await ada.post("/hangout", data={"content": "from before", "nonce": "n1"})
    before = await who(ada)
    assert 'value="Ada L"' in await (await ada.get("/register")).text()
    await register(ada)
    assert await who(ada) == before | {"username": "ada"}
    page = await (await ada.get("/hangout")).text()
    assert "from before" in page
    assert await store.pool.fetchval("select count(*) from people") == 1


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"username": "ad"}, "username", "3 to 32 characters"),
        ({"username": "ada lovelace"}, "username", "letters a to z"),
        ({"username": "\u0430da"}, "username", "letters a to z"),
        ({"username": "r0bin"}, "username", "belongs to the house"),
        ({"username": "admin"}, "username", "belongs to the house"),
        ({"name": "Robin"}, "name", "belongs to the house"),
        ({"name": "  "}, "name", "at least 2 letters"),
        ({"password": "umbrella1"}, "password", "10 to 128 characters"),
        ({"password": "x" * 129}, "password", "10 to 128 characters"),
        ({"password": "password1234"}, "password", "first that somebody would try"),
        ({"password": "Ada-L-Porchlight"}, "password", "mostly a name"),
        ({"name": "😀" * 128}, "name", "too long"),
    ],
)
async def test_a_refused_registration_says_why_beside_the_field_and_keeps_what_was_typed(
    browse, store, fields, field, words
):
    ada = await browse()
    typed = form(name="Ada & Co", next="/hangout") | fields
    answer, page = await post(ada, "/register", **typed)
    assert answer.status == 422
    beside = page.partition(f'id="{field}-error"')[2].partition("</p>")[0]
    assert words in beside
    assert page.count('aria-invalid="true"') == 1
    assert 'value="/hangout"' in page
    if field != "name":
        assert 'value="Ada &amp; Co"' in page
    assert typed["password"] not in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert await store.pool.fetchval("select count(*) from people") == 0
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("field", ["username", "password", "name", "next"])
@pytest.mark.parametrize(
    "text", ["\x00" * 20, "a\x00da", "😀" * 128, "x" * 30_000, "\u202eada", "<script>alert(1)</script>", "' or 1=1 --"]
)
async def test_hostile_words_are_taken_or_refused_and_break_nothing(browse, field, text):
    browser = await browse()
    for path in ("/register", "/login"):
        answer, page = await post(browser, path, **form(**{field: text}))
        assert answer.status in {303, 422}
        assert "<script>alert" not in page


@pytest.mark.parametrize("path", ["/register", "/login"])
async def test_what_is_no_text_at_all_is_refused(browse, path):
    browser = await browse()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"username=ada&password=%ED%B2%80%ED%B2%80", b"username=%ff&password=x", b"password=" + b"x" * 70_000):
        answer = await browser.post(path, data=body, headers=headers)
        assert answer.status in {400, 413, 422}
    answer, _ = await post(browser, path)
    assert answer.status == 422


async def test_a_username_that_is_taken_is_refused_kindly(browse):
    await register(await browse())
    answer, page = await post(await browse(), "/register", **form(username="ADA", name="Another"))
    assert answer.status == 422
    assert "Somebody has that username already" in page


async def test_of_two_who_want_a_username_at_once_one_gets_it_and_the_other_a_sentence(browse, store):
    browsers = [await browse() for _ in range(4)]
    for number, one in enumerate(browsers[:2]):
        await one.post("/hangout/join", data={"name": f"Guest {number}"})
    answers = await asyncio.gather(
        *(post(one, "/register", **form(name=f"Ada {number}")) for number, one in enumerate(browsers))
    )
    assert sorted(answer.status for answer, _ in answers) == [303, 422, 422, 422]
    assert all("Somebody has that username already" in page for answer, page in answers if answer.status == 422)
    assert await store.pool.fetchval("select count(*) from accounts") == 1
    assert await store.pool.fetchval("select count(*) from people where username is not null") == 1
    members = [you for you in [await who(one) for one in browsers] if you and you["username"]]
    assert [you["username"] for you in members] == ["ada"]


async def test_registering_twice_at_once_makes_one_member_of_a_visitor(browse, store):
    ada = await browse()
    await ada.post("/hangout/join", data={"name": "Ada L"})
    await asyncio.gather(
        post(ada, "/register", **form(username="ada-one")), post(ada, "/register", **form(username="ada-two"))
    )
    rows = await store.pool.fetch("select p.id, a.person_id from people p left join accounts a on a.person_id = p.id")
    assert all(row["id"] == row["person_id"] for row in rows)


async def test_new_accounts_are_counted_by_network(browse, store):
    for number in range(5):
        await register(await browse(), username=f"ada{number}", name=f"Ada {number}")
    answer, page = await post(await browse(), "/register", **form())
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 3000
    assert "Several new members came from your network" in page
    assert 'value="ada"' in page


async def test_a_refused_registration_does_not_count_for_the_network(browse):
    browser = await browse()
    for _ in range(8):
        await post(browser, "/register", **form(password="password1234"))
    await register(browser)


class TestClosed:
    @pytest.fixture
    def config(self, config):
        return msgspec.structs.replace(config, accounts=type(config.accounts)(registration="closed"))

    async def test_nobody_new_registers_and_the_page_says_so(self, browse, store):
        browser = await browse()
        page = await (await browser.get("/register")).text()
        assert "Nobody new can register here" in page
        assert 'name="password"' not in page
        answer, _ = await post(browser, "/register", **form())
        assert answer.status == 403
        assert await store.pool.fetchval("select count(*) from people") == 0
        assert "/register" not in await (await browser.get("/login")).text()


# Logging in and out


@pytest.fixture
async def ada(browse):
    """Ada's own browser, logged in."""
    ada = await browse()
    await register(ada)
    return ada


async def log_in(browser, **fields):
    return await post(browser, "/login", **{"username": "ada", "password": PASSWORD, **fields})


async def test_a_member_logs_in_from_another_browser_and_is_the_same_person(browse, ada):
    other = await browse()
    answer, _ = await log_in(other, username=" ADA ", next="/hangout?before=5")
    assert (answer.status, answer.headers["Location"]) == (303, "/hangout?before=5")
    assert await who(other) == await who(ada)


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", "evil"]
)
async def test_next_never_leads_to_another_site(browse, ada, elsewhere):
    answer, _ = await log_in(await browse(), next=elsewhere)
    assert answer.headers["Location"] == "/"
    answer, _ = await log_in(ada, next=elsewhere)
    assert answer.headers["Location"] == "/"


async def test_a_member_who_comes_to_the_doors_is_sent_on(ada, store):
    for path in ("/login", "/register"):
        answer = await ada.get(f"{path}?next=/hangout", allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/hangout")
        answer, _ = await post(ada, path, **form(username="another"), next="/hangout")
        assert (answer.status, answer.headers["Location"]) == (303, "/hangout")
    assert await store.pool.fetchval("select count(*) from people") == 1


async def shown_to(browser, **fields):
    """What a refused log in tells, without what was typed."""
    answer, page = await log_in(browser, **fields)
    headers = {name: answer.headers.get(name) for name in ("Cache-Control", "Set-Cookie", "Retry-After", "Vary")}
    return answer.status, headers, page.replace(fields.get("username", "ada"), "USERNAME")


async def test_nothing_but_the_right_password_tells_who_exists(browse, store, ada):
    """A member, nobody, one without a password, and a disabled one are answered alike."""
    for username in ("bea", "cleo"):
        await register(await browse(), username=username, name=username.title())
    await store.pool.execute(
        "update accounts a set password_hash = null from people p where p.id = person_id and username = 'bea'"
    )
    await store.pool.execute(
        "update accounts a set disabled_at = now() from people p where p.id = person_id and username = 'cleo'"
    )
    for wrong in ("not this one", "", "x" * 20_000):
        browser = await browse()
        store.limits.guesses.__init__()
        answers = [await shown_to(browser, username=one, password=wrong) for one in ("ada", "bea", "cleo", "nobody")]
        assert answers[0][0] == 422
        assert "do not belong together" in answers[0][2]
        assert all(answer == answers[0] for answer in answers)
    browser = await browse()
    answers = [[await shown_to(browser, username=one, password="no") for _ in range(6)] for one in ("ada", "nobody")]
    assert answers[0] == answers[1]
    assert answers[0][-1][0] == 429


async def test_a_disabled_member_is_told_so_after_the_right_password_only(browse, store, ada):
    await store.pool.execute("update accounts set disabled_at = now()")
    answer, page = await log_in(await browse())
    assert answer.status == 403
    assert "switched off" in page
    assert "Set-Cookie" not in answer.headers
    assert await who(ada) is None


async def test_a_password_of_nobody_costs_a_hash_like_any_other(browse, store, ada, monkeypatch):
    asked = []
    verify = store.passwords.verify

    async def listen(kept, password):
        asked.append(kept is not None)
        return await verify(kept, password)

    monkeypatch.setattr(store.passwords, "verify", listen)
    browser = await browse()
    for username in ("ada", "nobody", "no such name!", "x" * 5000, ""):
        await log_in(browser, username=username, password="wrong one")
    assert asked == [True, False, False, False, False]


async def test_the_token_changes_at_the_door_so_that_a_planted_one_is_worth_nothing(browse, ada):
    browser = await browse()
    answer = await browser.post("/hangout/join", data={"name": "Guest"}, allow_redirects=False)
    planted = token_of(answer)
    answer, _ = await log_in(browser)
    assert token_of(answer) not in {planted, None}
    thief = await browse()
    async with thief.ws_connect("/ws/hangout", headers={"Cookie": f"session={planted}"}) as ws:
        assert (await ws.receive_json(timeout=2))["you"] is None


async def test_the_token_changes_when_a_visitor_registers(browse, store):
    browser = await browse()
    planted = token_of(await browser.post("/hangout/join", data={"name": "Guest"}, allow_redirects=False))
    answer = await register(browser)
    assert token_of(answer) not in {planted, None}
    assert (
        await store.pool.fetchval("select count(*) from sessions where token_hash = $1", sessions.hash_token(planted))
        == 0
    )
    assert await store.pool.fetchval("select count(*) from sessions") == 1


async def farewell(ws):
    packets = [await ws.receive(timeout=2)]
    while not ws.closed:
        packets.append(await ws.receive(timeout=2))
    return [one.data for one in packets if one.type is WSMsgType.CLOSE]


@pytest.mark.parametrize("door", ["/login", "/register"])
async def test_the_sockets_of_the_visitor_that_one_was_are_closed(browse, ada, door):
    browser = await browse()
    await browser.post("/hangout/join", data={"name": "Guest"})
    async with browser.ws_connect("/ws/hangout") as ws:
        assert (await ws.receive_json(timeout=2))["you"]["name"] == "Guest"
        fields = form() if door == "/login" else form(username="bea", name="Guest")
        answer, _ = await post(browser, door, **fields)
        assert answer.status == 303
        assert await farewell(ws) == [1001]


async def test_a_session_begins_anew_at_the_door_and_remembers_the_browser(browse, store, ada):
    browser = await browse()
    await browser.post("/hangout/join", data={"name": "Guest"})
    await store.pool.execute(
        "update sessions set created_at = now() - interval '80 days', expires_at = now() + interval '1 day'"
    )
    await post(browser, "/login", {"User-Agent": FIREFOX}, username="ada", password=PASSWORD)
    fresh = await store.pool.fetchrow(
        """select data, created_at > now() - interval '1 minute' as is_new,
            expires_at > now() + interval '89 days' as lasts
        from sessions where data->>'agent' like 'Firefox%'"""
    )
    assert (fresh["data"]["agent"], fresh["is_new"], fresh["lasts"]) == ("Firefox on Linux", True, True)


async def test_logging_out_ends_the_session_its_sockets_and_what_the_browser_keeps(ada, store):
    async with ada.ws_connect("/ws/hangout") as ws:
        await ws.receive_json(timeout=2)
        answer, _ = await post(ada, "/logout")
        assert await farewell(ws) == [1001]
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert await who(ada) is None
    assert await store.pool.fetchval("select count(*) from sessions") == 0
    assert (await ada.get("/logout")).status == 404
    answer, _ = await post(ada, "/logout")
    assert answer.status == 303


async def test_to_be_forgotten_is_for_a_member_to_log_out(browse, ada):
    answer, _ = await post(ada, "/hangout/leave")
    assert answer.headers["Location"] == "/"
    assert await who(ada) is None
    answer, _ = await log_in(ada)
    assert answer.status == 303


async def test_a_member_does_not_change_the_name_in_the_hangout(ada, store):
    answer, page = await post(ada, "/hangout/join", name="Grace", content="hello")
    assert answer.status == 422
    assert "your name is set in your settings" in page
    assert ">hello</textarea>" in page
    answer = await ada.post("/hangout/join", data={"name": "Grace"}, headers=JSON)
    assert (await answer.json())["error"]["code"] == "bad_name"
    answer = await ada.post("/hangout/join", data={"name": "Ada L"}, headers=JSON)
    assert (answer.status, (await answer.json())["you"]["username"]) == (200, "ada")
    assert await store.pool.fetchval("select name from people") == "Ada L"


async def test_the_hangout_offers_a_visitor_to_keep_the_name_and_a_member_the_settings(browse, ada):
    visitor = await browse()
    await visitor.post("/hangout/join", data={"name": "Guest"})
    page = await (await visitor.get("/hangout")).text()
    assert 'class="keep-name" href="/register?next=/hangout"' in page
    assert 'class="own-settings" href="/settings" hidden' in page
    page = await (await ada.get("/hangout")).text()
    assert 'class="own-settings" href="/settings">' in page
    assert 'class="keep-name" hidden' in page
    assert 'class="leave" hidden' in page


async def test_programs_are_answered_in_json(browse, ada):
    browser = await browse()
    answer, _ = await post(browser, "/login", JSON, username="ada", password="wrong one")
    assert (answer.status, (await answer.json())["error"]["code"]) == (422, "wrong_login")
    answer, _ = await post(browser, "/login", JSON, username="ada", password=PASSWORD)
    assert (answer.status, (await answer.json())["you"]["username"]) == (200, "ada")


@pytest.mark.parametrize("path", ["/login", "/register", "/logout"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_a_form_on_another_site_does_nothing(browse, store, ada, path, headers):
    browser = ada if path == "/logout" else await browse()
    answer, _ = await post(browser, path, headers, **form(username="ada" if path == "/login" else "bea"))
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers
    assert ((await who(browser)) is not None) == (path == "/logout")
    assert await store.pool.fetchval("select count(*) from accounts") == 1


# Floods


async def test_after_five_failures_the_sixth_waits_and_even_the_right_one_does_from_there(browse, ada):
    thief = await browse()
    for _ in range(5):
        answer, _ = await log_in(thief, password="guess")
        assert answer.status == 422
    for password in ("guess", PASSWORD):
        answer, page = await log_in(thief, password=password)
        assert answer.status == 429
        assert 25 <= int(answer.headers["Retry-After"]) <= 30
        assert "Please wait 30 s" in page
        assert 'value="ada"' in page


async def test_the_right_person_gets_in_from_elsewhere_while_somebody_guesses(browse, store, ada):
    thief = await browse()
    for _ in range(6):
        await log_in(thief, password="guess")
    person = (await accounts.log_in(store, "ada", PASSWORD, "198.51.100.7")).person
    assert person.username == "ada"


async def test_many_at_once_are_no_way_around_the_count(browse, ada):
    thief = await browse()
    answers = await asyncio.gather(*(log_in(thief, password=f"guess {number}") for number in range(12)))
    assert sorted(answer.status for answer, _ in answers) == [422] * 5 + [429] * 7


async def test_many_usernames_from_one_network_are_slowed_as_well(browse, ada):
    thief = await browse()
    statuses = [(await log_in(thief, username=f"name{number}"))[0].status for number in range(26)]
    assert statuses == [422] * 25 + [429]


async def test_a_flood_of_passwords_leaves_the_pages_quick(browse, ada, store):
    """A crowd from many networks: some wait, some are told to come back, and the hangout is served meanwhile."""

    async def guess(number):
        try:
            await accounts.log_in(store, "ada", "guess", f"198.51.{number}.7")
        except Refused as refusal:
            return refusal.status
        return 303

    crowd = [asyncio.create_task(guess(number)) for number in range(120)]
    await asyncio.sleep(0.02)
    began = asyncio.get_running_loop().time()
    answer = await (await browse()).get("/hangout")
    took = asyncio.get_running_loop().time() - began
    statuses = await asyncio.gather(*crowd)
    assert answer.status == 200
    assert took < 2
    assert {422, 503} == set(statuses)
    assert statuses.count(503) >= 30


async def test_who_is_told_to_come_back_sees_the_form_again(browse, ada, store):
    over = threading.Event()
    for _ in range(2):
        store.passwords._threads.submit(over.wait)  # else the first of the crowd might be done before anybody comes
    holding = [asyncio.create_task(store.passwords.hash(str(number))) for number in range(22)]
    await asyncio.sleep(0)
    answer, page = await log_in(await browse())
    over.set()
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert "Many people are at the door" in page
    for one in holding:
        one.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*holding)


async def test_a_hash_that_cost_less_is_made_anew_at_the_next_log_in(browse, store, ada):
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD.encode())
    await store.pool.execute("update accounts set password_hash = $1", cheap)
    answer, _ = await log_in(await browse())
    assert answer.status == 303
    kept = await store.pool.fetchval("select password_hash from accounts")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    answer, _ = await log_in(await browse())
    assert answer.status == 303
