"""Discipline: whom the moderators of the Discord server ban or time out, as the site hears of it. One thing after the
other, by the process that leads.

Who did it and why stands in the server's audit log, which Discord tells live to who may see it. What happened while
nobody listened is read there, from the last entry that was taken in. Without that right bans are heard of all the same.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import discord
from discord import AuditLogAction
from discord.ext import commands

from cogs import Bot
from cogs._chores import Chore
from db import people, settings, timeouts

log = logging.getLogger(__name__)
LOOK_EVERY = 60.0  # seconds
SEEN = "audit log seen"
ENTRIES_MAX = 1000  # read after an absence
BANS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody is kept quiet from here, until then or for good, or not any more (`is_over`)."""

    discord_id: int
    name: str
    rule: str
    is_over: bool
    until: datetime | None = None
    reason: str = ""
    entry_id: int = 0


@dataclass(frozen=True, slots=True)
class LookBack:
    """A new session: what happened since the last one does not come by itself."""


class Discipline(Chore):
    name = "discipline"

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self._waiting: deque[Told | LookBack] = deque()

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        self._put(LookBack())

    @commands.Cog.listener()
    async def on_audit_log_entry_create(self, entry: discord.AuditLogEntry) -> None:
        told = self._read(entry)
        if told:
            self._put(told)

    @commands.Cog.listener()
    async def on_member_ban(self, guild: discord.Guild, user: discord.User | discord.Member) -> None:
        if not may_see_log(guild):
            self._put(Told(user.id, user.display_name, timeouts.BANNED, is_over=False))

    @commands.Cog.listener()
    async def on_member_unban(self, guild: discord.Guild, user: discord.User) -> None:
        if not may_see_log(guild):
            self._put(Told(user.id, user.display_name, timeouts.BANNED, is_over=True))

    def _put(self, one: Told | LookBack) -> None:
        self._waiting.append(one)
        self._nudge.set()

    async def rest(self) -> float:
        return LOOK_EVERY

    async def do_next(self) -> bool:
        """Takes in the oldest. It goes when that is done: what the database cannot take now waits with all after it."""
        if not self._waiting:
            return False
        one = self._waiting[0]
        try:
            await (self._look_back() if isinstance(one, LookBack) else self._take_in(one))
        except discord.Forbidden:
            log.warning("The bot may not look into the server's bans any more, or into its audit log")
        except (KeyError, ValueError, TypeError):
            log.exception("What Discord tells of a ban or a timeout cannot be read and is left out")
        self._waiting.popleft()
        return True

    async def _take_in(self, one: Told) -> None:
        now = datetime.now(UTC)
        if one.is_over:
            await timeouts.hear_freed(self.store, one.discord_id, now, rule=one.rule)
        else:
            name = one.name or await self._name_of(one.discord_id)
            await timeouts.hear_barred(
                self.store, one.discord_id, name, now, until=one.until, reason=one.reason, rule=one.rule
            )
        if one.entry_id:
            await settings.keep(self.store.pool, SEEN, one.entry_id)

    async def _name_of(self, discord_id: int) -> str:
        """Discord tells of entries in the log by ids alone; who is known here keeps the name that they have here."""
        known = await people.known_discord_names(self.store.pool, [discord_id])
        return known.get(discord_id) or (await self.bot.fetch_user(discord_id)).display_name

    async def _look_back(self) -> None:
        guild = self.bot.get_guild(self.store.config.discord.guild_id) or next(iter(self.bot.guilds), None)
        if guild is None:
            return
        if may_see_log(guild):
            await self._read_log(guild)
        if guild.me.guild_permissions.ban_members:
            banned = [one.user.id async for one in guild.bans(limit=BANS_MAX)]
            await timeouts.hear_bans(self.store, banned, datetime.now(UTC))

    async def _read_log(self, guild: discord.Guild) -> None:
        """What came since the last entry that was taken in; at first nothing but where the log is now."""
        seen = await settings.get(self.store.pool, SEEN)
        if seen is None:
            newest = [one async for one in guild.audit_logs(limit=1)]
            await settings.keep(self.store.pool, SEEN, newest[0].id if newest else 1)
            return
        after = discord.Object(int(seen))
        missed = [one async for one in guild.audit_logs(after=after, oldest_first=True, limit=ENTRIES_MAX)]
        for entry in missed:
            told = self._read(entry)
            if told:
                await self._take_in(told)
        if missed:
            await settings.keep(self.store.pool, SEEN, missed[-1].id)

    def _read(self, entry: discord.AuditLogEntry) -> Told | None:
        """None for what is about something else, and for what the bot did itself: that is no news."""
        reader = READERS.get(entry.action)
        if reader is None or entry.target is None or (self.bot.user and entry.user_id == self.bot.user.id):
            return None
        return reader(entry)


def _banned(entry: discord.AuditLogEntry) -> Told:
    return Told(*_whom(entry), timeouts.BANNED, is_over=False, reason=entry.reason or "", entry_id=entry.id)


def _unbanned(entry: discord.AuditLogEntry) -> Told:
    return Told(*_whom(entry), timeouts.BANNED, is_over=True, entry_id=entry.id)


def _changed(entry: discord.AuditLogEntry) -> Told | None:
    """Of all that may be changed of a member, the timeout."""
    if not (hasattr(entry.after, "timed_out_until") or hasattr(entry.before, "timed_out_until")):
        return None
    until: datetime | None = getattr(entry.after, "timed_out_until", None)
    reason = entry.reason or ""
    return Told(*_whom(entry), timeouts.TIMED_OUT, until is None, until, reason, entry.id)


def _whom(entry: discord.AuditLogEntry) -> tuple[int, str]:
    return int(getattr(entry.target, "id", 0)), str(getattr(entry.target, "display_name", ""))


READERS: dict[AuditLogAction, Callable[[discord.AuditLogEntry], Told | None]] = {
    AuditLogAction.ban: _banned,
    AuditLogAction.unban: _unbanned,
    AuditLogAction.member_update: _changed,
}


def may_see_log(guild: discord.Guild) -> bool:
    return guild.me.guild_permissions.view_audit_log


async def setup(bot: Bot) -> None:
    await bot.add_cog(Discipline(bot))
