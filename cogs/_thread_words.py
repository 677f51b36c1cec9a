"""What the thread of a post is called and begins with, and what Discord's answers to it mean. No I/O."""

from collections.abc import Iterable
from typing import Any

import discord

from cogs._courier import NotNow, Outcome, Rejected, Unknown
from db.config import Config
from db.markup import escape
from db.threads import Thread

TITLE_MAX, DESCRIPTION_MAX = 256, 4096  # characters; Discord's own
SLEEPS_AFTER = 10080  # minutes without a word; the longest that Discord offers
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
NO_MENTIONS = {"parse": list[str]()}


class Later(Exception):
    """It cannot be done now. `seconds` until it makes sense to try again, None for longer each time."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


def address(config: Config, slug: str) -> str:
    return f"{config.public_url}/blog/{slug}"


def first_message(config: Config, thread: Thread) -> dict[str, Any]:
    embed: dict[str, Any] = {"title": escape(thread.title)[:TITLE_MAX], "url": address(config, thread.slug)}
    if thread.summary:
        embed["description"] = escape(thread.summary)[:DESCRIPTION_MAX]
    return {"content": "", "embeds": [embed], "allowed_mentions": NO_MENTIONS}


def is_about(config: Config, thread: Thread, messages: Iterable[discord.Message], me: int) -> int | None:
    """The id of the message with which the thread of this post began, if it is one of these; under whichever slug."""
    addresses = {address(config, slug) for slug in thread.slugs}
    mine = (one for one in messages if one.author.id == me and one.webhook_id is None)
    return next((one.id for one in mine if any(embed.url in addresses for embed in one.embeds)), None)


def check(outcome: Outcome, harmless: frozenset[int] = frozenset()) -> None:
    """Raises Later unless it happened, or was refused with one of these codes."""
    match outcome:
        case NotNow(seconds, reason):
            raise Later("" if reason == "rate limited" else reason, seconds)
        case Unknown():
            raise Later("", SETTLE)
        case Rejected(_, code, reason) if code not in harmless:
            raise Later(f"Discord refuses it: {reason}.")
