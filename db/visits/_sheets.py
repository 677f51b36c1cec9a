"""The sums of days as a table, RFC 4180: written for people, their spreadsheets and the next house, and read again.
Rules.

What strangers asked for is text, also to a spreadsheet: an apostrophe stands before what it would compute.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date

from db.errors import Refused
from db.names import UNSAYABLE

from ._periods import EARLIEST
from ._sums import Sum

COLUMNS = ("day", "kind", "key", "views", "visitors", "confirmed")
OF_VISITS = {"total", "hour", "first", "path", "referrer", "link", "browser", "system", "device", "language", "country"}
KINDS = {*OF_VISITS, "bot", "missing"}
HOURS = frozenset(map(str, range(24)))
KEY_MAX, COUNT_MAX = 300, 2**31 - 1  # what there is room for
HEAD = f"{','.join(COLUMNS)}\r\n".encode()
FORMULA = re.compile(r"'|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
COUNT = re.compile(r"[0-9]{1,10}")


def in_csv(rows: Iterable[Sum]) -> bytes:
    """Without the head, which is HEAD."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(
        (row.day, row.kind, cell(row.key), row.views, row.visitors, row.confirmed) for row in rows
    )
    return buffer.getvalue().encode()


def cell(key: str) -> str:
    """The key behind an apostrophe where a spreadsheet would take it for a formula, or that for one of ours."""
    words = UNSAYABLE.sub("\ufffd", key)
    return f"'{words}" if FORMULA.match(words) else words


def of_csv(table: str, latest: date) -> Iterator[Sum]:
    """The rows of such a table. Raises Refused, with the line, at the first that is none."""
    lines = csv.reader(io.StringIO(table, newline=""), strict=True)
    try:
        if tuple(next(lines, ())) != COLUMNS:
            raise Refused(f"it does not begin with the columns {', '.join(COLUMNS)}")
        for row in lines:
            yield _sum_of(row, latest)
    except (csv.Error, ValueError) as error:
        raise Refused(f"line {lines.line_num:,} is no row of visitor numbers") from error


def _sum_of(row: list[str], latest: date) -> Sum:
    """Raises ValueError."""
    day, kind, key, *counts = row
    when, words = date.fromisoformat(day), UNSAYABLE.sub("\ufffd", key.removeprefix("'"))
    is_fit = kind in KINDS and EARLIEST <= when <= latest and len(words) <= KEY_MAX
    if not is_fit or len(counts) != len(COLUMNS) - 3 or not all(map(COUNT.fullmatch, counts)):
        raise ValueError
    views, visitors, confirmed = map(int, counts)
    if max(views, visitors, confirmed) > COUNT_MAX or (kind in {"hour", "first"} and words not in HOURS):
        raise ValueError
    return Sum(when, kind, words, views, visitors, confirmed)
