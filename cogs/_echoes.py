"""Echoes: what the gateway tells of our own messages, so that a send without an answer is known to have arrived.

The channel's history tells the same, but not of a message that a moderator has deleted meanwhile.
"""

from collections import deque
from collections.abc import Iterator

import discord

REMEMBERED = 200  # messages; those whose outcome is unknown are a few seconds old


class Echoes:
    def __init__(self) -> None:
        self._heard: deque[discord.Message] = deque(maxlen=REMEMBERED)

    def hear(self, message: discord.Message) -> None:
        if message.webhook_id is not None or message.author.bot:
            self._heard.append(message)

    def after(self, channel_id: int, message_id: int) -> Iterator[discord.Message]:
        """Those in the channel that are newer than this one."""
        return (one for one in self._heard if one.channel.id == channel_id and one.id > message_id)
