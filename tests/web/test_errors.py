import asyncio
from contextlib import suppress

import pytest
from aiohttp import web

from tests.web.conftest import furnish
from web import make_app


@pytest.mark.parametrize(
    ("how", "status", "code", "words"),
    [
        ("hidden", 404, "not_found", "There is nothing here."),
        ("forbidden", 403, "refused", "Not <you>."),
        ("often", 429, "rate_limited", "Slow down."),
        ("away", 503, "unavailable", "short rest"),
        ("fault", 500, "fault", "It has been noted."),
    ],
)
async def test_people_get_a_page_and_programs_get_json(visitor, how, status, code, words):
    page = await visitor.get(f"/fail/{how}", headers={"Accept": "text/html,application/json;q=0.9"})
    assert (page.status, page.content_type) == (status, "text/html")
    assert words.replace("<", "&lt;").replace(">", "&gt;") in await page.text()
    for answer in (
        await visitor.get(f"/api/fail/{how}"),
        await visitor.get(f"/fail/{how}", headers={"Accept": "application/json"}),
    ):
        assert (answer.status, answer.content_type) == (status, "application/json")
        error = (await answer.json())["error"]
        assert error["code"] == code
        assert words in error["message"]


async def test_a_fault_tells_its_reference_and_nothing_else(visitor, caplog):
    answer = await visitor.get("/fail/fault")
    text = await answer.text()
    assert answer.headers["X-Request-Id"] in text
    assert "secret" not in text
    assert "Traceback" not in text
    [record] = [record for record in caplog.records if record.exc_info]
    assert answer.headers["X-Request-Id"] in record.getMessage()


async def test_an_absent_database_is_one_line_without_its_address(visitor, caplog):
    await visitor.get("/fail/away")
    [record] = [record for record in caplog.records if record.name == "web.errors"]
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert "secret-host" not in record.getMessage()


async def test_who_leaves_while_their_socket_is_opened_is_taken_for_no_absent_database(
    store, templates, static, aiohttp_client, caplog
):
    told, over = asyncio.Event(), asyncio.Event()

    async def slow_socket(request):
        told.set()
        with suppress(asyncio.CancelledError):  # the server of the tests cancels who is left alone, ours does not
            await asyncio.Event().wait()
        over.set()
        return await web.WebSocketResponse().prepare(request)

    app = make_app(store, templates=templates, static=static)
    app.router.add_get("/ws/slow", slow_socket)
    visitor = await aiohttp_client(app)
    asking = asyncio.create_task(visitor.ws_connect("/ws/slow"))
    await told.wait()
    asking.cancel()
    await over.wait()
    await visitor.close()
    assert [record.getMessage() for record in caplog.records if record.name == "web.errors"] == []


async def test_a_template_that_is_missing_is_a_fault_and_no_absent_database(visitor, caplog):
    answer = await visitor.get("/fail/template")
    assert (answer.status, "It has been noted." in await answer.text()) == (500, True)
    [record] = [record for record in caplog.records if record.name == "web.errors"]
    assert (record.levelname, record.exc_info is not None) == ("ERROR", True)


async def test_whoever_is_too_quick_hears_when_to_come_back(visitor):
    answer = await visitor.get("/api/fail/often")
    assert answer.headers["Retry-After"] == "2"
    assert (await answer.json())["error"]["retry_after"] == 1.5


async def test_a_method_that_does_not_fit_names_those_that_do(visitor):
    answer = await visitor.delete("/page")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD")


async def test_redirections_are_not_errors(visitor):
    answer = await visitor.get("/fail/query", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/page")


async def test_a_broken_error_template_still_leaves_a_page(store, templates, static, aiohttp_client, caplog):
    (templates / "error.html").write_text("{{ nothing.at.all }}")
    visitor = await aiohttp_client(furnish(make_app(store, templates=templates, static=static)))
    answer = await visitor.get("/fail/forbidden")
    assert (answer.status, answer.content_type) == (403, "text/html")
    assert "Not &lt;you&gt;." in await answer.text()
    assert "could not be drawn" in caplog.text


async def test_the_theme_holds_on_error_pages(visitor):
    answer = await visitor.get("/nowhere", headers={"Cookie": "theme=dark"})
    assert "dark" in await answer.text()
