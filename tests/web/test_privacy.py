"""/privacy says what is so: another setting is another sentence, and the numbers are those of the rules."""

import re
from datetime import timedelta

import msgspec
import pytest

from db import bans, sessions, visits
from db.config import (
    Accounts,
    Analytics,
    Blog,
    Chat,
    Comments,
    Discord,
    Github,
    Hangout,
    Lastfm,
    Media,
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
    for length in (sessions.IDLE, sessions.LIFE, bans.NETWORK_LIFE, visits.SALT_USED, visits.AGAIN):
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
    )
    for sentence in (
        "single views for 17 days",
        "edit your own for 2 hours",
        "take it back for 2 minutes",
        "after 11 days",
    ):
        assert sentence in words


@pytest.mark.parametrize(
    ("sections", "there", "gone"),
    [
        ({}, "It stays on this site", "Discord keeps it"),
        ({"discord": Discord(token="a.b.c")}, "Discord keeps it under its own terms", "It stays on this site"),
        ({"discord": Discord(token="a.b.c", comments_channel_id=5)}, "sent to a thread in Discord", "closed channel"),
        ({"discord": Discord(token="a.b.c", mod_channel_id=5)}, "in a closed channel", "sent to a thread"),
        ({"discord": Discord(client_id=5, client_secret="secret")}, "With Discord: if you sign in", "Discord keeps it"),
        ({"accounts": Accounts(registration="closed")}, "Nobody new can make one", "Who makes one"),
        ({"analytics": Analytics(public=True)}, "Who sees it: everybody", "the owner only"),
        ({"analytics": Analytics()}, "Who sees it: the owner only", "the country"),
        ({"analytics": Analytics(country_database="countries.mmdb")}, "the country", "Who sees it: everybody"),
        ({"web": Web(base_url="https://example.org")}, "__Host-session", "localhost"),
        ({"redis": Redis(url="redis://localhost")}, "passes through Redis", "Discord keeps it"),
        ({"blog": Blog(hub="https://hub.example.org/")}, "hub.example.org is told", "Discord keeps it"),
        (
            {"media": Media(bucket="b", endpoint="https://s3.example.org")},
            "storage at s3.example.org",
            "on this machine. Comm",
        ),
        ({"comments": Comments(moderation="none")}, "happens by itself", "Discord keeps it"),
    ],
)
async def test_what_is_set_is_said_and_what_is_not_set_is_not(said, sections, there, gone):
    words = await said(**sections)
    assert there in words
    assert gone not in words


async def test_the_services_that_are_asked_for_cards_are_named_and_no_others(said):
    assert "No service is asked" in await said()
    words = await said(github=Github(user="ada", period=7200), lastfm=Lastfm(user="ada", api_key="secret-key"))
    assert "GitHub (api.github.com), about every 2 hours" in words
    assert "Last.fm (ws.audioscrobbler.com), about every 50 seconds" in words
    assert "Mastodon" not in words
    assert "secret-key" not in words


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
