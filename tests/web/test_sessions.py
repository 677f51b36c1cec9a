import asyncio
from contextlib import suppress
from datetime import timedelta
from http.cookies import SimpleCookie

import pytest
from aiohttp import WSMsgType

from db import sessions
from db.config import Web
from db.logs import request_id
from tests.web.conftest import furnish
from web import make_app


class Counted:
    """A pool that counts what is asked of it."""

    def __init__(self, pool):
        self.pool = pool
        self.asked = []

    def __getattr__(self, name):
        method = getattr(self.pool, name)
        if name in {"fetch", "fetchrow", "fetchval", "execute"}:

            def counted(query, *args):
                name = query.split("*/")[0].strip("/* ")
                if request_id.get():  # the house clears away by itself; no request asks for that
                    self.asked.append(name)
                return method(query, *args)

            return counted
        return method


@pytest.fixture
def asked(shell, store):
    """The names of the queries made, after the app was built."""
    store.pool = counted = Counted(store.pool)
    yield counted.asked
    store.pool = counted.pool


def cookie_of(answer):
    morsel = SimpleCookie(answer.headers.get("Set-Cookie", "")).get("session")
    return morsel.value if morsel else None


async def page_with(visitor, token, name="session"):
    """What a browser sees that has this token and no other."""
    visitor.session.cookie_jar.clear()
    return await (await visitor.get("/page", headers={"Cookie": f"{name}={token}"})).text()


async def join(visitor, name="Ada", **kwargs):
    answer = await visitor.post("/join", data={"name": name}, allow_redirects=False, **kwargs)
    assert answer.status == 303
    return answer


async def test_reading_sets_no_cookie_and_asks_the_database_nothing(asked, visitor):
    await asyncio.sleep(0.05)  # the sweep of ended sessions, at the start
    await visitor.get("/page")  # the first reader has the foot of all pages read, for everybody
    asked.clear()
    answer = await visitor.get("/page")
    assert "nobody" in await answer.text()
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"
    assert asked == []


