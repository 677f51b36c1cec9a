"""The messages of the moderators' channel: what each shows of what it is about, and the buttons that still fit."""

import discord

from cogs import _channel_embeds as embeds
from cogs._buttons import Pressed
from cogs._channel_buttons import (
    Ban,
    BanHeld,
    CleanRaid,
    DeleteHeld,
    Dismiss,
    EndRaid,
    LetThrough,
    ModButton,
    Mute,
    Remove,
    Warn,
)
from cogs._channel_shown import SHOWN, Shown
from cogs._channel_words import case_line
from cogs._raid_buttons import BanRaiders
from db import cases, faults, held, raids, reports
from db.reports import Report
from db.store import Store

GREEN, GREY, RED = discord.ButtonStyle.success, discord.ButtonStyle.secondary, discord.ButtonStyle.danger


async def _case(store: Store, number: int) -> Shown | None:
    case = await cases.get(store.pool, number)
    if case is None:
        return None
    path = await cases.place(store.pool, case)
    return Shown(line=case_line(case, f"{store.config.public_url}{path}" if path else ""))


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
    one = await held.get(store.pool, held_id)
    if one is None:
        return Shown(embed=embeds.held_no_more(held_id))
    which = {"id": held_id}
    offered = [LetThrough(which, "Let through", GREEN), DeleteHeld(which, "Delete", GREY), BanHeld(which, "Ban", RED)]
    words = one.content if one.state == "waiting" else await held.words_on_record(store.pool, held_id)
    return Shown(embed=embeds.held(store.config, one, words), buttons=list(offered) if one.state == "waiting" else [])


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


SHOWN |= {"case": _case, "report": _report, "held": _held, "raid": _raid, "fault": _fault}
