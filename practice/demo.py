"""`python -m practice.demo`: the website and a practice Discord beside it, each a process of its own, as they would
be in earnest. Prints where to look, and stops both when it is interrupted. Ports: WEB_PORT (8080) and PRACTICE_PORT
(8081)."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from practice import alive, porch, sources
from practice._children import Child, start

HERE = Path(__file__).parent.parent
STOP_SECONDS = {"The website": 6.5, "The practice Discord": 2.5}  # one after the other: under ten together
START_SECONDS = 120.0
RESERVED_PORTS = 1024
SITE = {
    "SITE_NAME": "Porchlight",
    "SITE_OWNER_NAME": "Robin",
    "SITE_DESCRIPTION": "A small house on the web, with the porch light on.",
    "HANGOUT_NAMES_PER_ADDRESS": "1000",  # whoever tries things out comes in under many names
    "DATA_DIR": "data/demo",
    "BLOG_PROJECTS": "practice/blog/projects.toml",
}


class DemoError(Exception):
    """The demo cannot go on; the message is one sentence for whoever started it."""


def read_port(environ: Mapping[str, str], name: str, usual: int) -> int:
    text = environ.get(name) or str(usual)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 1 << 16:
        raise DemoError(f"{name} must be a port from 1 to 65535, not {text!r}.")
    return int(text)


def check_free(port: int, variable: str, what: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise DemoError(
                f"Port {port} for {what} is reserved; set {variable} to one above {RESERVED_PORTS}."
            ) from None
        except OSError:
            problem = (
                f"Port {port} for {what} is taken by another program: stop that, or set {variable} to a free port."
            )
            raise DemoError(problem) from None


def environment(environ: Mapping[str, str], site: int, practice: int) -> dict[str, str]:
    """What the website is started with: the practice Discord's addresses, a name and a folder of its own. What is set
    already for a real Discord or a real database is left out, so that a demo never touches them."""
    kept = {key: value for key, value in environ.items() if not key.startswith(("DISCORD_", "DATABASE_", "REDIS_"))}
    for key in ("CONFIG", "PORT", "PROCESS_ROLE", "WEB_BASE_URL"):
        kept.pop(key, None)
    base = f"http://127.0.0.1:{practice}"
    return {
        **SITE,
        **kept,
        "DATA_DIR": environ.get("DATA_DIR") or SITE["DATA_DIR"],
        "WEB_PORT": str(site),
        "PRACTICE_PORT": str(practice),
        "DISCORD_TOKEN": porch.TOKEN,
        "DISCORD_API_BASE": f"{base}/api/v10",
        "DISCORD_GATEWAY_URL": f"ws://127.0.0.1:{practice}/gateway",
        "DISCORD_CDN_BASE": base,
        "DISCORD_GUILD_ID": str(porch.GUILD),
        "DISCORD_CHANNEL_ID": str(porch.HANGOUT),
        "DISCORD_ANNOUNCE_CHANNEL_ID": str(porch.NEWS),
        "DISCORD_COMMENTS_CHANNEL_ID": str(porch.COMMENTS),
        "DISCORD_MOD_CHANNEL_ID": str(porch.MOD),
        "DISCORD_OWNER_ID": str(porch.OWNER),
        "DISCORD_CLIENT_ID": str(porch.APPLICATION),
        "DISCORD_CLIENT_SECRET": porch.CLIENT_SECRET,
        "DISCORD_AUTHORIZE_URL": f"http://localhost:{practice}/oauth2/authorize",  # for a browser, as the box below
        **sources.environment(base),
    }


@asynccontextmanager
async def running(name: str, *arguments: str, environ: Mapping[str, str]) -> AsyncIterator[Child]:
    child = await start(name, *arguments, environ=environ)
    try:
        yield child
    finally:
        await child.stop(STOP_SECONDS[name])


async def answered(url: str, child: Child) -> None:
    """Waits until a program answers with 200. Raises DemoError when it ends or is silent for two minutes."""
    try:
        async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession() as session:
            while not await answers(session, url):
                if child.has_ended:
                    raise DemoError(f"{child.name} did not start; what it said is above.")
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise DemoError(f"{child.name} did not answer for {START_SECONDS:.0f} seconds.") from None


async def answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def box(*lines: str) -> str:
    width = max(map(len, lines))
    rows = [f"|  {line.ljust(width)}  |" for line in lines]
    edge = f"+{'-' * (width + 4)}+"
    return "\n".join(["", edge, *rows, edge, ""])


async def demo(environ: Mapping[str, str]) -> None:
    """Runs both until SIGINT or SIGTERM. Raises DemoError when one of them ends by itself."""
    site, practice = read_port(environ, "WEB_PORT", 8080), read_port(environ, "PRACTICE_PORT", 8081)
    check_free(site, "WEB_PORT", "the website")
    check_free(practice, "PRACTICE_PORT", "the practice Discord")
    variables = environment(environ, site, practice)
    async with AsyncExitStack() as stack:
        state = str(Path(variables["DATA_DIR"]) / "practice.json")
        arguments = ("-m", "practice", "--quiet", "--state", state)
        discord = running("The practice Discord", *arguments, environ=variables)
        children = [await stack.enter_async_context(discord)]
        await answered(f"http://127.0.0.1:{practice}/practice/state", children[0])
        is_new = not (Path(variables["DATA_DIR"]) / "postgres").exists()
        if is_new:
            await alive.move_in(variables)
        website = running("The website", str(HERE / "bot.py"), environ=variables)
        children.append(await stack.enter_async_context(website))
        await answered(f"http://127.0.0.1:{site}/healthz", children[1])
        lines = (
            "The porch light is on. Open both, side by side:",
            "",
            f"the website            http://localhost:{site}",
            f"the practice Discord   http://localhost:{practice}",
            "",
            "Say something in either. Ctrl-C stops both.",
        )
        sys.stdout.write(box(*lines) + "\n")
        sys.stdout.flush()
        await living(children, site, practice) if is_new else await first_to_end(children)


async def living(children: list[Child], site: int, practice: int) -> None:
    """As ever, while people come by for the first time."""
    people = asyncio.create_task(alive.come_alive(f"http://localhost:{site}", f"http://localhost:{practice}"))
    try:
        await first_to_end(children)
    finally:
        people.cancel()
        with suppress(asyncio.CancelledError):
            await people


async def first_to_end(children: list[Child]) -> None:
    waits = {asyncio.create_task(child.process.wait()): child for child in children}
    done: set[asyncio.Task[int]] = set()
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    raise DemoError(f"{waits[done.pop()].name} has ended; what it said is above.")


async def until_told(environ: Mapping[str, str]) -> None:
    """Runs the demo as a task that a signal cancels, once; the stopping itself is not interrupted."""
    task = asyncio.create_task(demo(environ))
    loop = asyncio.get_running_loop()
    told: list[bool] = []

    def tell() -> None:
        if not told:
            told.append(True)
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, tell)
    try:
        await task
    except asyncio.CancelledError:
        if not told:
            raise


def main() -> int:
    os.chdir(HERE)
    try:
        asyncio.run(until_told(os.environ))
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
