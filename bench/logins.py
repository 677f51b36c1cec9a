"""Whether the time of a refused log in tells who exists: a wrong password for a member, and one for nobody."""

import argparse
import bisect
import random
import statistics
import sys
import time

import aiohttp

from bench._house import House, opened, run
from practice import Practice

COUNT = 300
AIM = 5.0  # percent between the medians
PASSWORD = "kettle umbrella 47 gravel"
PROXY = {"WEB_TRUSTED_PROXIES": "127.0.0.1"}  # so that each attempt may come from another network
WHO = {"member": "ada", "nobody": "bea"}


async def measure(count: int) -> dict[str, list[float]]:
    """Seconds from asking to the whole answer, by who is asked for; in turns, in an order of chance."""
    async with (
        Practice() as practice,
        opened({**practice.environment, **PROXY}) as house,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client,
    ):
        await register(client, house)
        took: dict[str, list[float]] = {name: [] for name in WHO}
        for number in range(count):
            for name in random.sample(list(WHO), len(WHO)):
                took[name].append(await attempt(client, house, WHO[name], 2 * number + (name == "member")))
        return took


async def register(client: aiohttp.ClientSession, house: House) -> None:
    form = {"username": WHO["member"], "password": PASSWORD, "name": "Ada"}
    async with client.post(f"{house.url}/register", data=form, allow_redirects=False) as answer:
        if answer.status != 303:
            raise RuntimeError(f"Nobody can register: {answer.status}")


async def attempt(client: aiohttp.ClientSession, house: House, username: str, network: int) -> float:
    """From a network of its own: the limits are tested elsewhere."""
    headers = {"X-Forwarded-For": f"10.{network // 256}.{network % 256}.1"}
    form = {"username": username, "password": f"a wrong one {network}"}
    began = time.perf_counter()
    async with client.post(f"{house.url}/login", data=form, headers=headers) as answer:
        await answer.read()
        if answer.status != 422:
            raise RuntimeError(f"A wrong password is answered with {answer.status}")
    return time.perf_counter() - began


def guessing(member: list[float], nobody: list[float]) -> float:
    """How often somebody is right who is shown a time of each, and says that the longer one is the member's."""
    ordered = sorted(nobody)
    before = sum(bisect.bisect_left(ordered, one) + bisect.bisect_right(ordered, one) for one in member) / 2
    return before / (len(member) * len(nobody))


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench logins", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="log ins for each")
    asked = parser.parse_args()
    took = run(measure(asked.count))
    medians = {name: statistics.median(seconds) * 1000 for name, seconds in took.items()}
    print(f"{asked.count} wrong passwords for each, in an order of chance, against the program as shipped")
    for name, median in medians.items():
        print(f"{name:8} median {median:6.2f} ms, most {max(took[name]) * 1000:.1f}")
    difference = (medians["member"] / medians["nobody"] - 1) * 100
    print(f"difference of the medians {difference:+.1f} % (aim: under {AIM:.0f})")
    print(f"told apart by one time of each: {guessing(took['member'], took['nobody']):.0%} (chance: 50%)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
