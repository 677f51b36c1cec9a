"""What is done about a person: /mod ban, unban, mute, unmute, warn and note."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs._case_words import done, name
from cogs._mod_buttons import undo
from cogs._mod_desk import ASK_FOR, ASK_REASON, ASK_WHO, Desk, Reason, say
from cogs._mod_offers import bannable, banned, lengths, muted
from cogs._mod_who import chosen, lately
from cogs._moderators import begin, now, until
from db import sanctions

if TYPE_CHECKING:
    from cogs import Bot


class Sanctioning(Desk):
    @app_commands.command()
    @app_commands.rename(for_="for")
    @app_commands.describe(who=ASK_WHO, for_=ASK_FOR, reason=ASK_REASON)
    @app_commands.autocomplete(who=bannable, for_=lengths)
    async def ban(self, interaction: "discord.Interaction[Bot]", who: str, for_: str = "", reason: Reason = "") -> None:
        """Keep somebody out of the site, from wherever they come."""
        by = await begin(interaction)
        person, end, moment = await chosen(interaction, who), await until(interaction, for_), now()
        case = await sanctions.ban(self.store, by, person.id, moment, until=end, reason=reason)
        await say(interaction, done(case, moment), undo(case, moment))

    @app_commands.command()
    @app_commands.describe(who=ASK_WHO, reason=ASK_REASON)
    @app_commands.autocomplete(who=banned)
    async def unban(self, interaction: "discord.Interaction[Bot]", who: str, reason: Reason = "") -> None:
        """Let somebody in again."""
        by = await begin(interaction)
        person, moment = await chosen(interaction, who), now()
        case = await sanctions.unban(self.store, by, person.id, moment, reason=reason)
        await say(interaction, done(case, moment))

    @app_commands.command()
    @app_commands.rename(for_="for")
    @app_commands.describe(who=ASK_WHO, for_=ASK_FOR, reason=ASK_REASON)
    @app_commands.autocomplete(who=bannable, for_=lengths)
    async def mute(
        self, interaction: "discord.Interaction[Bot]", who: str, for_: str = "", reason: Reason = ""
    ) -> None:
        """Let somebody read, but not write."""
        by = await begin(interaction)
        person, end, moment = await chosen(interaction, who), await until(interaction, for_), now()
        case = await sanctions.mute(self.store, by, person.id, moment, until=end, reason=reason)
        await say(interaction, done(case, moment), undo(case, moment))

    @app_commands.command()
    @app_commands.describe(who=ASK_WHO, reason=ASK_REASON)
    @app_commands.autocomplete(who=muted)
    async def unmute(self, interaction: "discord.Interaction[Bot]", who: str, reason: Reason = "") -> None:
        """Let somebody write again."""
        by = await begin(interaction)
        person, moment = await chosen(interaction, who), now()
        case = await sanctions.unmute(self.store, by, person.id, moment, reason=reason)
        await say(interaction, done(case, moment))

    @app_commands.command()
    @app_commands.describe(who=ASK_WHO, reason=ASK_REASON)
    @app_commands.autocomplete(who=bannable)
    async def warn(self, interaction: "discord.Interaction[Bot]", who: str, reason: Reason = "") -> None:
        """Tell somebody that it is enough. It is on record, and they read it on the site."""
        by = await begin(interaction)
        person, moment = await chosen(interaction, who), now()
        case = await sanctions.warn(self.store, by, person.id, moment, reason=reason)
        await say(interaction, done(case, moment))

    @app_commands.command()
    @app_commands.describe(who=ASK_WHO, text="What other moderators should know; nobody else reads it")
    @app_commands.autocomplete(who=lately)
    async def note(self, interaction: "discord.Interaction[Bot]", who: str, text: Reason) -> None:
        """Write something down about somebody, for moderators alone."""
        by = await begin(interaction)
        person = await chosen(interaction, who)
        case = await sanctions.note(self.store, by, person.id, text, now())
        await say(interaction, f"Noted about {name(case.person_name)}. Case {case.id}.")
