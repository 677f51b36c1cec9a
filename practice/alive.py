"""What the demo finds when it is started for the first time: a blog that has moved in, members, comments, and people in
the practice Discord who do what people do there. All of it comes by the doors that visitors and members use.
"""

import asyncio
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from practice import passersby, porch
from practice._children import start

BLOG = "practice/blog"
PASSWORD = "three quiet lanterns"  # noqa: S105 - for two who live in the demo only; the README tells it
NEW = "the-first-frost"
UNHURRIED = 3.2  # seconds between opening a form and sending it, as people take; quicker ones are held for longer
PATIENCE = 20.0
UNCOUNTED = {"DNT": "1"}  # nobody sits there who could be counted
MEMBERS = (
    ("linden", "Linden", "Keeps bees, mends bicycles, and reads the weather out loud.", "slow-books-for-long-evenings"),
    ("wren", "Wren", "I draw small things and lose the pens.", "drawing-a-lamp-in-thirteen-pixels"),
)
COMMENTS = {
    "linden": "The one about **lighthouses**, please! My library only has it in a language I do not read.",
    "wren": "So *that* is why mine looked flat: I kept the frame the same colour and only painted the flame.",
    "Ash": "Second step, nearly fell. Lovely house though.",
}


async def move_in(environ: Mapping[str, str]) -> None:
    """Imports the blog into the demo's database, which nobody else has open yet, and weeks of visitors with it."""
    with TemporaryDirectory() as folder:
        shutil.copytree(BLOG, folder, dirs_exist_ok=True)
        (Path(folder) / "visits.csv").write_bytes(passersby.table(datetime.now(UTC).date()))
        child = await start("The blog", "bot.py", "import", folder, environ=environ)
        try:
            await child.process.wait()
        finally:
            await child.stop(5)


async def come_alive(site: str, discord: str) -> None:
    """Members register and comment, a visitor does, Robin decides and publishes, and Mika answers. What does not work
    is left out: the demo is there without it.
    """
    with suppress(aiohttp.ClientError, TimeoutError, KeyError, IndexError, AttributeError):
        async with asyncio.timeout(120):
            await asyncio.gather(
                *(member(site, *one) for one in MEMBERS), visitor(site, "Ash", "every-element-on-one-page")
            )
            async with aiohttp.ClientSession(discord) as porch_page:
                await approve(porch_page, "Linden")
                await approve(porch_page, "Wren")
                await command(porch_page, "post publish", post=NEW)
                await answer(porch_page)


async def member(site: str, username: str, name: str, about: str, post: str) -> None:
    async with aiohttp.ClientSession(site, headers=UNCOUNTED) as browser:
        await browser.post("/register", data={"username": username, "name": name, "password": PASSWORD})
        await browser.post("/settings/profile", data={"name": name, "about": about})
        await comment(browser, post, COMMENTS[username])


async def visitor(site: str, name: str, post: str) -> None:
    async with aiohttp.ClientSession(site, headers=UNCOUNTED) as browser:
        await comment(browser, post, COMMENTS[name], name=name)


async def comment(browser: aiohttp.ClientSession, post: str, content: str, **more: str) -> None:
    async with browser.get(f"/blog/{post}") as page:
        found = re.findall(r'<input type="hidden" name="(nonce|stamp)" value="([^"]+)"', await page.text())
    await asyncio.sleep(UNHURRIED)
    await browser.post(f"/blog/{post}/comments", data={**dict(found), **more, "content": content})
    await browser.post(f"/blog/{post}/like")


async def approve(porch_page: aiohttp.ClientSession, name: str) -> None:
    """Robin presses the button below the comment of this author."""
    message = await seen(porch_page, porch.MOD, name)
    buttons = [button for row in message["components"] for button in row["components"]]
    [press] = [button["custom_id"] for button in buttons if button.get("label") == "Approve"]
    await send(porch_page, "press", id=message["id"], custom_id=press, who=str(porch.OWNER))


async def answer(porch_page: aiohttp.ClientSession) -> None:
    """Mika answers in the thread of the new post, which is a comment on the page."""
    words = "Chalk is exactly the word. Mine looked like that too, down to the mailbox."
    thread = await newest_thread(porch_page)
    form = {"channel": thread, "who": str(porch.MEMBERS["Mika"]), "content": words}
    async with porch_page.post("/practice/say", data=form) as said:
        said.raise_for_status()


async def newest_thread(porch_page: aiohttp.ClientSession) -> str:
    async with asyncio.timeout(PATIENCE):
        while True:
            channels = (await state_of(porch_page, porch.COMMENTS))["channels"]
            threads = [one["id"] for one in channels if one.get("name") == "The first frost"]
            if threads:
                return str(threads[-1])
            await asyncio.sleep(0.3)


async def command(porch_page: aiohttp.ClientSession, words: str, **options: str) -> None:
    body = {"command": words, "options": options, "who": str(porch.OWNER), "channel": str(porch.MOD)}
    await send(porch_page, "command", **body)


async def seen(porch_page: aiohttp.ClientSession, channel: int, words: str) -> dict[str, Any]:
    """The message in this channel that holds these words, once it is there."""
    async with asyncio.timeout(PATIENCE):
        while True:
            state = await state_of(porch_page, channel)
            found = [one for one in state["messages"] if words in str(one)]
            if found:
                return dict(found[-1])
            await asyncio.sleep(0.3)


async def state_of(porch_page: aiohttp.ClientSession, channel: int) -> dict[str, Any]:
    async with porch_page.get("/practice/state", params={"channel": str(channel)}) as answer:
        return dict(await answer.json())


async def send(porch_page: aiohttp.ClientSession, act: str, **body: object) -> None:
    async with porch_page.post(f"/practice/{act}", json=body) as answer:
        answer.raise_for_status()
