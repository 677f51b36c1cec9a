"""Writers of the site: who owns it, and an author."""

import pytest

from tests.members import member


@pytest.fixture
async def owner(store):
    return await member(store, "robin", "Robin", owner=True, discord_id=1)


@pytest.fixture
async def author(store):
    return await member(store, "ann", "Ann", role="author")
