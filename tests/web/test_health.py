from db.version import VERSION


async def test_ready_tells_the_state_of_the_house(visitor, store):
    store.discord.connection = "wrong_token"
    answer = await visitor.get("/readyz")
    body = await answer.json()
    assert answer.status == 200
    assert (body["database"], body["discord"], body["version"]) == (True, "wrong_token", VERSION)
    assert "sentence" not in body


async def test_without_a_database_it_is_alive_but_not_ready(visitor, store):
    await store.pool.close()
    answer = await visitor.get("/readyz")
    assert (answer.status, (await answer.json())["database"]) == (503, False)
    alive = await visitor.get("/healthz")
    assert (alive.status, await alive.text()) == (200, "ok")
