import ipaddress
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter

import pytest

from db.visits import Glimpse, bot_of, parse_networks
from db.visits._agents import told_by
from db.visits._networks import FOLDER, known_networks

CHROMIUM = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
SAFARI_16 = f"{IPHONE} Version/16.1 Mobile/15E148 Safari/604.1"
SAFARI_18 = f"{IPHONE} Version/18.1 Mobile/15E148 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
IN_APP = f"{ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36 Instagram 390.0.0.1"
SILK = CHROMIUM.replace("Chrome/140.0.0.0", "Silk/120.3.1 like Chrome/120.0.0.0")

HTML = {"accept": "text/html,*/*;q=0.8", "accept-language": "de,en;q=0.7"}
FULL = HTML | {"sec-fetch-mode": "navigate", "sec-fetch-site": "none", "sec-fetch-dest": "document"}
AMAZON, UPTIMEROBOT = "3.5.140.2", "3.12.251.153"

PERSON = Glimpse(
    at=datetime(2026, 11, 27, 12, tzinfo=UTC),
    address="81.2.69.160",
    agent=CHROMIUM,
    path="/",
    status=200,
    referrer="",
    headers=FULL,
)


@pytest.mark.parametrize("odd", ["\udcff", "\x85", "\u202e"])
def test_what_cannot_be_read_is_no_browser(odd):
    assert bot_of(replace(PERSON, agent=FIREFOX.replace(" ", odd, 1))) == "Something that no browser says"


@pytest.mark.parametrize("agent", [CHROMIUM, FIREFOX, SAFARI_16, SAFARI_18, IN_APP])
def test_people_are_no_bots(agent):
    assert bot_of(replace(PERSON, agent=agent)) == ""


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot"),
        ("curl/8.5.0", "curl"),
        ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "Monitoring (UptimeRobot)"),
        (CHROMIUM.replace("Chrome", "HeadlessChrome"), "Headless browser"),
        ("Mozilla/5.0 (compatible; Rumpelbot/3.1; like Gecko)", "Rumpelbot"),
        ("ReactorNetty/0.7.10.RELEASE", "ReactorNetty"),
        (CHROMIUM.replace("NT 10.0", "NT 12.3"), "Something that no browser says"),
        (CHROMIUM.replace("140", "1400"), "Something that no browser says"),
        ("hi", "Another program"),
        ("", "Something without a name"),
        ("x" * 701, "Something with an endless name"),
        ("mail me: someone@example.org, +44 20 7946 0018 please do", "Another program"),
    ],
)
def test_a_program_is_called_by_a_short_name(agent, name):
    assert bot_of(replace(PERSON, agent=agent)) == name


def test_a_name_is_short_and_holds_no_address_whatever_the_user_agent_is():
    for agent in ("bot" * 200, "a.b@c.example bot", "A" * 60 + "/1.0", "Mozilla/5.0 (compatible; " + "z" * 90 + ")"):
        name = bot_of(replace(PERSON, agent=agent))
        assert 0 < len(name) <= 40
        assert "@" not in name


@pytest.mark.parametrize(
    "agent",
    [
        "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1/37.8433; U; en) Presto/2.12.423 Version/12.16",
        "Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8",
        "w3m/0.5.3+git20230121",
        "Mozilla/5.0 (Linux; Android 7.0) AppleWebKit/537.36 (KHTML) Chrome/62.0 Safari/537.36 (Ecosia android@62.0)",
    ],
)
def test_rare_browsers_of_real_people_are_no_bots(agent):
    assert told_by(agent).bot == ""


# Headers


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (HTML, "Something that says it is Chrome"),
        (FULL | {"accept-language": ""}, "Something that says it is Chrome"),
        (FULL | {"accept": "*/*"}, "Something that says it is Chrome"),
        (FULL | {"sec-ch-ua": '"HeadlessChrome";v="140"'}, "Headless browser"),
        (FULL | {"from": "crawler(at)example.org"}, "Another program"),
        (FULL | {"accept": "*/*", "sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}, ""),  # a script of our own page
    ],
)
def test_headers_give_a_pretender_away(headers, name):
    assert bot_of(replace(PERSON, headers=headers)) == name


