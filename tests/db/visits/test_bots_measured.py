"""How many bots are kept out and how many browsers are counted, on lists that the rules were not written from.

The split: a user agent whose SHA-256 begins with a byte that 4 divides was looked at while the rules were written; the
other three quarters of every list were not, and nothing was changed for what is missed there. What is measured is those
three quarters. Bots: CrawlerDetect's list, crawler-user-agents' and Matomo's. Browsers: what visitors of real sites had
(the npm package user-agents, and fake-useragent's list).

What is sent with them is the hard case: every bot sends all that Chrome sends to a page whose address was typed, and so
its user agent alone must give it away. A second figure is for the headers that most programs do send. A browser sends
what its kind and version is documented to send, and browsers inside apps send no Sec-Fetch headers.

Monitoring services: each address of our lists with Chrome's user agent and headers, so that the address alone must give
it away; that tells that the lists are read rightly, no more. How they age, a list of former years tells, of which the
rules knew nothing: with what UptimeRobot sends from there it is kept out. By those addresses alone, most of which it
has given up, a third would be; that figure is printed, and is no part of the sum.

Honest limits: is-bot was made with two of the three bot lists in view, though by others and before; and what pretends
to be a browser perfectly, from a home's address, is on no list, and is counted.
"""

import json
import lzma
import re
import sys
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib.resources import files
from itertools import chain
from pathlib import Path

import crawleruseragents
import fake_useragent

from db.visits import Glimpse, bot_of
from db.visits._networks import FOLDER, _lines

DATA = Path(__file__).parents[2] / "data" / "agents"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOME = "81.2.69.160"  # a provider of homes
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
LANGUAGE = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "accept-language": "en-GB"}
SEC_FETCH = {"sec-fetch-mode": "navigate", "sec-fetch-site": "none", "sec-fetch-dest": "document"}
BARE = {"accept": "*/*"}
UPTIMEROBOT = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"
glimpse = partial(Glimpse, at=NOON, address=HOME, path="/", status=200, referrer="", headers=LANGUAGE | SEC_FETCH)


def packed(name):
    return lzma.decompress((DATA / name).read_bytes()).decode().split("\n")


def unseen(*lists):
    return [agent for agent in dict.fromkeys(chain(*lists)) if sha256(agent.encode()).digest()[0] % 4]


def crawler_user_agents():
    crawlers = json.loads(files(crawleruseragents).joinpath("crawler-user-agents.json").read_text(encoding="utf-8"))
    return [agent for crawler in crawlers for agent in crawler["instances"]]


def fake_user_agents():
    lines = files(fake_useragent).joinpath("data/browsers.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["useragent"] for line in lines]


def monitoring_addresses():
    lists = (_lines(FOLDER / f"{name}.txt") for name in ("uptimerobot", "pingdom", "statuscake", "betterstack"))
    return list(dict.fromkeys(network.partition("/")[0] for network, _ in chain(*lists)))


def sent_by(agent):
    """https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Mode: from Chromium 76, Firefox 90, Safari 16.4."""
    chromium, firefox = re.search(r"Chrome/(\d+)", agent), re.search(r" Firefox/(\d+)", agent)
    safari = re.search(r"Version/(\d+)\.(\d+)\S* (?:Mobile/\S+ )?Safari/\S+$", agent)
    sends = (
        (chromium and int(chromium[1]) >= 76 and not re.search(r"; wv\)|Version/4\.0|\[|FBA|Instagram|GSA/", agent))
        or (firefox and int(firefox[1]) >= 90)
        or (safari and not chromium and (int(safari[1]), int(safari[2])) >= (16, 4))
    )
    return LANGUAGE | SEC_FETCH if sends else LANGUAGE


def test_of_5000_bots_and_monitors_99_percent_are_kept_out_and_of_2000_browsers_99_and_a_half_are_counted(capsys):
    agents = unseen(packed("crawlerdetect.txt.xz"), packed("matomo.txt.xz"), crawler_user_agents())
    addresses = monitoring_addresses()
    former = (DATA / "uptimerobot_former.txt").read_text(encoding="utf-8").split()
    browsers = unseen(packed("browsers.txt.xz"), fake_user_agents())

    by_agent = by_headers = 0
    for agent in agents:
        by_agent += bool(bot_of(glimpse(agent=agent)))
        by_headers += bool(bot_of(glimpse(agent=agent, headers=BARE)))
    by_address = sum(bool(bot_of(glimpse(agent=CHROME, address=address))) for address in addresses)
    of_former = sum(bool(bot_of(glimpse(agent=UPTIMEROBOT, address=address, headers=BARE))) for address in former)
    by_former = sum(bool(bot_of(glimpse(agent=CHROME, address=address))) for address in former)
    counted = sum(not bot_of(glimpse(agent=agent, headers=sent_by(agent))) for agent in browsers)

    bots = len(agents) + len(addresses) + len(former)
    kept_out, people = (by_agent + by_address + of_former) / bots, counted / len(browsers)
    with capsys.disabled():
        sys.stdout.write(
            f"\nOf {bots} bots and monitors {kept_out:.2%} are kept out: {by_agent} of {len(agents)} by their user"
            f" agent alone ({by_headers} with a program's headers), {by_address} of {len(addresses)} by their"
            f" address alone, {of_former} of {len(former)} from former addresses ({by_former} by those alone)."
            f" Of {len(browsers)} browsers {people:.2%} are counted.\n"
        )
    assert bots >= 5000
    assert len(browsers) >= 2000
    assert kept_out >= 0.99
    assert people >= 0.995
