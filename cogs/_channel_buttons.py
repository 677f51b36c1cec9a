"""The buttons of the moderators' channel. Who presses is asked every time, twice is as once, and afterwards the message
says what became of it and who did it.
"""

from datetime import datetime
from typing import Any, ClassVar

import discord

from cogs import _channel_forms as forms
from cogs import _raid_buttons as raiders
from cogs._buttons import Pressed
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
    def which(self) -> int:
        return self.numbers["id"]

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        await self.act(interaction.client.store, await moderator(interaction), now())
        await show_anew(interaction, self.kind, self.which)

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        raise NotImplementedError


class Remove(ModButton, custom_id="mod:report:remove:{id}"):
    decision: ClassVar[Decision] = "remove"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await reports.decide(store, by, self.which, self.decision, at)


class Dismiss(Remove, custom_id="mod:report:dismiss:{id}"):
    decision = "dismiss"


class Mute(ModButton, custom_id="mod:report:mute:{id}"):
    form: ClassVar[type[forms.Asking]] = forms.MuteReported

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await forms.ask(interaction, self.form, self.which)


class Warn(Mute, custom_id="mod:report:warn:{id}"):
    form = forms.WarnReported


class Ban(Mute, custom_id="mod:report:ban:{id}"):
    form = forms.BanReported


class LetThrough(ModButton, custom_id="mod:held:approve:{id}"):
    kind = "held"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await held.approve(store, by, self.which, at)


class DeleteHeld(ModButton, custom_id="mod:held:delete:{id}"):
    kind = "held"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await held.delete(store, by, self.which, at)


class BanHeld(Mute, custom_id="mod:held:ban:{id}"):
    kind = "held"
    form = forms.BanHeld


class EndRaid(ModButton, custom_id="mod:raid:end:{id}"):
    kind = "raid"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await raids.end(store, by, at, raid_id=self.which)


class CleanRaid(ModButton, custom_id="mod:raid:clean:{id}"):
    kind = "raid"

    async def act(self, store: Store, by: Moderator, at: datetime) -> None:
        await raids.clean(store, by, self.which, at)


BUTTONS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    Remove,
    Warn,
    Dismiss,
    Mute,
    Ban,
    LetThrough,
    DeleteHeld,
    BanHeld,
    EndRaid,
    raiders.BanRaiders,
    raiders.BanThese,
    raiders.Spare,
    CleanRaid,
)
