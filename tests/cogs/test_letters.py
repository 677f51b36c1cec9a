"""The bot's direct messages, from the queue into Discord: once each, whatever fails on the way."""

import re
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import letters, links, people
from db.config import Site
from practice import porch as ids
from tests.cogs.conftest import until
from tests.db.test_linking import member
from tests.members import chat_between


@pytest.fixture
def porch_config(porch_config):
    return msgspec.structs.replace(porch_config, site=Site(name="The *Porch*"))


@pytest.fixture
async def mika(porch):
    """A member who is Mika in Discord."""
    person = await member(porch.store, "mika", "Mika")
    await porch.store.pool.execute("update people set discord_id = $2 where id = $1", person.id, ids.MEMBERS["Mika"])
    other = await member(porch.store, "other", "Other")
    chat = await chat_between(porch.store, person, other)
    await porch.store.pool.execute(
        "update members set unread = 1 where room_id = $1 and person_id = $2", chat, person.id
    )
    return await people.get(porch.store.pool, person.id)


async def empty(porch):
    await until(lambda: _is_empty(porch))


async def _is_empty(porch):
    return not await porch.store.pool.fetchval("select count(*) from letters")


def received(porch, who="Mika"):
    return [one.content for one in porch.practice.direct(who)]


def _hurry(monkeypatch):
    monkeypatch.setattr(letters, "FIRST_WAIT", timedelta(seconds=0.1))
    monkeypatch.setattr(sys.modules["cogs.letters"], "LOOK_EVERY", 0.2)  # discord.py loads cogs anew


async def put(porch, person, kind, report_id=None):
    await letters.put(porch.store, person.id, kind, datetime.now(UTC), report_id=report_id)


async def test_a_letter_about_chats_says_nothing_of_them_and_comes_once(porch, mika):
    await put(porch, mika, "chats")
    await empty(porch)
    assert received(porch) == [r"You have messages on **The \*Porch\***: <https://porch.example/chats>"]
    assert porch.practice.direct("Teo") == []


async def test_what_was_read_meanwhile_is_not_told(porch, mika):
    await porch.store.pool.execute("update members set unread = 0")
    await put(porch, mika, "chats")
    await empty(porch)
    assert received(porch) == []


async def test_a_forgotten_password_gets_a_link_that_opens_once(porch, mika):
    await letters.forgotten(porch.store, "mika", "192.0.2.1", datetime.now(UTC))
    await empty(porch)
    [words] = received(porch)
    [token] = re.findall(r"<https://porch\.example/auth/link/([\w-]{43})>", words)
    assert await links.use(porch.store, token, "password", datetime.now(UTC)) == mika


async def test_after_a_failure_it_is_tried_again_and_comes_once(porch, mika, monkeypatch):
    _hurry(monkeypatch)
    porch.practice.faults.status(503, "/users/@me/channels", times=2)
    await put(porch, mika, "chats")
    await empty(porch)
    assert len(received(porch)) == 1


async def test_a_send_of_unknown_outcome_is_not_doubled(porch, mika, monkeypatch):
    _hurry(monkeypatch)
    porch.practice.faults.cut("/channels/[0-9]+/messages", method="POST", when="after")
    await put(porch, mika, "chats")
    await empty(porch)
    assert len(received(porch)) == 1


async def test_who_takes_no_direct_messages_is_not_asked_again(porch, mika, caplog):
    porch.practice.close_direct("Mika")
    await put(porch, mika, "chats")
    await empty(porch)
    assert received(porch) == []
    assert "takes no direct messages" in caplog.text
    assert str(mika.discord_id) not in caplog.text


async def test_who_has_unlinked_meanwhile_gets_none_and_what_is_stale_is_thrown_away(porch, mika):
    bob = await member(porch.store, "bob", "Bob")
    await put(porch, bob, "chats")
    await letters.put(porch.store, mika.id, "chats", datetime.now(UTC) - timedelta(days=2))
    await empty(porch)
    assert received(porch) == []


async def test_the_owner_sees_what_was_reported_and_from_whom(porch, mika):
    await until(lambda: porch.store.owner_id)
    await people.keep_discord(porch.store.pool, {ids.OWNER: "Robin"}, ids.OWNER)
    owner = await people.by_discord(porch.store.pool, ids.OWNER)
    teo = await member(porch.store, "teo", "T*e*o")
    said = [
        {"by": "reported", "content": "*rude*\n@everyone", "at": "2026-05-01T12:00:00+00:00", "pictures": 2},
        {"by": "reporter", "content": "x" * 4000, "at": "2026-05-01T12:01:00+00:00", "pictures": 0},
    ]
    report_id = await porch.store.pool.fetchval(
        "insert into reports (reporter_id, reported_id, reason, messages, created_at) values ($1, $2, $3, $4, now()) "
        "returning id",
        mika.id,
        teo.id,
        "This is not nice.",
        said,
    )
    await put(porch, owner, "report", report_id)
    await empty(porch)
    pages = received(porch, "owner")
    whole = "\n".join(pages)
    assert whole.startswith(r"**Mika** reports **T\*e\*o** on **The \*Porch\***.")
    assert "They say: This is not nice." in whole
    assert "\\*rude\\*\n> \\@everyone (2 pictures)" in whole
    assert whole.count("x" * 100) >= 39
    assert all(len(page) <= 2000 for page in pages)
    assert porch.practice.pings == []
