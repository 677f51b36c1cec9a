import pytest
from aiohttp import WSServerHandshakeError

from db.config import Config, Web
from tests.web.conftest import furnish
from web import make_app
from web.origins import Origins

HOME = Origins("http://localhost:8080", is_configured=False)
PUBLIC = Origins("https://porch.example", is_configured=True)


@pytest.mark.parametrize(
    "host", ["localhost:8080", "LOCALHOST", "127.0.0.1:8080", "[::1]:8080", "192.168.1.5:8080", "10.0.0.3"]
)
def test_at_home_it_answers_to_localhost_and_to_addresses_in_digits(host):
    assert HOME.answers_to(host)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "evil.example:8080", "[::1", "127.0.0.1:x", "user@", ":80"]
)
def test_it_does_not_answer_to_other_names(host):
    assert not HOME.answers_to(host)


def test_with_an_address_of_its_own_it_answers_to_that_and_to_probes_on_this_machine():
    assert PUBLIC.answers_to("porch.example")
    assert PUBLIC.answers_to("Porch.Example:443")
    assert PUBLIC.answers_to("127.0.0.1:8080")
    assert not PUBLIC.answers_to("192.168.1.5")
    assert not PUBLIC.answers_to("www.porch.example")


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("https://porch.example", True),
        ("https://PORCH.example:443", True),
        ("http://porch.example", False),
        ("https://porch.example:8443", False),
        ("https://porch.example.evil.example", False),
        ("https://evil.example", False),
        ("http://127.0.0.1:8080", True),
        ("http://127.0.0.1:8081", False),
        ("null", False),
        ("", False),
        ("https://[", False),
        ("https://porch.example:99999", False),
    ],
)
def test_an_origin_is_ours_when_scheme_host_and_port_are(origin, is_own):
    assert PUBLIC.is_own(origin, "http", "127.0.0.1:8080") is is_own


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://{host}"}, 403),
        ({"Sec-Fetch-Site": ""}, 403),
        ({"Origin": "http://{host}"}, 200),
        ({"Origin": "https://{host}"}, 403),
        ({"Origin": "http://localhost:8081"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_form_from_another_site_does_nothing(visitor, store, headers, status):
    filled = {name: value.format(host=f"{visitor.host}:{visitor.port}") for name, value in headers.items()}
    answer = await visitor.post("/join", data={"name": "Ada"}, headers=filled)
    assert answer.status == status
    assert await store.pool.fetchval("select count(*) from people") == (status == 200)


async def test_a_link_from_another_site_opens_a_page(visitor):
    answer = await visitor.get("/page", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 200


@pytest.mark.parametrize(
    ("headers", "is_open"),
    [
        ({"Origin": "http://{host}"}, True),
        ({}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
    ],
)
async def test_a_socket_from_another_site_is_refused_before_the_upgrade(visitor, headers, is_open):
    filled = {name: value.format(host=f"{visitor.host}:{visitor.port}") for name, value in headers.items()}
    if is_open:
        async with visitor.ws_connect("/ws", headers=filled) as socket:
            assert await socket.receive_str() == "hello"
    else:
        with pytest.raises(WSServerHandshakeError) as refused:
            await visitor.ws_connect("/ws", headers=filled)
        assert refused.value.status == 403


async def test_behind_a_trusted_proxy_the_public_origin_counts(store, templates, static, aiohttp_client):
    store.config = Config(web=Web(base_url="https://porch.example", trusted_proxies=("127.0.0.1",)))
    visitor = await aiohttp_client(furnish(make_app(store, templates=templates, static=static)))
    headers = {"Host": "porch.example", "X-Forwarded-Proto": "https"}
    own = await visitor.post("/read", headers={**headers, "Origin": "https://porch.example"})
    other = await visitor.post("/read", headers={**headers, "Origin": "http://porch.example"})
    assert (own.status, other.status) == (200, 403)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_probes_may_ask_by_any_name(visitor, path):
    assert (await visitor.get(path, headers={"Host": "10-0-0-3.pods.example"})).status == 200


async def test_a_foreign_host_is_told_what_to_set(visitor):
    answer = await visitor.get("/page", headers={"Host": "evil.example"})
    assert (answer.status, "web.base_url" in await answer.text()) == (421, True)
