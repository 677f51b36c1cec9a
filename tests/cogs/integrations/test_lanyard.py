"""The card of Discord by Lanyard: what its REST address and its socket tell, and every end that a socket may have."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from cogs.integrations import _presences as presences
from cogs.integrations import lanyard
from cogs.integrations._outbound import SourceFailed
from db.cards import Card
from practice import evening, porch
from practice.sources import Fault
from tests.cogs.integrations.conftest import running

NOON = datetime(2026, 5, 29, 12, tzinfo=UTC)
EDITING = evening.activity(0, "A text editor", 1_780_000_000.7, details="Editing porch.py", state="")


@pytest.fixture
async def desk(desk):
    """Where nobody does anything yet."""
    desk.practice.set_activities("owner")
    desk.practice.set_status("owner", "online")
    return desk


async def test_how_the_owner_is_and_what_they_do_is_told(desk):
    doing = [evening.custom("up late", "🌙"), EDITING, evening.activity(2, "A gramophone", 1_780_000_000)]
    desk.practice.set_activities("owner", *doing, evening.activity(9, "Something new", 1))
    desk.practice.set_status("owner", "dnd")
    assert (await desk.ask("lanyard")).data == {
        "status": "dnd",
        "custom": "up late",
        "custom_emoji": "🌙",
        "activities": [
            {
                "kind": "playing",
                "name": "A text editor",
                "details": "Editing porch.py",
                "state": None,
                "since": "2026-05-28T20:26:40+00:00",
            },
            {
                "kind": "listening",
                "name": "A gramophone",
                "details": None,
                "state": None,
                "since": "2026-05-28T20:26:40+00:00",
            },
        ],
        "seen_at": None,
    }


async def test_three_activities_are_enough_and_of_somebody_who_is_away_nothing_is_told(desk):
    desk.practice.set_activities("owner", *[evening.activity(0, f"Game {n}", 1) for n in range(5)])
    assert [one["name"] for one in (await desk.ask("lanyard")).data["activities"]] == ["Game 0", "Game 1", "Game 2"]
    desk.practice.set_status("owner", "offline")
    found = (await desk.ask("lanyard")).data
    assert (found["status"], found["activities"], found["custom"]) == ("offline", [], None)


async def test_somebody_whom_it_does_not_know_is_for_the_owner_to_mend(desk):
    with pytest.raises(SourceFailed, match="join its Discord server") as failed:
        await desk.ask("lanyard", user_id=1)
    assert failed.value.is_setup


@pytest.mark.parametrize(
    ("image", "url"),
    [
        (
            "mp:external/abc-D_1/https/a.example/x.png",
            "https://media.discordapp.net/external/abc-D_1/https/a.example/x.png",
        ),
        ("spotify:ab67616d0000b273", "https://i.scdn.co/image/ab67616d0000b273"),
        ("1100000000000000901", "https://cdn.discordapp.com/app-assets/42/1100000000000000901.png"),
        ("mp:../../secret", None),
        ("spotify:../x", None),
        ("twitch:robin", None),
        ("https://a.example/x.png", None),
        ("", None),
    ],
)
def test_a_picture_is_where_discord_says_or_nowhere(image, url):
    activity = {"type": 0, "name": "Game", "application_id": "42", "assets": {"large_image": image}}
    assert presences.presence("online", [activity]).pictures == ({"activity0": url} if url else {})


@pytest.mark.parametrize(
    ("emoji", "shown"),
    [
        ({"name": "🌙"}, "🌙"),
        ({"name": "lamp", "id": "11"}, ":lamp:"),
        ({"name": "lamp", "id": 11}, ":lamp:"),
        ({}, None),
    ],
)
def test_the_emoji_of_a_custom_status_is_a_character_or_a_name(emoji, shown):
    data = presences.presence("idle", [{"type": 4, "name": "Custom Status", "state": None, "emoji": emoji}]).data
    assert (data["custom"], data["custom_emoji"], data["activities"]) == (None, shown, [])


def card(status, fetched_at=NOON, seen_at=None):
    return Card("lanyard", {"status": status, "seen_at": seen_at}, {}, 1, fetched_at, fetched_at)


@pytest.mark.parametrize(
    ("status", "before", "seen_at"),
    [
        ("online", card("online"), None),
        ("online", card("offline", seen_at="2026-05-29T10:00:00+00:00"), None),
        ("offline", None, None),
        ("offline", card("dnd", NOON - timedelta(minutes=5)), "2026-05-29T12:00:00+00:00"),
        ("offline", card("dnd", NOON - timedelta(hours=5)), "2026-05-29T07:00:00+00:00"),
        ("offline", card("offline", seen_at="2026-05-29T10:00:00+00:00"), "2026-05-29T10:00:00+00:00"),
    ],
)
def test_when_they_were_here_last_is_remembered(status, before, seen_at):
    assert lanyard.settled(presences.presence(status, ()), before, NOON).data["seen_at"] == seen_at


# The socket


async def test_what_changes_is_told_at_once(desk):
    heard = asyncio.Queue()
    listening = asyncio.create_task(lanyard.listen(desk.outbound("lanyard"), desk.settings("lanyard"), heard.put))
    async with asyncio.timeout(5):
        assert (await heard.get()).data["status"] == "online"
        desk.practice.set_status("owner", "idle")
        assert (await heard.get()).data["status"] == "idle"
        desk.practice.set_activities("owner", EDITING)
        assert (await heard.get()).data["activities"][0]["details"] == "Editing porch.py"
    listening.cancel()
    await asyncio.wait([listening])


async def test_a_socket_that_does_not_know_the_owner_ends_and_puts_nothing(desk):
    with pytest.raises(SourceFailed, match="join its Discord server"):
        await lanyard.listen(desk.outbound("lanyard"), desk.settings("lanyard", user_id=1), None)


HELLO = {"op": 1, "d": {"heartbeat_interval": 30_000}}
FIRST = {"op": 0, "t": "INIT_STATE", "d": {"discord_status": "online", "activities": []}}
AWAY = {"op": 0, "t": "PRESENCE_UPDATE", "d": {"discord_status": "idle", "activities": []}}


@asynccontextmanager
async def serving(socket):
    app = web.Application()
    app.router.add_get("/", socket)
    async with running(app) as origin:
        yield f"{origin.replace('http', 'ws')}/"


async def talk(desk, said, *, stays=False, is_dead=False):
    """What a socket that says this hears, and what it makes of the card. It closes afterwards unless it `stays`; one
    that `is_dead` does not even answer a ping.
    """
    heard, put = [], []

    async def socket(request):
        ws = web.WebSocketResponse(autoping=not is_dead)
        await ws.prepare(request)
        for frame in said:
            await ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))
        if not stays:
            await ws.close(code=4006)
        async for message in ws:
            heard.append(json.loads(message.data or "null"))
            if len(heard) == 3:
                await ws.close()
        return ws

    async def keep(snapshot):
        put.append(snapshot.data["status"])

    async with serving(socket) as url:
        with pytest.raises((SourceFailed, ConnectionError, aiohttp.ClientError)):
            await lanyard.listen(desk.outbound("lanyard"), desk.settings("lanyard", socket_url=url), keep)
    return heard, put


async def test_it_says_whom_it_wants_and_then_that_it_is_there(desk, monkeypatch):
    monkeypatch.setattr(lanyard, "BEAT_MOST", 0.05)
    heard, put = await talk(desk, [HELLO, FIRST], stays=True)
    assert heard == [{"op": 2, "d": {"subscribe_to_id": str(porch.OWNER)}}, {"op": 3}, {"op": 3}]
    assert put == ["online"]


@pytest.mark.parametrize(
    ("said", "put"),
    [
        ([], []),
        (["{"], []),
        (["[1]"], []),
        ([{"op": 0, "d": {}}], []),
        ([{"op": 1, "d": {"heartbeat_interval": "soon"}}], []),
        ([HELLO], []),
        ([HELLO, {"op": 0, "t": "INIT_STATE", "d": {}}], []),
        ([HELLO, {"op": 0, "t": "INIT_STATE", "d": {"discord_status": 7}}], []),
        ([HELLO, FIRST], ["online"]),
        ([HELLO, FIRST, {"op": 5}, {"op": 0, "t": "SOMETHING", "d": None}, FIRST, AWAY], ["online", "idle"]),
        ([HELLO, FIRST, {"op": 0, "t": "PRESENCE_UPDATE", "d": [1]}], ["online"]),
        ([HELLO, FIRST, "x" * 300_000], ["online"]),
    ],
)
async def test_whatever_a_socket_says_it_ends_in_a_way_that_is_known(desk, said, put):
    assert (await talk(desk, said))[1] == put


async def test_an_address_without_a_socket_ends_in_the_same_way(desk):
    for url in ("ws://127.0.0.1:9/", desk.practice.base.replace("http", "ws") + "/sources/lanyard/v1/users/1"):
        with pytest.raises((OSError, aiohttp.ClientError)):
            await lanyard.listen(desk.outbound("lanyard"), desk.settings("lanyard", socket_url=url), None)


async def test_a_socket_that_sends_elsewhere_is_not_followed(desk):
    desk.fail("lanyard", Fault(status=302, headers={"Location": "/sources/lanyard/v1/users/1"}))
    with pytest.raises(SourceFailed, match="sends us elsewhere"):
        await lanyard.listen(desk.outbound("lanyard"), desk.settings("lanyard"), None)
    assert desk.asked("lanyard") == ["/socket"]


async def test_a_socket_that_is_dead_without_a_word_is_noticed(desk, monkeypatch):
    monkeypatch.setattr(lanyard, "PING", 0.05)
    assert (await talk(desk, [HELLO, FIRST], stays=True, is_dead=True))[1] == ["online"]


async def test_a_socket_that_floods_is_read_slowly_and_left_at_once(desk, monkeypatch):
    class Enough(Exception):
        pass

    async def nothing(_snapshot):
        pass

    async def rest(_seconds):
        raise Enough

    async def flood(request):
        ws = web.WebSocketResponse(autoclose=False)
        await ws.prepare(request)
        await ws.send_json(HELLO)
        with suppress(ConnectionError):
            while True:
                await ws.send_json(FIRST)

    monkeypatch.setattr(lanyard, "pause", rest)
    async with asyncio.timeout(5), serving(flood) as url:
        with pytest.raises(Enough):
            await lanyard.listen(desk.outbound("lanyard"), desk.settings("lanyard", socket_url=url), nothing)
