"""The section [mod]: how the house is kept pleasant."""

from typing import Annotated

from msgspec import Meta

from ._checks import LINE, per_second, whole
from ._section import Section


class Mod(Section, frozen=True, kw_only=True):
    appeal: Annotated[str, LINE] = "Write to the owner if you think that this is a mistake."
    sync_timeouts: Annotated[bool, Meta(description="true or false")] = False
    new_messages: Annotated[int, whole(0, 1000)] = 3
    raid_names: Annotated[int, whole(2, 10_000)] = 12
    raid_period: Annotated[int, whole(1, 3600)] = 60
    raid_slowmode: Annotated[int, whole(0, 21_600)] = 10
    room_rate: Annotated[float, per_second()] = 20.0
    room_burst: Annotated[int, whole(1, 10_000)] = 100
    evidence_days: Annotated[int, whole(0, 3650)] = 30
    reports_per_day: Annotated[int, whole(1, 1000)] = 10
