"""The moderators' messages about all but comments, for the steps of cogs/_noticing.py. Called by cogs/mod_channel."""

from typing import Any

import discord

from cogs._channel_shown import SHOWN, is_about
from cogs._noticing import Noticer, now
from db import mod_notices
from db.mod_notices import Notice


class Teller(Noticer[Notice]):
    lane = "mod"
    things = "Cases and reports"

    def nonce(self, notice: Notice) -> str:
        return f"mod {notice.id}"

    def is_about(self, message: discord.Message, notice: Notice) -> bool:
        return is_about(message, notice.kind, notice.subject_id)

    async def shown(self, notice: Notice) -> dict[str, Any] | None:
        found = await SHOWN[notice.kind](self.store, notice.subject_id)
        return found.payload if found else None

    async def newest_known(self, channel_id: int) -> int:
        return await mod_notices.newest(self.store.pool, channel_id)

    async def claim(self, notice: Notice, channel_id: int, after: int, term: int) -> bool:
        return await mod_notices.claim(self.store, notice, channel_id, after, term)

    async def record(self, notice: Notice, message_id: int, *, is_current: bool = True) -> None:
        await mod_notices.record(self.store, notice, message_id, is_current=is_current)

    async def put_off(self, notice: Notice, *, at_once: bool = False) -> None:
        await mod_notices.put_off(self.store, notice, now(), at_once=at_once)

    async def drop(self, notice: Notice) -> None:
        await mod_notices.drop(self.store, notice)
