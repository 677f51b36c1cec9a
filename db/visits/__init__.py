"""Visitor numbers: page views counted here, without cookies and without bots, and kept as sums of days.

web/counting.py notes what was seen, which costs no round trip; a loop writes it each second. No address and no user
agent is ever kept or logged: of a visitor there is a number drawn by chance, which means nothing once its salt is
deleted.
"""

from ._bots import bot_of
from ._bringing import bring
from ._comparing import Beside, beside, path_beside
from ._excluding import exclude
from ._flushing import counting, flush
from ._networks import Networks, parse_networks
from ._periods import (
    EARLIEST,
    LATELY_MAX,
    BadPeriod,
    Period,
    Step,
    between,
    ceiling,
    hour_steps,
    lately,
    steps,
    today,
    unit,
)
from ._queries import current, days, export, hours, is_excluded, of_path, over_time, span, top, tops, totals
from ._rolling import forget, roll_up
from ._salts import KEPT as SALT_KEPT
from ._salts import USED as SALT_USED
from ._shape import Glimpse
from ._sheets import HEAD as CSV_HEAD
from ._sheets import in_csv, of_csv
from ._sums import Day, Hour, Row, Sum, Totals
from ._visits import Visits
from ._words import compared, readable
from ._writing import AGAIN

__all__ = [
    "AGAIN",
    "CSV_HEAD",
    "EARLIEST",
    "LATELY_MAX",
    "SALT_KEPT",
    "SALT_USED",
    "BadPeriod",
    "Beside",
    "Day",
    "Glimpse",
    "Hour",
    "Networks",
    "Period",
    "Row",
    "Step",
    "Sum",
    "Totals",
    "Visits",
    "beside",
    "between",
    "bot_of",
    "bring",
    "ceiling",
    "compared",
    "counting",
    "current",
    "days",
    "exclude",
    "export",
    "flush",
    "forget",
    "hour_steps",
    "hours",
    "in_csv",
    "is_excluded",
    "lately",
    "of_csv",
    "of_path",
    "over_time",
    "parse_networks",
    "path_beside",
    "readable",
    "roll_up",
    "span",
    "steps",
    "today",
    "top",
    "tops",
    "totals",
    "unit",
]
