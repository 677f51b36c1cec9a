import pytest

from db.config import Config, Web
from tests.web.conftest import furnish
from web import make_app
from web.proxies import network_key, parse_networks, visitor

TRUSTED = parse_networks(["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", ["198.51.100.7"], "203.0.113.9"),  # nobody vouches for this header
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["6.6.6.6, 198.51.100.7"], "198.51.100.7"),  # the left is the visitor's own claim
        ("127.0.0.1", ["6.6.6.6", "198.51.100.7, 10.1.2.3"], "198.51.100.7"),
        ("127.0.0.1", ["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
        ("127.0.0.1", ["<script>, 198.51.100.7"], "198.51.100.7"),
        ("127.0.0.1", ["198.51.100.7, garbage"], "127.0.0.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["," * 5000], "127.0.0.1"),
        ("::ffff:127.0.0.1", ["::ffff:198.51.100.7"], "198.51.100.7"),
        ("2001:db8:1::5", ["2001:db8:2::7%eth0"], "2001:db8:2::7"),
        ("", ["198.51.100.7"], ""),
    ],
)
def test_the_header_is_believed_from_the_right_and_from_trusted_peers_only(peer, forwarded, address):
    assert visitor(peer, forwarded, TRUSTED) == address


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:2:3:4:5:6:7", "2001:db8:2:3::/64"),
        ("2001:db8:2:3:ffff::1", "2001:db8:2:3::/64"),
        ("", ""),
    ],
)
def test_networks_are_told_apart_by_what_one_visitor_has(address, key):
    assert network_key(address) == key


async def test_without_trusted_proxies_nobody_can_set_their_address_or_scheme(visitor):
    answer = await visitor.get("/who", headers={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"})
    assert await answer.json() == {"address": "127.0.0.1", "https": False}


async def test_a_trusted_proxy_tells_address_and_scheme(store, templates, static, aiohttp_client):
    store.config = Config(web=Web(trusted_proxies=("127.0.0.0/8",)))
    visitor = await aiohttp_client(furnish(make_app(store, templates=templates, static=static)))
    answer = await visitor.get(
        "/who", headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.7", "X-Forwarded-Proto": "https"}
    )
    assert await answer.json() == {"address": "198.51.100.7", "https": True}