def test_without_https_nobody_is_blamed_for_what_browsers_do_not_send_there():
    assert bot_of(replace(PERSON, headers=HTML, is_secure=False)) == ""
    assert bot_of(replace(PERSON, headers={}, is_secure=False)) == "Something that says it is Chrome"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Something that says it is Firefox"),
        (SAFARI_18, "Something that says it is Safari"),
        (SAFARI_16, ""),
        (IN_APP, ""),
        (CHROMIUM.replace("140", "74"), ""),
    ],
)
def test_only_browsers_that_always_send_sec_fetch_are_asked_for_it(agent, name):
    assert bot_of(replace(PERSON, agent=agent, headers=HTML)) == name


# Networks


def test_a_monitoring_network_is_known_whatever_it_says_it_is():
    for address in (UPTIMEROBOT, f"::ffff:{UPTIMEROBOT}", "2607:ff68:107::33"):
        assert bot_of(replace(PERSON, address=address, person_id=7)) == "Monitoring (UptimeRobot)"


def test_in_a_data_centre_only_who_follows_a_link_or_is_logged_in_is_a_person():
    there = replace(PERSON, address=AMAZON)
    assert bot_of(there) == "Data centre (Amazon)"
    assert bot_of(replace(there, person_id=7)) == ""
    assert bot_of(replace(there, agent=SILK)) == ""
    for site in ("same-origin", "cross-site"):
        assert bot_of(replace(there, headers=FULL | {"sec-fetch-site": site})) == ""
    plain = replace(there, headers=HTML, is_secure=False)
    assert bot_of(plain) == "Data centre (Amazon)"
    assert bot_of(replace(plain, referrer="https://example.org/")) == ""


def test_every_list_names_its_source_and_its_day_and_holds_public_networks_only():
    paths = sorted(FOLDER.glob("*.txt"))
    assert {"uptimerobot", "pingdom", "statuscake", "betterstack"} <= {path.stem for path in paths}
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        heads = [line for line in lines if line.startswith("#")]
        for head in ("# name: ", "# source: ", "# date: "):
            assert sum(line.startswith(head) for line in heads) == 1, path
        networks = [ipaddress.ip_network(line) for line in lines[len(heads) :]]
        assert networks, path
        assert len(networks) == len(set(networks)), path
        assert all(network.is_global for network in networks), path


def test_nobody_at_home_or_on_this_machine_is_in_a_known_network():
    for address in ("127.0.0.1", "::1", "192.168.1.20", "10.1.2.3", "fe80::1%eth0", "fd00::7", "", "nonsense", "1.2.3"):
        assert known_networks().find(address) == ""


def test_the_smallest_network_that_has_an_address_counts():
    networks = parse_networks(["10.0.0.0/8", "10.1.0.0/16", "192.0.2.7", "2001:db8::/32"])
    found = {address: networks.find(address) for address in ("10.1.2.3", "10.2.0.1", "192.0.2.7", "2001:db8:1::9")}
    assert list(found.values()) == ["10.1.0.0/16", "10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]
    assert not networks.find("192.0.2.8")
    assert not parse_networks([]).find("192.0.2.7")


# Cost


def seconds(act, times):
    begin = perf_counter()
    for _ in range(times):
        act()
    return (perf_counter() - begin) / times


def test_a_verdict_costs_microseconds_and_hostile_agents_milliseconds_at_most():
    bot_of(PERSON)
    assert min(seconds(lambda: bot_of(PERSON), 200) for _ in range(5)) < 50e-6
    for piece in ("a", "; ", "compatible; ", "MIDP-", "@a-", "Mozilla/5.0 (", "a1.", "bo", "\u00e9"):
        for length in (699, 100_000):
            agents = iter([f"{i}Mozilla/5.0 (X) Gecko {piece * length}"[:length] for i in range(3)])
            assert min(seconds(lambda agents=agents: told_by(next(agents)), 1) for _ in range(3)) < 0.02
