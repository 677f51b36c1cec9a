"""The moderators' messages about comments, for the steps of cogs/_noticing.py. Called by cogs/reviews."""

from typing import Any

import discord

from cogs._noticing import Noticer, now
from cogs._review_words import is_about, shown
from db import comments
from db.comments import Notice


class Reviewer(Noticer[Notice]):
    lane = "mod"
    things = "Comments"

    def nonce(self, notice: Notice) -> str:
        return f"comment {notice.comment.id}"

    def is_about(self, message: discord.Message, notice: Notice) -> bool:
        return is_about(message, notice.comment.id)

    async def shown(self, notice: Notice) -> dict[str, Any] | None:
        return shown(self.store.config, notice)

    async def newest_known(self, channel_id: int) -> int:
        return await comments.newest_notice(self.store.pool, channel_id)

    async def claim(self, notice: Notice, channel_id: int, after: int, term: int) -> bool:
        return await comments.claim_notice(self.store, notice, channel_id, after, term)

    async def record(self, notice: Notice, message_id: int, *, is_current: bool = True) -> None:
        await comments.record_notice(self.store, notice, message_id, is_current=is_current)

    async def put_off(self, notice: Notice, *, at_once: bool = False) -> None:
        await comments.put_off_notice(self.store, notice, now(), at_once=at_once)

    async def drop(self, notice: Notice) -> None:
        await comments.drop_notice(self.store, notice)
