"""The rules for what is written: /mod filter add, remove, list and test."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from cogs._case_words import counted, fitted, name, paged, quote, stamp
from cogs._mod_desk import Desk, say
from cogs._mod_pages import Page, Turn, turns
from cogs._mod_who import CHOICES, in_time
from cogs._moderators import begin, now, until
from db import filters
from db.errors import NotFound, Refused
from db.filters import Filter
from db.markup import escape

if TYPE_CHECKING:
    from cogs import Bot

Kind = Literal["words", "pattern", "links", "mentions", "repeats", "caps", "zalgo", "names"]
Action = Literal["hold", "delete", "mute", "notify"]
ASK_KIND = "What it looks at"
ASK_PATTERN = "The word, the pattern, the allowed hosts, or the number; docs/moderation.md tells which"
FOREVER = "A filter mutes for a time: say for how long, such as '10m'."
MATCHES = 15
FILTERS_MAX = 40  # on a page
NUMBER = re.compile(r"[0-9]{1,15}")
NONE_YET = "Nobody has said anything yet that it could have matched."
NO_FILTER = "There is no such filter. Choose one of those that are offered while you type."


async def offered(interaction: "discord.Interaction[Bot]", typed: str) -> list[app_commands.Choice[str]]:
    """The filters that there are; to who is no moderator, none."""

    async def find() -> list[app_commands.Choice[str]]:
        found = [(one.id, filters.in_words(one)) for one in await filters.all(interaction.client.store.pool)]
        alike = [(number, words) for number, words in found if typed.casefold() in words.casefold()]
        return [app_commands.Choice(name=words[:100], value=str(number)) for number, words in alike[:CHOICES]]

    return await in_time(interaction, find)


class Filtering(Desk):
    filtering = app_commands.Group(name="filter", description="Rules for what is written on the site")

    @filtering.command(name="add")
    @app_commands.rename(for_="for")
    @app_commands.describe(
        kind=ASK_KIND, pattern=ASK_PATTERN, action="What is done where it matches", for_="How long a mute lasts"
    )
    async def add_filter(
        self,
        interaction: "discord.Interaction[Bot]",
        kind: Kind,
        action: Action,
        pattern: app_commands.Range[str, 1, 500] = "",
        for_: str = "",
    ) -> None:
        """Add a rule, or give one another action. `/mod filter test` shows first what it would have matched."""
        by, moment = await begin(interaction), now()
        end = await until(interaction, for_) if action == "mute" else None
        if action == "mute" and end is None:
            raise Refused(FOREVER, "bad_time")
        minutes = max(1, round((end - moment).total_seconds() / 60)) if end else None
        made = await filters.add(self.store, by, kind, pattern, action, minutes, moment)
        former = "; ".join(_shown(one) for one in made.instead_of)
        await say(interaction, f"Filter {made.id} is on: {_shown(made)}.{f' It replaces {former}.' if former else ''}")

    @filtering.command(name="remove")
    @app_commands.rename(number="filter")
    @app_commands.describe(number="Which")
    @app_commands.autocomplete(number=offered)
    async def remove_filter(
        self, interaction: "discord.Interaction[Bot]", number: app_commands.Range[str, 1, 100]
    ) -> None:
        """Take a rule away."""
        by = await begin(interaction)
        if not NUMBER.fullmatch(number):
            raise NotFound(NO_FILTER)
        gone = await filters.remove(self.store, by, int(number), now())
        await say(interaction, f"Filter {gone.id} is gone: {_shown(gone)}.")

    @filtering.command(name="list")
    async def list_filters(self, interaction: "discord.Interaction[Bot]") -> None:
        """The rules that there are."""
        await begin(interaction)
        await say(interaction, *(await _listed(self.bot)))

    @filtering.command(name="test")
    @app_commands.describe(kind=ASK_KIND, pattern=ASK_PATTERN)
    async def test_filter(
        self, interaction: "discord.Interaction[Bot]", kind: Kind, pattern: app_commands.Range[str, 1, 500] = ""
    ) -> None:
        """What a rule would have matched in the last 1,000 messages."""
        await begin(interaction)
        tried = await filters.test(self.store, filters.draft(kind, pattern, "notify"))
        found, among = tried.found, counted(tried.looked_at, "message")
        head = f"It would have matched {len(found):,} of the last {among}." if tried.looked_at else NONE_YET
        lines = [f"{stamp(one.created_at, 'd')} {name(one.name)}: {quote(one.content)}" for one in found[:MATCHES]]
        await say(interaction, fitted([head, *lines]))


class TurnFilters(Turn, custom_id="mod:filters:{before}"):
    """The oldest stand first, so that `before` is the last of those that were shown."""

    async def page(self, bot: "Bot") -> Page:
        return await _listed(bot, self.numbers["before"])


async def _listed(bot: "Bot", after: int = 0) -> Page:
    found = [one for one in await filters.all(bot.store.pool) if one.id > after]
    text, last = paged([(one.id, f"`{one.id}` {_shown(one)}") for one in found], FILTERS_MAX)
    return text or "There are no filters.", turns(TurnFilters, after, last, labels=("First", "More"))


def _shown(one: Filter) -> str:
    return filters.in_words(replace(one, pattern=escape(one.pattern)))
