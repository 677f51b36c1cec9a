"""/privacy says what is so: another setting is another sentence, and the numbers are those of the rules."""

import re
from datetime import timedelta

import msgspec
import pytest

from db import networks, sessions, visits
from db.config import (
    Accounts,
    Analytics,
    Blog,
    Chat,
    Comments,
    Discord,
    Github,
    Hangout,
    Lanyard,
    Lastfm,
    Media,
    Mod,
    Redis,
    Site,
    Web,
)
from web import make_app, pages
from web.privacy import span


@pytest.fixture
def said(store, aiohttp_client):
    """The words of the page, with the settings that a test changes."""

    async def said(**sections):
        changed = msgspec.structs.replace(store.config, **sections)
        store.config = changed
        client = await aiohttp_client(make_app(store))
        page = await (await client.get("/privacy")).text()
        return " ".join(re.sub(r"<[^>]+>", "", page[page.index("<main") : page.index("</main>")]).split())

    return said


async def test_the_page_names_who_is_responsible_and_every_page_leads_to_it(said, store, aiohttp_client):
    assert "Who is responsible: Robin, whose house this is" in await said()
    assert "Who is responsible: the owner of this site" in await said(site=Site())
    client = await aiohttp_client(make_app(store))
    assert 'href="/privacy"' in await (await client.get("/")).text()
    assert "/privacy</loc>" in await (await client.get("/sitemap.xml")).text()


async def test_the_times_are_those_of_the_rules(said):
    words = await said()
    for length in (sessions.IDLE, sessions.LIFE, networks.LIFE, visits.SALT_USED, visits.AGAIN):
        assert span(length) in words
    assert "deleted before it is 8 hours old" in words
    assert timedelta(hours=8) >= visits.SALT_KEPT
    assert span(timedelta(seconds=pages.YEAR)) == "1 year"


async def test_the_times_follow_the_settings(said):
    words = await said(
        analytics=Analytics(detail_days=17),
        hangout=Hangout(edit_window=7200),
        comments=Comments(edit_window=120),
        chat=Chat(request_days=11),
        mod=Mod(evidence_days=13),
    )
    for sentence in (
        "single views stays for 17 days",
        "edit your own for 2 hours",
        "take it back for 2 minutes",
        "after 11 days",
        "kept with it for 13 days",
    ):
        assert sentence in words


BARE = (
    {"comments": Comments(moderation="none"), "accounts": Accounts(registration="closed")},
    (
        "It stays on this site",
        "the owner only",
        "on this machine. Comm",
        "happens by itself",
        "Nobody new can make one",
    ),
    ("Discord", "country", "Who makes one", "Redis", "is told its address", "lamp"),
)
WHOLE = (
    {
        "discord": Discord(
            token="a.b.c", comments_channel_id=5, mod_channel_id=6, client_id=7, client_secret="kept-from-all"
        ),
        "analytics": Analytics(public=True, country_database="countries.mmdb"),
        "web": Web(base_url="https://example.org"),
        "redis": Redis(url="redis://localhost"),
        "blog": Blog(hub="https://hub.example.org/"),
        "media": Media(bucket="b", endpoint="https://s3.example.org"),
    },
    (
        "Discord keeps it under its own terms",
        "sent to a thread in Discord",
        "in a closed channel in Discord",
        "With Discord: if you sign in by it",
        "Who sees it: everybody",
        "the country",
        "__Host-session",
        "passes through Redis",
        "hub.example.org is told its address",
        "storage at s3.example.org",
        "lights the lamp",
        "Who makes one",
    ),
    ("It stays on this site", "the owner only", "on this machine. Comm", "happens by itself", "kept-from-all"),
)
PARTLY = (
    {"discord": Discord(token="a.b.c"), "analytics": Analytics(public=True)},
    ("Discord keeps it under its own terms", "Who sees it: everybody"),
    ("sent to a thread in Discord", "closed channel", "With Discord:", "country"),
)


@pytest.mark.parametrize(("sections", "there", "gone"), [BARE, WHOLE, PARTLY], ids=["bare", "whole", "partly"])
async def test_what_is_set_is_said_and_what_is_not_set_is_not(said, sections, there, gone):
    words = await said(**sections)
    assert [sentence for sentence in there if sentence not in words] == []
    assert [sentence for sentence in gone if sentence in words] == []


async def test_who_is_asked_for_cards_is_named_and_nobody_else(said):
    assert "No service is asked" in await said()
    words = await said(github=Github(user="ada", period=7200), lastfm=Lastfm(user="ada", api_key="secret-key"))
    assert "GitHub (api.github.com), about every 2 hours" in words
    assert "Last.fm (ws.audioscrobbler.com), about every 50 seconds" in words
    assert "Mastodon" not in words
    assert "secret-key" not in words


async def test_the_bot_itself_stands_before_lanyard_where_there_is_one(said):
    ada = Lanyard(user_id=7)
    assert "Lanyard (api.lanyard.rest), which tells of changes by itself" in await said(lanyard=ada)
    words = await said(lanyard=ada, discord=Discord(token="a.b.c"))
    assert "Lanyard (api.lanyard.rest), only while Discord does not tell the bot" in words
    assert "every 4 minutes" not in words


async def test_hearts_and_the_pointers_request_are_told(said):
    words = await said()
    for sentence in ("press a heart", "It stays until you take it back", "/seen.svg", "none of these signs is noted"):
        assert sentence in words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=14), "14 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=8) - timedelta(minutes=1), "8 hours"),
        (timedelta(days=365), "1 year"),
        (timedelta(seconds=50), "50 seconds"),
        (timedelta(0), "0 seconds"),
    ],
)
def test_a_length_of_time_is_said_in_words(length, words):
    assert span(length) == words
