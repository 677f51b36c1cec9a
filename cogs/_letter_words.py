"""What stands in the bot's letters. Of a chat they say nothing but that there is one; a report says what was shown."""

from datetime import datetime
from itertools import accumulate, groupby
from typing import Any

from db import links
from db.config import Config
from db.markup import escape
from db.reports import Report

PAGE_MAX = 1900  # characters, of the 2,000 that a message holds
WHAT = {"message": "a message of ", "comment": "a comment of ", "profile": "the profile of ", "chat": ""}


def of_password(config: Config, token: str) -> str:
    return (
        f"Somebody asked for a new password for your account on **{escape(config.site.name)}**. If it was you, choose "
        f"one here, within 30 minutes: <{links.address(config, token)}>\n"
        "If it was not, there is nothing to do: your password is as it was. Give this link to nobody."
    )


def of_chats(config: Config) -> str:
    return f"You have messages on **{escape(config.site.name)}**: <{config.public_url}/chats>"


def of_report(config: Config, report: Report) -> list[str]:
    """The report on as many pages as it needs."""
    whom = f"{WHAT[report.kind]}**{escape(report.reported)}**"
    head = f"**{escape(report.reporter)}** reports {whom} on **{escape(config.site.name)}**."
    kept = "They show you these messages and no others:" if report.kind == "chat" else "This is what they read:"
    reason = f"They say: {escape(report.reason)}" if report.reason else "They give no reason."
    shown = [_line(report, one) for one in report.messages]
    lines = [head, reason, kept, *shown]
    return _pages([part for line in lines for part in _parts(line)])


def _line(report: Report, said: dict[str, Any]) -> str:
    words = escape(str(said.get("content", ""))).replace("\n", "\n> ")
    pictures = said.get("pictures")
    more = f" ({pictures} picture{'s' if pictures != 1 else ''})" if isinstance(pictures, int) and pictures else ""
    return f"> **{escape(report.who_said(said))}**{_at(said.get('at'))}: {words}{more}"


def _at(moment: object) -> str:
    try:
        return f" <t:{int(datetime.fromisoformat(str(moment)).timestamp())}:f>"
    except ValueError:
        return ""


def _parts(line: str) -> list[str]:
    """A line that fits into no message by itself, cut into such that do."""
    return [line[at : at + PAGE_MAX] for at in range(0, len(line), PAGE_MAX)] or [""]


def _pages(lines: list[str]) -> list[str]:
    def fill(page: tuple[int, int], line: str) -> tuple[int, int]:
        number, length = page
        return (number, length + len(line) + 1) if length + len(line) < PAGE_MAX else (number + 1, len(line) + 1)

    numbers = list(accumulate(lines, fill, initial=(0, 0)))[1:]
    numbered = zip((number for number, _ in numbers), lines, strict=True)
    return ["\n".join(line for _, line in page) for _, page in groupby(numbered, key=lambda one: one[0])]
