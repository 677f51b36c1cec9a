"""A real Chromium, the site as it runs, and where a test asks for it the practice Discord with the bridge between."""

import shutil
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import msgspec
import pytest
from playwright.async_api import Browser, async_playwright

import cogs
from cogs.gateway import live_in_discord
from db.config import Config, Hangout
from db.loops import doing
from practice import Practice
from tests.browser.contexts import Contexts
from tests.browser.house import House, opened
from tests.browser.windows import Visits, Windows
from tests.browser.wire import Wire, laid
from tests.cogs.conftest import until
from tests.conftest import at_practice

NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = "There is no Chromium on this machine, so no page can be tested: ./run test installs it."
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # one for each context
    "--disable-site-isolation-trials",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail(NO_BROWSER, pytrace=False)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
def limits() -> dict[str, float]:
    """What a test wants otherwise in [hangout]."""
    return {}


@pytest.fixture
def config(config: Config, limits: dict[str, float]) -> Config:
    roomy = {"rate": 1000.0, "burst": 1000, "address_rate": 1000.0, "address_burst": 1000, "names_per_address": 1000}
    return msgspec.structs.replace(config, hangout=Hangout(**{**roomy, **limits}))


@pytest.fixture(scope="session")
async def wire() -> AsyncIterator[Wire]:
    """One for all houses, so that they have one address: what a browser has loaded from one, it has for the next."""
    async with laid() as wire:
        yield wire


@pytest.fixture
async def site(config: Config, wire: Wire) -> AsyncIterator[House]:
    """The site alone, without a Discord."""
    async with opened(config, wire) as house:
        yield house


@pytest.fixture
async def bridged(
    config: Config, practice: Practice, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The site and the practice Discord, one room through the real bridge."""
    monkeypatch.setattr(cogs, "GUILD_PATIENCE", 0.05)  # it is in one
    discord = at_practice(
        practice,
        token=practice.token,
        channel_id=practice.channel_id,
        messages_per_minute=100_000,  # joining is tested elsewhere
    )
    async with (
        opened(msgspec.structs.replace(config, discord=discord), wire) as house,
        doing(live_in_discord(house.store, house.outbound), "discord"),
    ):
        await until(lambda: house.store.discord.state == "on" and house.store.presence.relay == "on")
        yield house


@pytest.fixture
def house(request: pytest.FixtureRequest, limits: dict[str, float]) -> House:
    """The bridged house where a test asks for the practice Discord, else the site alone.

    `limits` is named so that a test may replace it: what is asked for by name here, pytest does not see.
    """
    return request.getfixturevalue("bridged" if "practice" in request.fixturenames else "site")


@pytest.fixture(scope="session")
def contexts(chromium: Browser) -> Contexts:
    return Contexts(chromium)


@pytest.fixture
async def windows(contexts: Contexts, house: House) -> AsyncIterator[Windows]:
    """Closed after the test, which fails when the browser had something to complain about."""
    windows = Windows(contexts, urlsplit(house.url).netloc)
    yield windows
    await windows.close()
    assert windows.unexpected == []


@pytest.fixture
def visit(windows: Windows, house: House) -> Visits:
    return Visits(windows, house)
