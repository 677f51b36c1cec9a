"""Looking round at the beginning of a session: in which threads something may have happened meanwhile.

One request tells of all that are active, one more of those in the forum that went to sleep since.
"""

from typing import TYPE_CHECKING

import discord

from db import outbox

if TYPE_CHECKING:
    from cogs import Bot

COMPARED = 50  # active threads without news whose newest messages are compared all the same
ASLEEP = 100  # threads asked for of those that sleep, the last one to do so first


async def look_round(bot: "Bot") -> list[int]:
    """The threads to catch up with: those with news, then the newest of the others."""
    active = [one for guild in bot.guilds for one in await guild.active_threads()]
    asleep = await _asleep(bot)
    heard = await outbox.heard_up_to(bot.store.pool, [one.id for one in [*active, *asleep]])
    news = [one for one in [*active, *asleep] if one.id in heard and (one.last_message_id or 0) > heard[one.id]]
    others = [one for one in active if one.id in heard and one not in news]
    others.sort(key=lambda one: one.last_message_id or one.id, reverse=True)
    return list(dict.fromkeys(one.id for one in [*news, *others[:COMPARED]]))


async def _asleep(bot: "Bot") -> list[discord.Thread]:
    channel = bot.get_channel(bot.store.config.discord.comments_channel_id)
    if not isinstance(channel, discord.ForumChannel | discord.TextChannel):
        return []
    try:
        return [one async for one in channel.archived_threads(limit=ASLEEP)]
    except discord.Forbidden:
        return []
