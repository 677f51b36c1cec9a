"""What is done about messages: /mod delete and purge."""

import asyncio
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs._case_words import name, preview
from cogs._mod_buttons import second_thought
from cogs._mod_desk import ASK_MESSAGE, ASK_REASON, Desk, Reason, say
from cogs._mod_who import chosen, lately, meant
from cogs._moderators import begin, now
from db import messages, purges, times
from db.cases import Case
from db.errors import NotFound
from db.messages import SELECTED_MAX, Selection

if TYPE_CHECKING:
    from cogs import Bot

NOTHING = "No message that is still there is like that."


class Removing(Desk):
    @app_commands.command()
    @app_commands.describe(message=ASK_MESSAGE, reason=ASK_REASON)
    async def delete(self, interaction: "discord.Interaction[Bot]", message: str, reason: Reason = "") -> None:
        """Remove a message, on the site and in Discord."""
        by = await begin(interaction)
        case = await messages.remove(self.store, by, await meant(interaction, message), now(), reason=reason)
        await say(interaction, removed(case))

    @app_commands.command()
    @app_commands.describe(
        who="Only what this person wrote",
        text="Only what has these words in it",
        last="Only the newest so many",
        since="Only what was written since then, such as '2h' or 'yesterday'",
        reason=ASK_REASON,
    )
    @app_commands.autocomplete(who=lately)
    async def purge(
        self,
        interaction: "discord.Interaction[Bot]",
        who: str = "",
        text: app_commands.Range[str, 1, 200] = "",
        last: app_commands.Range[int, 1, SELECTED_MAX] | None = None,
        since: str = "",
        reason: Reason = "",
    ) -> None:
        """Remove many messages at once, after you have seen which."""
        by = await begin(interaction)
        person_id = (await chosen(interaction, who)).id if who else None
        zone = self.store.config.site.timezone
        moment = await asyncio.to_thread(times.since, since, now(), zone) if since else None
        found = await messages.selected(self.store.pool, Selection(person_id, text, last, moment), by=by)
        if not found:
            raise NotFound(NOTHING)
        number = await purges.offer(self.store, by, [one.id for one in found], reason, now())
        await say(interaction, preview(found), second_thought(number))


def removed(case: Case) -> str:
    whose = f" of {name(case.person_name)}" if case.person_name else ""
    return f"The message{whose} is removed, here and in Discord. Case {case.id}."
