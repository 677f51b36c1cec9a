"""`python -m practice`: the practice Discord as a process of its own. It prints the environment variables that point a
Discord client at it, and runs until it is interrupted."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from practice import Practice, evening, memory

PORT = 8081


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m practice", description="A stand-in for Discord on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PRACTICE_PORT") or PORT))
    parser.add_argument("--no-limits", action="store_true", help="apply none of Discord's rate limits")
    parser.add_argument("--state", type=Path, help="a file to remember everything in; without it all is forgotten")
    parser.add_argument("--quiet", action="store_true", help="print nothing")
    return parser.parse_args()


async def run(arguments: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    practice = Practice(host=arguments.host, port=arguments.port, limits=not arguments.no_limits)
    if arguments.state is None or not memory.load(practice.world, arguments.state):
        practice.greet()
    async with AsyncExitStack() as stack:
        if arguments.state:
            await stack.enter_async_context(memory.kept(practice.world, arguments.state))
        await stack.enter_async_context(practice)
        await stack.enter_async_context(evening_of(practice))
        if not arguments.quiet:
            introduce(practice)
        await stopped.wait()


@asynccontextmanager
async def evening_of(practice: Practice) -> AsyncIterator[None]:
    passing = asyncio.create_task(evening.pass_by(practice))
    try:
        yield
    finally:
        passing.cancel()


def introduce(practice: Practice) -> None:
    lines = [f"# The practice Discord is at {practice.page_url} - point a client at it with:"]
    lines += [f"export {name}={value}" for name, value in practice.environment.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main() -> int:
    arguments = read_arguments()
    try:
        asyncio.run(run(arguments))
    except OSError as error:
        sys.stderr.write(
            f"The practice Discord cannot listen on {arguments.host}:{arguments.port}: {error.strerror}.\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
