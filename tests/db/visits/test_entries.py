"""What is kept of a glimpse, and what is not."""

import logging

import msgspec
import pytest

from db.config import Analytics, Config
from db.visits import Visits
from db.visits._entries import language_of, path_of
from db.visits._programs import programs_of
from db.visits._referrers import source_of
from tests.countries import database
from tests.glimpses import CHROME, FIREFOX, HEADERS, IPHONE, glimpse, noted

LONG = "x" * 400
TABLET = (
    "Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
PHONE = TABLET.replace("Chrome/126.0.0.0 Safari", "Chrome/126.0.0.0 Mobile Safari")
MAC = IPHONE.replace("iPhone; CPU iPhone OS 17_5 like", "Macintosh; Intel").replace("Mobile/15E148 ", "")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://www.news.example/item/7?id=9#top", "news.example/item/7"),
        ("http://News.Example:8080/", "news.example"),
        ("https://ada:secret@news.example/x", "news.example/x"),
        ("https://xn--bcher-kva.example/seite", "xn--bcher-kva.example/seite"),
        (f"https://news.example/{LONG}", f"news.example/{LONG}"[:300]),
        ("https://news.example/\x00\u202ex", "news.example/\ufffd\ufffdx"),
        ("https://porch.example/blog", ""),
        ("https://www.porch.example/blog", ""),
        ("https://semalt.com/", ""),
        ("https://best.semalt.com/x", ""),
        ("https://notsemalt.com/x", "notsemalt.com/x"),
        ("http://203.0.113.9/x", ""),
        ("http://[2001:db8::1]/x", ""),
        ("http://[2001:db8/x", ""),
        ("http://localhost/x", ""),
        ("https://intranet/x", ""),
        ("android-app://com.example.reader/", ""),
        ("javascript:alert(1)", ""),
        ("https://<b>.example/", ""),
        ("https://news.example.", "news.example"),
        ("about:blank", ""),
        ("", ""),
    ],
)
def test_of_a_referrer_host_and_path_are_kept_if_it_is_somebody_elses_page(sent: str, kept: str) -> None:
    assert source_of(sent, "porch.example") == kept


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (FIREFOX, ("Firefox", "Linux", "desktop")),
        (CHROME, ("Chrome", "Windows", "desktop")),
        (f"{CHROME} Edg/126.0.0.0", ("Edge", "Windows", "desktop")),
        (IPHONE, ("Safari", "iOS", "phone")),
        (IPHONE.replace("iPhone;", "iPad;"), ("Safari", "iOS", "tablet")),
        (MAC, ("Safari", "macOS", "desktop")),
        (TABLET, ("Chrome", "Android", "tablet")),
        (PHONE, ("Chrome", "Android", "phone")),
        ("", ("Other", "Other", "desktop")),
        ("\x00" * 5000, ("Other", "Other", "desktop")),
    ],
)
def test_of_a_user_agent_the_names_of_browser_and_system_and_the_kind_of_device_are_kept(
    agent: str, told: tuple[str, str, str]
) -> None:
    assert programs_of(agent) == told


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-AT,de;q=0.8,en;q=0.5", "de"),
        ("EN", "en"),
        (" nds;q=1", "nds"),
        ("*", ""),
        ("", ""),
        ("x" * 99, ""),
        ("é", ""),
    ],
)
def test_of_the_languages_the_first_is_kept_without_its_region(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/blog?utm_source=x", "/blog"),
        ("/" + LONG, ("/" + LONG)[:300]),
        ("/a\x00b\ud800\u202e", "/a\ufffdb\ufffd\ufffd"),
        ("", "/"),
    ],
)
def test_of_a_path_what_can_be_read_is_kept_and_no_query(path: str, kept: str) -> None:
    assert path_of(path) == kept


HOSTILE = (
    "\udcff",
    "\x00\u202e\r\n",
    "é" * 9000,
    "http://[::1",
    "https://ada:pass@word@host.example:99999/",
    "https://host.example:abc/%00\udcff",
    "https://" + "a." * 200 + "example/",
    "https://\udcff.example/",
    "//host.example",
)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_whatever_is_sent_is_counted_as_what_can_be_kept(store, hostile, caplog):
    await noted(
        store,
        glimpse(0, "/1" + hostile),
        glimpse(0, "/2", agent=FIREFOX + hostile, address="192.0.2.8"),
        glimpse(0, "/3", referrer=hostile),
        glimpse(0, "/4", referrer="https://a.example/" + hostile),
        glimpse(0, "/5", address=hostile),
        glimpse(0, "/6", headers={**HEADERS, "accept-language": hostile}),
        glimpse(0, "/7" + hostile, status=404),
    )
    assert await store.pool.fetchval("select count(*) from visits where path <> '/2'") == 5
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_countries_come_from_the_database_that_is_configured(store, config, tmp_path):
    name = tmp_path / "countries.mmdb"
    name.write_bytes(database({"192.0.2.0/25": "AT", "2001:db8::/32": "JP", "198.51.100.0/24": "<b>"}))
    store.visits = Visits(msgspec.structs.replace(config, analytics=Analytics(country_database=str(name))))
    for address in ("192.0.2.7", "192.0.2.200", "2001:db8::1", "198.51.100.7", "", "2001:db9::1"):
        await noted(store, glimpse(0, f"/{address}", address=address))
    found = await store.pool.fetch("select path, country from visits where country <> '' order by path")
    assert [tuple(row) for row in found] == [("/192.0.2.7", "AT"), ("/2001:db8::1", "JP")]


@pytest.mark.parametrize("content", [None, b"nonsense"])
def test_a_country_database_that_is_missing_or_broken_is_told_of_in_one_line(content, tmp_path, caplog) -> None:
    name = tmp_path / "countries.mmdb"
    if content is not None:
        name.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        Visits(Config(analytics=Analytics(country_database=str(name))))
    [line] = caplog.messages
    assert line.startswith(f"Visits are counted without countries: [analytics] country_database {name} cannot be read")
