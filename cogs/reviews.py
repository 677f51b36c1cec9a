"""Reviews: each new comment comes to the moderators' channel, with buttons by which the owner decides. The message then
shows what was decided, from whichever door. One step at a time, by the process that leads; the steps are _reviewing's.
"""

from datetime import UTC, datetime

from cogs import Bot
from cogs._mod_chores import ModChore
from cogs._review_words import BUTTONS
from cogs._reviewing import Reviewer
from db import comments
from db.events import Missed, NoticeDue

LOOK_EVERY = 5.0  # seconds; another process may have taken a comment


class Reviews(ModChore):
    name = "comments for the moderators"
    buttons = BUTTONS
    nudged_by = (NoticeDue, Missed)

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self._reviewer = Reviewer(bot)

    async def begin(self) -> None:
        await comments.tell_waiting(self.store)

    async def rest(self) -> float:
        return min(LOOK_EVERY, self._reviewer.wait() or LOOK_EVERY)

    async def do_next(self) -> bool:
        """Does one step. False when there is none, or Discord wants a rest."""
        if self._reviewer.wait() > 0:
            return False
        notice = await comments.next_notice(self.store.pool, datetime.now(UTC))
        if notice is None:
            return False
        await self._reviewer.step(notice)
        return True


async def setup(bot: Bot) -> None:
    await bot.add_cog(Reviews(bot))
