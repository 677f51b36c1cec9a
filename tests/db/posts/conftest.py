"""Writers of the site, who owns it and an author; and one press for the tests of a module, for each costs a process."""

import pytest

from db.config import Blog
from db.press import Press
from tests.members import member


@pytest.fixture
async def owner(store):
    return await member(store, "robin", "Robin", owner=True, discord_id=1)


@pytest.fixture
async def author(store):
    return await member(store, "ann", "Ann", role="author")


@pytest.fixture(scope="module")
async def press():
    press = Press(Blog())
    yield press
    await press.close()


@pytest.fixture
async def store(store, press):
    store.press = press
    return store
