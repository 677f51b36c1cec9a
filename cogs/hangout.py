"""The hangout in Discord: /hangout who for everybody, /hangout here and /hangout status for the owner."""

from datetime import UTC, datetime
from itertools import accumulate

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._owners import is_owner
from db import outbox, people, rooms
from db.errors import Refused
from db.markup import escape
from db.presence import Presence
from db.version import STARTED, VERSION

ROOM_FOR_NAMES = 1800  # characters, of the 2,000 that a message holds


@app_commands.guild_only()
class Hangout(commands.GroupCog, name="hangout", description="The room that the site and a channel share"):
    def __init__(self, bot: Bot) -> None:
        self.store = bot.store

    @app_commands.command()
    async def who(self, interaction: discord.Interaction[Bot]) -> None:
        """Who is on the site just now."""
        await interaction.response.defer(ephemeral=True)
        names = await people.names_to_show(self.store.pool, here_by_name(self.store.presence))
        await interaction.followup.send(_who(self.store.presence, names), ephemeral=True)

    @app_commands.command()
    @app_commands.check(is_owner)
    async def here(self, interaction: discord.Interaction[Bot]) -> None:
        """Make this channel the hangout of the site."""
        await interaction.response.defer(ephemeral=True)
        named = self.store.config.discord.channel_id
        if not isinstance(interaction.channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
            raise Refused("The hangout must be a text channel: threads and forums cannot be one room with the site.")
        if interaction.channel_id is None or (named and named != interaction.channel_id):
            raise Refused(f"The configuration names <#{named}> as the hangout ([discord] channel_id): change it there.")
        await rooms.bridge(self.store, rooms.HANGOUT, interaction.channel_id)
        here = f"This channel and {self.store.config.public_url}/hangout"
        sentence = f"{here} are one room from now on. The newest messages of the channel are on the site too."
        await interaction.followup.send(sentence, ephemeral=True)

    @app_commands.command()
    @app_commands.check(is_owner)
    async def status(self, interaction: discord.Interaction[Bot]) -> None:
        """How the hangout is: the queue, the last message each way, who is here, and for how long."""
        await interaction.response.defer(ephemeral=True)
        room = await rooms.by_slug(self.store.pool, rooms.HANGOUT)
        report = await outbox.report(self.store.pool, room.id)
        await interaction.followup.send("\n".join(self._lines(room, report)), ephemeral=True)

    def _lines(self, room: rooms.Room, report: outbox.Report) -> list[str]:
        store = self.store
        where = f"<#{room.channel_id}>" if room.channel_id else "no channel yet (run /hangout here)"
        how = "as the bot, because Manage Webhooks is missing" if store.discord.fallback else "through the webhook"
        return [
            f"**Relay**: {store.presence.relay}, with {where}, {how}",
            f"**Waiting for Discord**: {report.waiting}, not taken by Discord: {report.failed}",
            f"**Last message to Discord**: {_ago(report.last_out)}, **from Discord**: {_ago(report.last_in)}",
            f"**People on the site now**: {store.presence.online}",
            f"**Porchlight** {VERSION}, up since {_ago(STARTED)}",
            *([f"**To do**: {store.discord.sentence}"] if store.discord.sentence else []),
        ]


def here_by_name(presence: Presence) -> list[int]:
    """The ids of the people at this process who have a name."""
    return [int(visitor.removeprefix("person ")) for visitor in presence.here if visitor.startswith("person ")]


def _who(presence: Presence, names: list[str]) -> str:
    shown, elsewhere = _that_fit([f"**{escape(name)}**" for name in names]), sum(presence.elsewhere.values())
    others = len(presence.here) - len(shown)
    parts = [
        *shown,
        *([f"{others} more" if len(shown) < len(names) else f"{others} without a name"] if others else []),
        *([f"{elsewhere} at another door of the house"] if elsewhere else []),
    ]
    if not parts:
        return "Nobody is on the site just now."
    *most, last = parts
    return f"On the site now: {', '.join(most)}{' and ' if most else ''}{last}."


def _that_fit(names: list[str]) -> list[str]:
    ends = accumulate(len(name) + 2 for name in names)
    return [name for name, end in zip(names, ends, strict=True) if end <= ROOM_FOR_NAMES]


def _ago(moment: datetime | None) -> str:
    """Discord's own relative time, which counts on while one looks."""
    return f"<t:{int(moment.astimezone(UTC).timestamp())}:R>" if moment else "never"


async def setup(bot: Bot) -> None:
    await bot.add_cog(Hangout(bot))
