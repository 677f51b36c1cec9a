"""What is on record and what waits: /mod case, cases, bans, who and queue."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs import _case_words as words
from cogs._history_words import history
from cogs._mod_desk import ASK_REASON, ASK_WHO, Desk, Reason, say
from cogs._mod_who import chosen, lately
from cogs._moderators import begin, now
from db import cases, desk, sanctions, sightings
from db.errors import NotFound

if TYPE_CHECKING:
    from cogs import Bot

LISTED = 20


class Recording(Desk):
    @app_commands.command()
    @app_commands.describe(number="The number of the case", reason=f"Give it this reason. {ASK_REASON}")
    async def case(
        self,
        interaction: "discord.Interaction[Bot]",
        number: app_commands.Range[int, 1, 2**53 - 1],
        reason: Reason = "",
    ) -> None:
        """What was done, to whom, by whom and why; or give the reason now."""
        by = await begin(interaction)
        if reason:
            found = await cases.give_reason(self.store, by, number, reason, now())
        else:
            known = await cases.get(self.store.pool, number)
            if known is None:
                raise NotFound(cases.NO_CASE)
            found = known
        await say(interaction, words.whole(found))

    @app_commands.command()
    @app_commands.describe(who=f"Only about somebody. {ASK_WHO}")
    @app_commands.autocomplete(who=lately)
    async def cases(self, interaction: "discord.Interaction[Bot]", who: str = "") -> None:
        """The latest cases."""
        await begin(interaction)
        person_id = (await chosen(interaction, who)).id if who else None
        found = await cases.latest(self.store.pool, person_id=person_id, limit=LISTED)
        await say(interaction, words.fitted(map(words.line, found)) or "There are no cases yet.")

    @app_commands.command()
    async def bans(self, interaction: "discord.Interaction[Bot]") -> None:
        """Who is kept out, or only reads."""
        await begin(interaction)
        found = await sanctions.current(self.store.pool, now())
        await say(interaction, words.fitted(map(words.sanction, found)) or "Nobody is banned or muted.")

    @app_commands.command()
    @app_commands.describe(who=ASK_WHO)
    @app_commands.autocomplete(who=lately)
    async def who(self, interaction: "discord.Interaction[Bot]", who: str) -> None:
        """What is known of somebody: names, messages, cases, and where else they may be."""
        await begin(interaction)
        person = await chosen(interaction, who)
        await say(interaction, history(await sightings.history(self.store.pool, person.id, now())))

    @app_commands.command()
    async def queue(self, interaction: "discord.Interaction[Bot]") -> None:
        """What waits for a moderator: held messages, comments and reports."""
        await begin(interaction)
        counts, waiting = await desk.counts(self.store.pool), await desk.waiting(self.store.pool)
        await say(interaction, words.desk(counts, waiting))
