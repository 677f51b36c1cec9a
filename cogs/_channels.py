"""The channel of a room as it is just now: found and readable, or shut, of the hangout with a word to the owner."""

import logging
from typing import TYPE_CHECKING

import discord

from db.events import DiscordChanged
from db.rooms import Bridge
from db.store import Store

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
NO_CHANNEL = (
    "The bot cannot see the hangout's channel: check [discord] channel_id, or run /hangout here in the channel."
)
NO_HISTORY = "The bot may not read the hangout's channel: give it View Channel and Read Message History there."
HAS_ROOM = (discord.abc.GuildChannel, discord.Thread)
NOT_BRIDGED = "No channel is bridged yet: run /hangout here in the channel it shall be."


class Shut(Exception):
    """The channel cannot be used until somebody does something; of the hangout's the owner has been told what."""


class Lost(Shut):
    """The thread is not there any more."""


class NotToldYet(ConnectionError):
    """A session has just begun, and Discord has not told yet what the server is like: soon it will have."""


async def open_channel(bot: "Bot", bridge: Bridge) -> discord.abc.Messageable:
    """The channel or thread, which the bot may read. Raises Shut, NotToldYet, or what discord.py raises when Discord is
    away.

    Permissions are looked at first, for Discord answers a forbidden look into the history with an empty one.
    """
    try:
        channel = await bot.fetch_channel(bridge.channel_id)
    except (discord.Forbidden, discord.NotFound, discord.InvalidData) as error:
        if isinstance(error, discord.NotFound) and not bridge.is_hangout:
            raise Lost from error
        raise shut(bot.store, bridge, "no_channel", NO_CHANNEL) from error
    if not isinstance(channel, discord.abc.Messageable) or not isinstance(channel, HAS_ROOM):
        raise shut(bot.store, bridge, "no_channel", NO_CHANNEL)
    if channel.guild.unavailable or (isinstance(channel, discord.Thread) and channel.parent is None):
        raise NotToldYet
    may = channel.permissions_for(channel.guild.me)
    if not (may.view_channel and may.read_message_history):
        raise shut(bot.store, bridge, "no_permission", NO_HISTORY)
    if bridge.is_hangout:
        tell(bot.store, "on")
    return channel


def shut(store: Store, bridge: Bridge, state: str, sentence: str) -> Shut:
    """The owner is shown how the hangout is; one thread of many is their own matter."""
    if bridge.is_hangout:
        tell(store, state, sentence)
    else:
        log.info("The thread %d cannot be used just now (%s)", bridge.channel_id, state)
    return Shut(sentence)


def tell(store: Store, state: str, sentence: str = "") -> None:
    """Remembers how the channel is, and logs a sentence once."""
    discord_state = store.discord
    if (discord_state.channel, discord_state.channel_sentence) == (state, sentence):
        return
    if sentence:
        log.warning(sentence)
    discord_state.channel, discord_state.channel_sentence = state, sentence
    store.live.announce(DiscordChanged())
