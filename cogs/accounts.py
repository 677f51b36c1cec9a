"""Accounts in Discord, for the owner: /account list, show, role, disable, enable, reset."""

from datetime import UTC, datetime
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._owners import HIDDEN, is_owner, owner
from db import accounts, links
from db.accounts import Account
from db.markup import escape
from db.usernames import as_typed

LISTED = 25
CHOICES = 25


async def usernames(interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
    """The members whose usernames begin so; to anybody but the owner, none."""
    if not is_owner(interaction):
        return []
    found = await accounts.beginning_with(interaction.client.store.pool, typed, CHOICES)
    return [app_commands.Choice(name=username, value=username) for username in found]


@app_commands.guild_only()
@app_commands.default_permissions(HIDDEN)
class Accounts(commands.GroupCog, name="account", description="Members of your site"):
    def __init__(self, bot: Bot) -> None:
        self.store = bot.store

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Before any of these commands; the acts ask again."""
        return is_owner(interaction)

    @app_commands.command(name="list")
    async def list_(self, interaction: discord.Interaction[Bot]) -> None:
        """The newest members."""
        await interaction.response.defer(ephemeral=True)
        found, count = await accounts.newest(self.store.pool, LISTED), await accounts.count(self.store.pool)
        head = f"{count} members, the newest first:" if count > LISTED else "All members, the newest first:"
        lines = [head, *map(_line, found)] if found else ["There are no members yet."]
        await interaction.followup.send("\n".join(lines), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(username="Whose account")
    @app_commands.autocomplete(username=usernames)
    async def show(self, interaction: discord.Interaction[Bot], username: str) -> None:
        """One member: name, role, since when, and whether the account is open."""
        await interaction.response.defer(ephemeral=True)
        account = await accounts.show(self.store, await owner(interaction), username)
        await interaction.followup.send("\n".join(self._lines(account)), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(username="Whose account", role="What they shall be")
    @app_commands.autocomplete(username=usernames)
    async def role(
        self, interaction: discord.Interaction[Bot], username: str, role: Literal["member", "author"]
    ) -> None:
        """Who may write posts: an author may, a member may not."""
        await interaction.response.defer(ephemeral=True)
        account = await accounts.change_role(self.store, await owner(interaction), username, role)
        rank = "an author" if role == "author" else "a member"
        sentence = f"{_named(account)} is {rank} now, and has to log in again."
        await interaction.followup.send(sentence, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(username="Whose account")
    @app_commands.autocomplete(username=usernames)
    async def disable(self, interaction: discord.Interaction[Bot], username: str) -> None:
        """Close an account: they are logged out at once and cannot come in. What they said stays."""
        await interaction.response.defer(ephemeral=True)
        account = await accounts.disable(self.store, await owner(interaction), username, datetime.now(UTC))
        sentence = f"The account of {_named(account)} is closed. `/account enable` opens it again."
        await interaction.followup.send(sentence, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(username="Whose account")
    @app_commands.autocomplete(username=usernames)
    async def enable(self, interaction: discord.Interaction[Bot], username: str) -> None:
        """Open an account again."""
        await interaction.response.defer(ephemeral=True)
        account = await accounts.enable(self.store, await owner(interaction), username)
        await interaction.followup.send(f"The account of {_named(account)} is open.", ephemeral=True)

    @app_commands.command()
    @app_commands.describe(username="Whose account")
    @app_commands.autocomplete(username=usernames)
    async def reset(self, interaction: discord.Interaction[Bot], username: str) -> None:
        """A link by which a member chooses a new password: once, within 30 minutes."""
        await interaction.response.defer(ephemeral=True)
        token = await accounts.reset(self.store, await owner(interaction), username, datetime.now(UTC))
        sentence = (
            f"Give this to `{as_typed(username)}` and nobody else: whoever opens it chooses their password. "
            f"Once, within 30 minutes: <{links.address(self.store.config, token)}>"
        )
        await interaction.followup.send(sentence, ephemeral=True)

    def _lines(self, account: Account) -> list[str]:
        person = account.person
        ways = [*(["a password"] if account.password_hash else []), *(["Discord"] if person.discord_id else [])]
        state = f"closed <t:{int(account.disabled_at.timestamp())}:R>" if account.disabled_at else "open"
        return [
            f"{_named(account)} is {'the owner' if person.owner else person.role}; the account is {state}.",
            f"Member since <t:{int(account.created_at.timestamp())}:D>, comes in by {' or '.join(ways) or 'no way'}.",
            f"<{self.store.config.public_url}/people/{person.username}>",
        ]


def _named(account: Account) -> str:
    return f"**{escape(account.person.name)}** (`{account.person.username}`)"


def _line(account: Account) -> str:
    person = account.person
    marks = ["owner"] if person.owner else ["author"] if person.role == "author" else []
    marks += ["closed"] if account.disabled_at else []
    name = person.name if len(person.name) <= 32 else f"{person.name[:31]}…"
    return " ".join([f"`{person.username}` {escape(name)}", *(f"({mark})" for mark in marks)])


async def setup(bot: Bot) -> None:
    await bot.add_cog(Accounts(bot))