async def test_joining_sets_a_cookie_that_scripts_and_other_sites_cannot_use(visitor):
    answer = await join(visitor)
    value, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert value.startswith("session=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
    assert "Secure" not in attributes
    assert answer.headers["Cache-Control"] == "no-store"
    page = await visitor.get("/page")
    assert "Ada" in await page.text()
    assert page.headers["Cache-Control"] == "no-store"


async def test_on_https_the_cookie_is_secure_and_bound_to_the_host(store, templates, static, aiohttp_client):
    store.config = type(store.config)(web=Web(base_url="https://porch.example"), database=store.config.database)
    visitor = await aiohttp_client(furnish(make_app(store, templates=templates, static=static)))
    answer = await join(visitor)
    value, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert value.startswith("__Host-session=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"} <= set(attributes)
    assert not any(attribute.startswith("Domain") for attribute in attributes)
    token = value.partition("=")[2]
    assert "Ada" in await page_with(visitor, token, "__Host-session")
    assert "nobody" in await page_with(visitor, token)


async def test_the_token_itself_is_not_in_the_database(visitor, store):
    token = cookie_of(await join(visitor))
    kept = await store.pool.fetchval("select token_hash from sessions")
    assert kept == sessions.hash_token(token)


async def test_becoming_somebody_changes_the_token_and_ends_the_old_one(visitor, store):
    first = cookie_of(await visitor.post("/keep", data={"colour": "blue"}))
    second = cookie_of(await join(visitor))
    third = cookie_of(await join(visitor, "Bob"))
    assert len({first, second, third}) == 3
    assert await store.pool.fetchval("select count(*) from sessions") == 1
    assert (await (await visitor.get("/session")).json())["colour"] == "blue"
    for old in (first, second):
        assert "nobody" in await page_with(visitor, old)


async def test_a_token_can_be_renewed_on_purpose(visitor):
    before = cookie_of(await join(visitor))
    after = cookie_of(await visitor.post("/renew"))
    assert after not in {before, None}
    assert "Ada" in await (await visitor.get("/page")).text()
    assert "nobody" in await page_with(visitor, before)


async def test_leaving_ends_the_session_and_the_old_cookie_opens_nothing(visitor, store):
    token = cookie_of(await join(visitor))
    answer = await visitor.post("/leave", allow_redirects=False)
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert await store.pool.fetchval("select count(*) from sessions") == 0
    assert "nobody" in await page_with(visitor, token)


async def test_a_request_under_way_does_not_bring_a_session_back_that_was_left_meanwhile(visitor, store):
    await join(visitor)
    slow = asyncio.create_task(visitor.post("/keep?wait=0.2", data={"colour": "blue"}))
    await asyncio.sleep(0.05)
    await visitor.post("/leave")
    assert (await slow).status == 200
    assert await store.pool.fetchval("select count(*) from sessions") == 0


async def test_two_requests_at_once_keep_what_both_set(visitor):
    await join(visitor)
    await asyncio.gather(
        visitor.post("/keep?wait=0.1", data={"colour": "blue"}), visitor.post("/keep?wait=0.1", data={"size": "big"})
    )
    kept = await (await visitor.get("/session")).json()
    assert (kept["colour"], kept["size"]) == ("blue", "big")
    await visitor.post("/keep", data={"colour": ""})
    assert "colour" not in await (await visitor.get("/session")).json()


async def test_a_visit_is_noted_once_an_hour(visitor, store, asked):
    await join(visitor)
    await visitor.get("/page")
    asked.clear()
    await visitor.get("/page")
    assert asked == ["sessions.load", "people.get"]
    await store.pool.execute("update sessions set seen_at = seen_at - $1::interval", timedelta(hours=2))
    asked.clear()
    await visitor.get("/page")
    await visitor.get("/page")
    assert asked.count("sessions.touch") == 1


async def test_an_ended_session_is_nobody_and_leads_to_no_error(visitor, store):
    await join(visitor)
    await store.pool.execute("update sessions set seen_at = seen_at - $1::interval", timedelta(days=14))
    answer = await visitor.get("/page")
    assert (answer.status, "nobody" in await answer.text()) == (200, True)


@pytest.mark.parametrize(
    "cookie",
    [
        "session=",
        "session=x",
        f"session={'x' * 5000}",
        'session="',
        f"session={'é' * 43}",
        f"session={'A' * 43}",
        ";;=;",
    ],
)
async def test_garbage_in_the_cookie_is_nobody(visitor, cookie):
    answer = await visitor.get("/page", headers={"Cookie": cookie})
    assert (answer.status, "nobody" in await answer.text()) == (200, True)


async def test_a_token_chosen_by_somebody_else_is_never_taken_over(visitor):
    planted = "A" * 43
    answer = await join(visitor, headers={"Cookie": f"session={planted}"})
    assert cookie_of(answer) not in {planted, None}


async def test_a_socket_whose_session_ends_is_closed(visitor):
    await visitor.post("/hangout/join", data={"name": "Ada"})
    async with visitor.ws_connect("/ws/hangout") as ws:
        assert (await ws.receive_json(timeout=2))["you"]["name"] == "Ada"
        await visitor.post("/hangout/leave")
        packets = [await ws.receive(timeout=2)]
        while not ws.closed:
            packets.append(await ws.receive(timeout=2))
    [farewell] = [one for one in packets if one.type is WSMsgType.CLOSE]
    assert farewell.data == 1001


async def test_a_socket_whose_session_ends_says_nothing_more(visitor, store):
    await visitor.post("/hangout/join", data={"name": "Ada"})
    async with visitor.ws_connect("/ws/hangout") as ws:
        await ws.receive_json(timeout=2)
        await visitor.post("/hangout/leave")
        with suppress(ConnectionError):  # it may be closed already
            await ws.send_json({"type": "send", "nonce": "late", "content": "still me?"})
        await asyncio.sleep(0.2)
    assert await store.pool.fetchval("select count(*) from messages") == 0
