"""The buttons of the moderators' channel. Who presses is asked every time, twice is as once, and afterwards the message
says what became of it and who did it.
"""

from datetime import datetime
from typing import Any, ClassVar

import discord

from cogs._buttons import Pressed
from cogs._channel_forms import Asking, BanHeld, BanReported, MuteReported, ask
from cogs._channel_shown import show_anew
from cogs._moderators import moderator, now
from db import held, mod_notices, raids, reports
from db.moderators import Moderator
from db.reports import Decision
from db.store import Store


class ModButton(Pressed, custom_id="mod:none:{id}"):
    """One of the buttons of a moderator. Raises what the act raises, which whoever pressed is told."""

    kind: ClassVar[mod_notices.Kind] = "report"

    @property
    def id(self) -> int:
        return self.numbers["id"]

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        await self.act(interaction.client.store, await moderator(interaction), now())
        await show_anew(interaction, self.kind, self.id)

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        raise NotImplementedError


class Remove(ModButton, custom_id="mod:report:remove:{id}"):
    decision: ClassVar[Decision] = "remove"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await reports.decide(store, by, self.id, self.decision, at)


class Warn(Remove, custom_id="mod:report:warn:{id}"):
    decision = "warn"


class Dismiss(Remove, custom_id="mod:report:dismiss:{id}"):
    decision = "dismiss"


class Mute(ModButton, custom_id="mod:report:mute:{id}"):
    form: ClassVar[type[Asking]] = MuteReported

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await ask(interaction, self.form, self.id)


class Ban(Mute, custom_id="mod:report:ban:{id}"):
    form = BanReported


class LetThrough(ModButton, custom_id="mod:held:approve:{id}"):
    kind = "held"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await held.approve(store, by, self.id, at)


class DeleteHeld(ModButton, custom_id="mod:held:delete:{id}"):
    kind = "held"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await held.delete(store, by, self.id, at)


class BanHeld(Mute, custom_id="mod:held:ban:{id}"):
    kind = "held"
    form = BanHeld


class EndRaid(ModButton, custom_id="mod:raid:end:{id}"):
    kind = "raid"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await raids.end(store, by, at, raid_id=self.id)


class BanRaiders(ModButton, custom_id="mod:raid:ban:{id}"):
    kind = "raid"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await raids.ban_all(store, by, self.id, at)


class CleanRaid(ModButton, custom_id="mod:raid:clean:{id}"):
    kind = "raid"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await raids.clean(store, by, self.id, at)


BUTTONS = (Remove, Warn, Dismiss, Mute, Ban, LetThrough, DeleteHeld, BanHeld, EndRaid, BanRaiders, CleanRaid)
