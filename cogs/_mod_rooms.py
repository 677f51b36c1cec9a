"""What is done about a room: /mod lock, unlock and slowmode where they are given, and panic for the whole house."""

from typing import TYPE_CHECKING, Literal

import discord
from discord import app_commands

from cogs._mod_buttons import CALM, GREY, Calm
from cogs._mod_desk import ASK_REASON, Desk, Reason, say
from cogs._moderators import begin, now
from db import floods, rooms

if TYPE_CHECKING:
    from cogs import Bot

PANIC = "Whoever had not spoken here before now can only read, until you lift it."


class Calming(Desk):
    @app_commands.command()
    @app_commands.describe(reason=ASK_REASON)
    async def lock(self, interaction: "discord.Interaction[Bot]", reason: Reason = "") -> None:
        """Nobody writes in this room on the site until it is unlocked."""
        await self._lock(interaction, on=True, reason=reason)

    @app_commands.command()
    @app_commands.describe(reason=ASK_REASON)
    async def unlock(self, interaction: "discord.Interaction[Bot]", reason: Reason = "") -> None:
        """Open this room on the site again."""
        await self._lock(interaction, on=False, reason=reason)

    async def _lock(self, interaction: "discord.Interaction[Bot]", *, on: bool, reason: str) -> None:
        by = await begin(interaction)
        room_id, called = await self._room(interaction)
        moment = now()
        case = await rooms.lock(self.store, by, room_id, moment, on=on, reason=reason)
        state = "locked" if on else "open"
        already = "" if case.created_at >= moment else " already"
        await say(interaction, f"{called} is {state}{already}. Case {case.id}.")

    @app_commands.command()
    @app_commands.describe(seconds="Between two messages of one person; 0 ends it")
    async def slowmode(
        self, interaction: "discord.Interaction[Bot]", seconds: app_commands.Range[int, 0, rooms.SLOWEST]
    ) -> None:
        """Have everybody wait between two messages in this room on the site."""
        by = await begin(interaction)
        room_id, called = await self._room(interaction)
        case = await rooms.slow(self.store, by, room_id, seconds, now())
        pace = f"takes one message of each every {seconds} s" if seconds else "has no slow mode"
        await say(interaction, f"{called} {pace}. Case {case.id}.")

    async def _room(self, interaction: "discord.Interaction[Bot]") -> tuple[int, str]:
        """The room that is one with this channel; from elsewhere it is the hangout."""
        pool = self.store.pool
        bridge = await rooms.by_channel(pool, interaction.channel_id) if interaction.channel_id else None
        if bridge and not bridge.is_hangout:
            return bridge.room_id, "The discussion of this post"
        return (await rooms.by_slug(pool, rooms.HANGOUT)).id, "The hangout"

    @app_commands.command()
    @app_commands.describe(action="Begin it, or lift it")
    async def panic(self, interaction: "discord.Interaction[Bot]", action: Literal["on", "off"] = "on") -> None:
        """New people can only read, in the whole house, until it is lifted."""
        by = await begin(interaction)
        number = await floods.panic(self.store, by, action == "on", now())
        words, buttons = (PANIC, [Calm({}, "Lift it", GREY)]) if action == "on" else (CALM, [])
        await say(interaction, f"{words} Case {number}." if number else words, buttons)
