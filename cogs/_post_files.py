"""What is attached to a command about posts: the text, and pictures, which go to the site's media."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import discord

from cogs._post_links import key_of
from cogs._writers import now
from db import media
from db.errors import Refused
from db.media import ALT_MAX, Media
from db.people import Person

if TYPE_CHECKING:
    from cogs import Bot

TEXT_MAX = 1024 * 1024  # bytes; a post holds 200,000 characters
ENDINGS = (".md", ".markdown", ".mdown", ".txt")
PATIENCE = 20.0  # seconds for one file
LOST = "Discord does not give out the file {name} just now. Please try again."


@dataclass(slots=True)
class Brought:
    """Pictures by the keys of their names, and a sentence for each that was not taken."""

    pictures: dict[str, Media] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def addresses(self) -> dict[str, str]:
        return {key: one.url for key, one in self.pictures.items()}


async def text_of(file: discord.Attachment) -> str:
    """The text of a Markdown file. Raises Refused (`bad_file`)."""
    name = shown(file)
    if not file.filename.lower().endswith(ENDINGS):
        raise Refused(f"{name} is no Markdown file: its name ends with .md.", "bad_file")
    if file.size > TEXT_MAX:
        raise Refused(f"{name} has {file.size:,} bytes; {TEXT_MAX:,} are the most.", "bad_file")
    try:
        return (await _bytes_of(file)).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{name} is not UTF-8 text. Save it as that, and try again.", "bad_file") from None


async def bring(
    bot: "Bot", person: Person, files: Iterable[discord.Attachment], alts: dict[str, str] | None = None
) -> Brought:
    """Keeps the pictures as the person's. One that cannot be taken is told of, and the others are kept."""
    brought, store = Brought(), bot.store
    most = store.config.media.upload_max
    for file in files:
        key = key_of(file.filename)
        try:
            if file.size > most:
                raise Refused(f"it has {file.size:,} bytes, and {most:,} are the most.")
            alt = (alts or {}).get(key) or file.description or ""
            brought.pictures[key] = await media.add(store, person, await _bytes_of(file), alt[:ALT_MAX], now())
        except Refused as refused:
            brought.notes.append(f"{shown(file)} was not taken: {refused.sentence}")
    return brought


async def _bytes_of(file: discord.Attachment) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE):
            return await file.read()
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError) as error:
        raise Refused(LOST.format(name=shown(file)), "bad_file") from error


def shown(file: discord.Attachment) -> str:
    """Its name, as code, so that it is no markup."""
    return f"`{file.filename.replace('`', '')[:80]}`"
