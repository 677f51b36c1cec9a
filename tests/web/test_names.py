"""How many names there may be: new ones are counted by network, other ones by person."""

import msgspec
import pytest

from db.config import Config, Hangout
from web import make_app

JSON = {"Accept": "application/json"}


@pytest.fixture
def config(config: Config) -> Config:
    return msgspec.structs.replace(config, hangout=Hangout(names_per_address=2))


@pytest.fixture
async def browse(store, aiohttp_client):
    """Opens a browser of somebody who has never been here; all of them come from one network."""
    app = make_app(store)
    server = (await aiohttp_client(app)).server

    async def browse():
        return await aiohttp_client(server)

    return browse


async def call(visitor, name):
    answer = await visitor.post("/hangout/join", data={"name": name}, headers=JSON)
    return answer.status, (await answer.json()).get("error", {}).get("message")


async def test_another_name_is_no_new_one_for_the_network(browse, store):
    ada, bea = await browse(), await browse()
    for name in ("Ada", "Ada L", "Ada Lo"):
        assert await call(ada, name) == (200, None)
    assert await call(bea, "Bea") == (200, None)
    status, sentence = await call(await browse(), "Cleo")
    assert (status, sentence.partition(".")[0]) == (429, "Several new names came from your network")
    assert await call(bea, "Bea B") == (200, None)
    assert await store.pool.fetchval("select count(*) from people") == 2


async def test_one_person_changes_their_name_a_few_times_and_then_waits(browse):
    ada, bea = await browse(), await browse()
    await call(bea, "Bea")
    for name in ("Ada", "Ada L", "Ada Lo"):
        assert await call(ada, name) == (200, None)
    status, sentence = await call(ada, "Ada Lov")
    assert (status, sentence.partition(".")[0]) == (429, "You have changed your name a few times")
    assert await call(ada, "Ada Lo") == (200, None)  # it is hers already
    assert await call(bea, "Bea B") == (200, None)
