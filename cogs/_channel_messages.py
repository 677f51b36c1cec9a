"""What a message in the moderators' channel shows, and what its buttons do. Who presses is asked every time; twice is as
once; and afterwards the message says what became of it, and who did it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import discord

from cogs import _channel_embeds as embeds
from cogs._buttons import Pressed, view_of
from cogs._mod_forms import ask, typed
from cogs._channel_words import NO_UNFURLING, case_line, case_mark
from cogs._moderators import moderator, now, until
from db import cases, faults, held, mod_notices, raids, reports
from db.errors import NotFound
from db.moderators import Moderator
from db.reports import Decision, Report
from db.store import Store

if TYPE_CHECKING:
    from cogs import Bot

REPORTED = "What you wrote was reported."
AGAINST = "What you wrote does not belong here."
GREEN, GREY, RED = discord.ButtonStyle.success, discord.ButtonStyle.secondary, discord.ButtonStyle.danger


@dataclass(frozen=True, slots=True)
class Shown:
    """A line, or an embed with buttons."""

    line: str = ""
    embed: dict[str, Any] | None = None
    buttons: list[Pressed] = field(default_factory=list)

    @property
    def payload(self) -> dict[str, Any]:
        """As Discord's API takes it. Nobody is mentioned."""
        told: dict[str, Any] = {"allowed_mentions": {"parse": []}}
        if self.embed is None:
            return told | {"content": self.line, "flags": NO_UNFURLING}
        return told | {"embeds": [self.embed], "components": view_of(self.buttons).to_components()}


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
    verb: ClassVar[str] = "mute"
    reason: ClassVar[str] = REPORTED

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await ask(interaction, self.kind, self.verb, self.id, self.reason)


class Ban(Mute, custom_id="mod:report:ban:{id}"):
    verb = "ban"


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
    verb = "ban"
    reason = AGAINST


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


# What each shows


async def _case(store: Store, number: int) -> Shown | None:
    case = await cases.get(store.pool, number)
    return Shown(line=case_line(case)) if case else None


async def _report(store: Store, report_id: int) -> Shown | None:
    one = await reports.get(store.pool, report_id)
    return Shown(embed=embeds.report(store.config, one), buttons=_report_buttons(one)) if one else None


def _report_buttons(one: Report) -> list[Pressed]:
    offered: list[tuple[str, type[ModButton], str, discord.ButtonStyle]] = [
        ("remove", Remove, "Remove", GREY),
        ("warn", Warn, "Warn", GREY),
        ("mute", Mute, "Mute", GREY),
        ("ban", Ban, "Ban", RED),
        ("dismiss", Dismiss, "Dismiss", GREY),
    ]
    return [
        kind({"id": one.id}, label, style)
        for decision, kind, label, style in offered
        if reports.may_be(one, decision) and not (decision == "remove" and one.gone)
    ]


async def _held(store: Store, held_id: int) -> Shown | None:
    one = await held.shown(store.pool, held_id)
    if one is None:
        return None
    which = {"id": held_id}
    offered = [LetThrough(which, "Let through", GREEN), DeleteHeld(which, "Delete", GREY), BanHeld(which, "Ban", RED)]
    return Shown(embed=embeds.held(store.config, one), buttons=list(offered) if one.state == "waiting" else [])


async def _raid(store: Store, raid_id: int) -> Shown | None:
    one = await raids.shown(store.pool, raid_id)
    if one is None:
        return None
    which, left = {"id": raid_id}, one.people - one.banned
    fitting: list[Pressed] = [EndRaid(which, "End it", GREEN)] if one.ended_at is None else []
    if left > 0:
        fitting.append(BanRaiders(which, f"Ban all {left}", RED))
    if one.held or one.messages:
        fitting.append(CleanRaid(which, "Remove all they wrote", RED))
    return Shown(embed=embeds.raid(one), buttons=fitting)


async def _fault(store: Store, fault_id: int) -> Shown | None:
    one = await faults.shown(store.pool, fault_id)
    return Shown(embed=embeds.fault(one)) if one else None


SHOWN: dict[str, Callable[[Store, int], Awaitable[Shown | None]]] = {
    "case": _case,
    "report": _report,
    "held": _held,
    "raid": _raid,
    "fault": _fault,
}


def is_about(message: discord.Message, kind: str, subject_id: int) -> bool:
    """Whether this message of ours shows that, whatever has become of it."""
    if kind == "case":
        return message.content.startswith(case_mark(subject_id))
    return any(one.footer.text == embeds.footer_of(kind, subject_id) for one in message.embeds)


async def show_anew(interaction: "discord.Interaction[Bot]", kind: mod_notices.Kind, subject_id: int) -> None:
    """The message says at once what became of it."""
    store = interaction.client.store
    notice = await mod_notices.notice_of(store.pool, kind, subject_id)
    shown = await SHOWN[kind](store, subject_id)
    if shown is None or shown.embed is None:
        raise NotFound("That is not here any more.")
    try:
        made = discord.Embed.from_dict(shown.embed)
        await interaction.edit_original_response(embed=made, view=view_of(shown.buttons))
    except discord.NotFound:
        return  # somebody has removed the message meanwhile
    if notice and interaction.message:
        await mod_notices.record(store, notice, interaction.message.id)


async def filled(interaction: "discord.Interaction[Bot]", kind: str, act: str, subject_id: int) -> None:
    """A form has come back: somebody is muted or banned."""
    await interaction.response.defer()
    store, by, values = interaction.client.store, await moderator(interaction), typed(interaction)
    ends, reason = await until(interaction, values.get("for", "")), values.get("reason", "")
    if kind == "held":
        await held.ban(store, by, subject_id, now(), until=ends, reason=reason)
        await show_anew(interaction, "held", subject_id)
        return
    decision: Decision = "mute" if act == "mute" else "ban"
    await reports.decide(store, by, subject_id, decision, now(), until=ends, reason=reason)
    await show_anew(interaction, "report", subject_id)
