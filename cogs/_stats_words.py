"""Visitor numbers as Discord shows them: an embed with the figures and the first lines of some lists. Pure."""

from collections.abc import Sequence
from datetime import date

import discord

from cogs._post_embeds import LAMP, cut
from db import visits
from db.markup import escape
from db.visits import Beside, Period, Row

LISTS = (("path", "Most read"), ("referrer", "Where they come from"), ("bot", "Bots"))
LINES, KEY_MAX = 5, 80  # of a list; characters of a key: escaped, five of them fit into Discord's 1024
PICTURE = "visitors.png"


def span(days: int) -> str:
    return "today" if days == 1 else f"the last {days} days"


def embed_of(
    url: str,
    period: Period,
    today: date,
    beside: Beside,
    current: int,
    lists: dict[str, tuple[list[Row], int]],
) -> discord.Embed:
    """Without views there is no picture."""
    now = beside.shown
    embed = discord.Embed(title=f"Visitors, {span(period.days)}", url=f"{url}/stats?days={period.days}", color=LAMP)
    embed.description = "Nobody was counted in these days." if not now.views else _here(current)
    for title, name in (("Visitors", "visitors"), ("Views", "views"), ("Confirmed visitors", "confirmed")):
        words = " ".join(word for word in beside.words(name, today) if word)
        embed.add_field(name=title, value=f"**{getattr(now, name):,}**\n{words}")
    for kind, title in LISTS:
        rows, total = lists[kind]
        if rows:
            more = f"\nand {total - len(rows):,} more" if total > len(rows) else ""
            embed.add_field(name=title, value=_lines(rows) + more, inline=False)
    if now.views:
        embed.set_image(url=f"attachment://{PICTURE}")
    former_days = "yesterday" if period.days == 1 else f"the {period.days} days before"
    until = "" if beside.until is None else f", both up to {beside.until:02}:00"
    embed.set_footer(
        text=f"Compared with {former_days}{until}. Who comes on two days is two visitors; bots count apart."
    )
    return embed


def _here(current: int) -> str:
    return f"{current:,} here in the last five minutes." if current else "Nobody here in the last five minutes."


def _lines(rows: Sequence[Row]) -> str:
    """Each key is drawn by Discord as it is: strangers chose it, and it may look like markup."""
    shown = [(row.visitors or row.views, escape(cut(visits.readable(row.key), KEY_MAX))) for row in rows]
    return "\n".join(f"{count:,} · {key}" for count, key in shown)
