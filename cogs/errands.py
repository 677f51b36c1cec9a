"""Errands: the bot takes out of Discord what moderators removed on the site and others had written there, and hides the
cards of links that they hid. By the process that leads, as db/outbox has them; many messages with one request.

What comes of it is told by Discord like everybody's deletion, and changes nothing here any more.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import discord

from cogs import Bot
from cogs._chores import Chore
from db import outbox
from db.events import DiscordChanged, Queued
from db.outbox import Errand

log = logging.getLogger(__name__)
LOOK_EVERY = 5.0  # seconds; another process may have put one
BULK_AGE = timedelta(days=14) - timedelta(hours=1)  # Discord takes nothing older away with others
SUPPRESS_EMBEDS = 1 << 2
UNKNOWN = {10003, 10008}  # no such channel, no such message: then there is nothing to do
ARCHIVED = 50083
NOT_NOW = {401, 408, 429}  # answers below 500 after which another try makes sense
REASON = "Removed on the site"


class Errands(Chore):
    name = "errands"
    nudged_by = (Queued, DiscordChanged)

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self._alone: set[int] = set()  # messages that Discord would not take away with others

    async def rest(self) -> float:
        return LOOK_EVERY

    async def do_next(self) -> bool:
        """Runs what is due together. False when there is nothing."""
        now = datetime.now(UTC)
        due = self._together(await outbox.next_errands(self.store.pool, now), now)
        if not due:
            return False
        # Put off before it is tried: what stumbles every time must not be tried every time.
        await outbox.put_off_errands(self.store, due, now + outbox.wait_for_errand(due[0].tries))
        try:
            await self._run(due)
        except discord.HTTPException as error:
            await self._note(due, error, now)
        else:
            await outbox.record_run(self.store, due)
        return True

    def _together(self, due: Sequence[Errand], now: datetime) -> list[Errand]:
        """As many of these as one request can be about."""
        many = [
            one
            for one in due
            if one.kind == "delete"
            and one.discord_id not in self._alone
            and now - discord.utils.snowflake_time(one.discord_id) < BULK_AGE
        ]
        return many if len(many) > 1 else list(due[:1])

    async def _run(self, due: Sequence[Errand]) -> None:
        http, channel_id, message_id = self.bot.http, due[0].channel_id, due[0].discord_id
        if len(due) > 1:
            await http.delete_messages(channel_id, [one.discord_id for one in due], reason=REASON)
        elif due[0].kind == "delete":
            await http.delete_message(channel_id, message_id, reason=REASON)
        else:
            path = "/channels/{channel_id}/messages/{message_id}"
            route = discord.http.Route("PATCH", path, channel_id=channel_id, message_id=message_id)
            await http.request(route, json={"flags": SUPPRESS_EMBEDS})

    async def _note(self, due: Sequence[Errand], error: discord.HTTPException, now: datetime) -> None:
        if error.code in UNKNOWN:
            await outbox.record_run(self.store, due)
        elif error.code == ARCHIVED and await self._wake(due[0].channel_id):
            await outbox.put_off_errands(self.store, due, now)
        elif not 400 <= error.status < 500 or error.status in NOT_NOW:
            raise error
        elif len(due) > 1 and not isinstance(error, discord.Forbidden):
            self._alone |= {one.discord_id for one in due}
            await outbox.put_off_errands(self.store, due, now)
        else:
            log.warning("Discord does not let the bot take a message away, or its cards: %s", error.text)
            sentence = f"Discord did not let the bot do it there: {error.text or error.status}."
            await outbox.record_refused(self.store, due, sentence, now)

    async def _wake(self, thread_id: int) -> bool:
        """Nothing is done in a thread that sleeps. False where the bot may not wake it."""
        try:
            await self.bot.http.edit_channel(thread_id, archived=False, reason=REASON)
        except (discord.Forbidden, discord.NotFound):
            return False
        return True


async def setup(bot: Bot) -> None:
    await bot.add_cog(Errands(bot))
