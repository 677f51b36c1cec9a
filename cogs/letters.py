"""Letters: direct messages by the bot, as they wait in db/letters. One at a time, by the process that leads.

A letter goes from the queue when Discord has taken it, or never will. The secret in one for a forgotten password is
made when it leaves, and made anew with each try.
"""

import asyncio
import logging
import secrets
from datetime import UTC, datetime

import discord

from cogs import Bot
from cogs._chores import Chore
from cogs._letter_words import of_chats, of_password, of_report
from cogs._outages import DISCORD_FAILED
from db import letters, links, reports
from db.events import LetterPut
from db.letters import Letter

log = logging.getLogger(__name__)
LOOK_EVERY = 5.0  # seconds; another process may have put one
PATIENCE = 30.0  # seconds for one letter
NOT_NOW = {401, 408, 429}  # answers below 500 after which another try makes sense
REFUSED = "Discord refuses a letter (%s) for good"
CLOSED = "A letter (%s) cannot be delivered: the member takes no direct messages from the bot. It is given up"


class Letters(Chore):
    name = "letters"
    nudged_by = (LetterPut,)

    async def rest(self) -> float:
        return LOOK_EVERY

    async def do_next(self) -> bool:
        """Tries the letter that is due. False when there is none."""
        now = datetime.now(UTC)
        letter = await letters.next_due(self.store.pool, now)
        if letter is None:
            return False
        if letter.discord_id is None or await self._is_needless(letter, now):
            await letters.remove(self.store.pool, letter.id)
            return True
        # Put off before it is tried: what stumbles every time must not be tried every time.
        await letters.put_off(self.store.pool, letter.id, now + letters.wait_after(letter.tries))
        try:
            async with asyncio.timeout(PATIENCE):
                await self._deliver(letter, letter.discord_id)
        except DISCORD_FAILED as error:
            if not _is_final(error):
                log.warning("A letter (%s) waits (%s)", letter.kind, type(error).__name__)
                return True
            log.warning(CLOSED if isinstance(error, discord.Forbidden) else REFUSED, letter.kind)
        await letters.remove(self.store.pool, letter.id)
        return True

    async def _is_needless(self, letter: Letter, now: datetime) -> bool:
        """Nobody wants news that are old, or messages that have been read meanwhile."""
        if letters.is_stale(letter, now):
            return True
        return letter.kind == "chats" and await letters.is_read(self.store.pool, letter.person_id)

    async def _deliver(self, letter: Letter, discord_id: int) -> None:
        pages = await self._words(letter)
        user = self.bot.get_user(discord_id) or await self.bot.fetch_user(discord_id)
        channel = await user.create_dm()
        for number, words in enumerate(pages):
            # The same nonce again within minutes is the same message: a letter of unknown outcome is not doubled.
            # A forgotten password has another link each time, and the newest alone is good.
            nonce = str(secrets.randbits(63)) if letter.kind == "password" else f"letter {letter.id} {number}"
            await channel.send(words, suppress_embeds=True, nonce=nonce)

    async def _words(self, letter: Letter) -> list[str]:
        config = self.store.config
        if letter.kind == "chats":
            return [of_chats(config)]
        if letter.kind == "report":
            report = await reports.get(self.store.pool, letter.report_id or 0)
            return of_report(config, report) if report else []
        token = await links.make(self.store, letter.person_id, "password", datetime.now(UTC), links.PASSWORD_LIFE)
        return [of_password(config, token)]


def _is_final(error: Exception) -> bool:
    """Whether Discord will never take it: the door is closed (403), or nobody lives there."""
    return isinstance(error, discord.HTTPException) and 400 <= error.status < 500 and error.status not in NOT_NOW


async def setup(bot: Bot) -> None:
    await bot.add_cog(Letters(bot))
