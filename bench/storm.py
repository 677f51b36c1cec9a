"""1,000 messages from 20 sockets while Discord fails and the program is killed: nothing lost, doubled or disordered."""

import argparse
import sys

from bench._house import run
from bench._storm import Storm, Weather, blow

FULL = Storm()


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench storm", description=__doc__)
    parser.add_argument("--messages", type=int, default=FULL.messages)
    parser.add_argument("--sockets", type=int, default=FULL.sockets)
    parser.add_argument("--kills", type=int, default=FULL.kills)
    asked = parser.parse_args()
    storm = Storm(messages=asked.messages, sockets=asked.sockets, kills=asked.kills)
    weather = run(blow(storm))
    print(told(storm, weather))
    return 1 if weather.problems else 0


def told(storm: Storm, weather: Weather) -> str:
    said = f"{storm.messages} messages from {storm.sockets} sockets, {storm.from_discord} from Discord meanwhile"
    faults = "429, 500 before and after effect, connections cut, gateway dropped and lost"
    lines = [
        f"{said}, {weather.seconds:.0f} s in all",
        f"{weather.troubles} troubles ({faults}), {storm.kills} kills",
        f"{weather.resumes} resumes, {weather.refused} sends refused and sent again, {weather.requests} requests",
    ]
    if weather.problems:
        return "\n".join([*lines, "FAILED:", *(f"- {problem}" for problem in weather.problems)])
    kept = "every acknowledged message is in PostgreSQL once, in the channel once, in order, as left, on every socket"
    return "\n".join([*lines, f"KEPT: {kept}"])


if __name__ == "__main__":
    sys.exit(main())
