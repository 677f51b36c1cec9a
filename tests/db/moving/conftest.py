"""One press for all tests of moving, for each costs a process."""

import pytest

from db.config import Blog
from db.press import Press


@pytest.fixture(scope="session")
async def press():
    press = Press(Blog())
    yield press
    await press.close()


@pytest.fixture
async def store(store, press):
    store.press = press
    return store
