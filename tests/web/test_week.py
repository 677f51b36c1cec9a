"""After a week of visits no address, no user agent and no old salt is in any table, nor in the log."""

import logging
import random
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address

import msgspec
import pytest

from db.visits import Glimpse, flush, forget, roll_up
from tests.glimpses import CHROME, FIREFOX, GOOGLEBOT, HEADERS, IPHONE, ask, sums
from tests.posted import a_post
from web import keys, make_app, serving

VISITS = 3000
STEP = timedelta(hours=1)
AGENTS = {
    "ChromeOf": CHROME.replace("126.0.0.0", "126.0.{}.77"),
    "FirefoxOf": FIREFOX.replace("rv:128.0", "rv:128.{}"),
    "PhoneOf": IPHONE.replace("15E148", "15E{}"),
    "BotOf": GOOGLEBOT.replace("2.1", "2.1{}"),
}


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, web=msgspec.structs.replace(config.web, trusted_proxies=("127.0.0.1",)))


class Crowd:
    """People and bots from all over; remembers every address and every user agent that it used."""

    def __init__(self):
        self.dice = random.Random(7)
        self.addresses = set()
        self.agents = set()

    def somebody(self):
        new = self.dice.random() < 0.4 or not self.addresses
        address = self.address() if new else self.dice.choice(sorted(self.addresses))
        agent = self.dice.choice(list(AGENTS.values())).format(self.dice.randrange(1000, 9000))
        self.addresses.add(address)
        self.agents.add(agent)
        return address, agent

    def address(self):
        if self.dice.random() < 0.5:
            return str(IPv4Address(self.dice.randrange(2**24, 2**32 - 2**24)))
        return str(IPv6Address(0x2001 << 112 | self.dice.randrange(2**100)))

    def glimpse(self, at):
        address, agent = self.somebody()
        path, status = self.dice.choice([("/", 200), ("/blog", 200), ("/blog/kettles", 200), ("/old", 404)])
        referrer = self.dice.choice(["", "https://news.example/item?id=7", f"http://{self.address()}/x"])
        return Glimpse(at, address, agent, path, status, referrer, HEADERS)


async def everything(store):
    """All columns of all tables, as text."""
    rows = await store.pool.fetch(
        """select table_name as t, string_agg(case when data_type = 'bytea'
            then format('encode(%I, ''hex'')', column_name) else format('%I::text', column_name) end, ', ') as columns
        from information_schema.columns join information_schema.tables using (table_schema, table_name)
        where table_schema = 'public' and table_type = 'BASE TABLE' group by table_name"""
    )
    assert {"visits", "visit_hashes", "sessions", "comments"} <= {row["t"] for row in rows}
    return {
        row["t"]: await store.pool.fetchval(
            f"select string_agg(concat_ws(' ', {row['columns']}), E'\\n') from {row['t']}"
        )
        or ""
        for row in rows
    }


async def live_through(store, crowd, begin, end):
    """The week: visits, what confirms them, their sums. Returns every salt that there was, with its time."""
    salts, now = {}, begin
    a_step = VISITS // ((end - begin) // STEP)
    while now < end:
        for place in range(a_step):
            glimpse = crowd.glimpse(now + STEP / a_step * place)
            store.visits.note(glimpse)
            if crowd.dice.random() < 0.5:
                store.visits.confirm(glimpse.address, glimpse.agent)
        now += STEP
        await flush(store, now)
        if now.hour % 6 == 0:
            await roll_up(store)
            await forget(store, now)
        for row in await store.pool.fetch("select salt, made_at from visit_salts"):
            salts[row["salt"].hex()] = row["made_at"]
            assert now - row["made_at"] <= timedelta(hours=8)
    return salts


async def come_in_person(app, store, crowd, ann):
    """Requests through the whole site, some of which leave things in other tables."""
    await a_post(store, ann, "kettles")
    async with serving(app, "127.0.0.1", 0) as port:
        for number in range(6):
            await one_comes(f"http://127.0.0.1:{port}", app, crowd, number)


async def one_comes(house, app, crowd, number):
    address, agent = crowd.somebody()
    who = {"x_forwarded_for": address, "user_agent": agent}
    for path in ("/", "/blog/kettles", "/nowhere", app[keys.STATICS].url("base.css"), "/seen.svg"):
        await ask(house, path, **who)
    name = f"Guest {number}"
    form = {"name": name, "content": "hello", "nonce": f"n{number}"}
    assert (await ask(house, "/blog/kettles/comments", "POST", data=form, **who)).status == 303
    account = {"name": name, "username": f"guest-{number}", "password": f"kettle-umbrella-{number}"}
    answer = await ask(house, "/register", "POST", data=account, **who)
    assert answer.status == 303
    cookies = {key: cookie.value for key, cookie in answer.cookies.items()}
    assert (
        await ask(house, "/hangout", "POST", cookies, {"content": "hi", "nonce": f"m{number}"}, **who)
    ).status == 303
    assert (await ask(house, "/login", "POST", data={"username": "guest-0", "password": "no"}, **who)).status == 422


async def known_too_well(store):
    """Visits of the days before yesterday with a visitor, or with a minute."""
    days = "day < (now() at time zone 'utc')::date - 1"
    assert await store.pool.fetchval(f"select count(*) from visits where {days}") > 100
    return await store.pool.fetchval(
        f"select count(*) from visits where {days} and (visitor is not null or at <> date_trunc('hour', at))"
    )


class Away:
    def acquire(self):
        raise ConnectionRefusedError


async def fail_in_two_ways(store, crowd, now):
    """The database away, and a row that it refuses: both are logged."""
    pool, store.pool = store.pool, Away()
    store.visits.note(crowd.glimpse(now))
    with pytest.raises(ConnectionRefusedError):
        await flush(store, now)
    store.pool = pool
    object.__setattr__(store.visits.entries[0], "key", "x" * 301)
    await flush(store, now)


async def test_a_week_leaves_no_address_no_user_agent_and_no_old_salt(store, ann, caplog):
    caplog.set_level(logging.DEBUG)
    crowd, end = Crowd(), datetime.now(UTC)
    salts = await live_through(store, crowd, end - timedelta(days=7), end)
    await come_in_person(make_app(store), store, crowd, ann)
    await fail_in_two_ways(store, crowd, datetime.now(UTC))
    await roll_up(store)
    await forget(store, datetime.now(UTC))

    kept = await everything(store)
    log = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert "page view cannot be written" in log
    assert await known_too_well(store) == 0, "of days that are past it is not kept who came, nor when"
    old = {salt for salt, made_at in salts.items() if end - made_at > timedelta(hours=8)}
    packed = {IPv6Address(address).packed.hex() for address in crowd.addresses if ":" in address}
    assert len(salts) >= 42, "a week of four hours each"
    assert len(crowd.addresses) > 1000
    assert (await sums(store, "total"))[""][0] > VISITS / 3, "they were counted"
    for place, text in {**kept, "the log": log}.items():
        found = [one for one in (*crowd.addresses, *packed, *crowd.agents, *old) if one in text]
        assert found == [], place
        assert "AppleWebKit" not in text, place
