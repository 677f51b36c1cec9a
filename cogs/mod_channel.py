"""The moderators' channel: a line for each case, and a message with buttons for each report, held message and raid, and
one for each fault; all of them show what became of it. One step at a time, by the process that leads; the steps are
_channel_telling's.
"""

from datetime import UTC, datetime

import discord
from discord.ext import commands

from cogs import (
    Bot,
    _channel_messages,  # noqa: F401 - fills in what is shown
)
from cogs._channel_buttons import BUTTONS
from cogs._channel_forms import FORMS
from cogs._channel_telling import Teller
from cogs._kept_forms import submitted
from cogs._mod_chores import ModChore
from db import mod_notices, reports
from db.events import Behind, Changed, Missed, ModNoticeDue

LOOK_EVERY = 5.0  # seconds; another process may have put something on record


class ModChannel(ModChore):
    name = "messages for the moderators"
    buttons = BUTTONS
    nudged_by = (ModNoticeDue, Changed, Behind, Missed)

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self._teller = Teller(bot)

    def _on_event(self, event: object) -> None:
        if not isinstance(event, Changed) or event.kind == "delete":  # what is said by itself is no news here
            super()._on_event(event)

    async def begin(self) -> None:
        await mod_notices.begin_in(self.store, self.store.config.discord.mod_channel_id, datetime.now(UTC))

    async def rest(self) -> float:
        return min(LOOK_EVERY, self._teller.wait() or LOOK_EVERY)

    async def do_next(self) -> bool:
        """Does one step. False when there is none, or Discord wants a rest."""
        if self._teller.wait() > 0:
            return False
        await reports.note_gone(self.store, datetime.now(UTC))
        notice = await mod_notices.next_due(self.store.pool, datetime.now(UTC))
        if notice is None:
            return False
        await self._teller.step(notice)
        return True

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Bot]) -> None:
        """discord.py forgets forms at a restart; these are heard all the same."""
        await submitted(interaction, FORMS)


async def setup(bot: Bot) -> None:
    await bot.add_cog(ModChannel(bot))
