"""The store: what an act needs, opened once by bot.py and handed to both doors."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from db.blobs import Blobs
from db.cards import Cards
from db.config import Config
from db.darkroom import Darkroom
from db.limits import Limits
from db.live import Live
from db.passwords import Passwords
from db.presence import DiscordState, Presence
from db.press import Press
from db.writer import Writers

if TYPE_CHECKING:  # what it does takes a connection, and those are named here
    from db.filters import Filters
    from db.floods import Alarms
    from db.house import House
    from db.sanctions import Sanctions
    from db.visits import Visits

Conn = asyncpg.Pool | asyncpg.Connection | PoolConnectionProxy  # all answer fetch, fetchrow, fetchval, execute


@dataclass(slots=True)
class Store:
    """What acts work with.

    `secret_key`: for what the site signs. `owner_id`: the owner's Discord id, 0 until it is known. `leads`: this
    process holds the gateway. `followed`: how many here want to hear the changes of which room. `blobs` and `darkroom`:
    where pictures are, and where they are unpacked; for db/media. `press`: where posts are drawn. `passwords`: the
    threads in which they are hashed. `visits`: page views that wait to be written. `sanctions`: who is kept
    out. `alarms`: whether the house is raided. `house`: what its owner has set while it runs; `config` has it in it.
    `filters`: the rules for what is said. `sighted`: who was noted when, from which network; for db/sightings.
    """

    pool: asyncpg.Pool
    dsn: str
    config: Config
    blobs: Blobs
    darkroom: Darkroom
    press: Press
    visits: "Visits"
    sanctions: "Sanctions"
    alarms: "Alarms"
    house: "House"
    filters: "Filters"
    live: Live = field(default_factory=Live)
    presence: Presence = field(default_factory=Presence)
    discord: DiscordState = field(default_factory=DiscordState)
    writers: Writers = field(default_factory=Writers)
    limits: Limits = field(default_factory=Limits)
    passwords: Passwords = field(default_factory=Passwords)
    cards: Cards = field(default_factory=Cards)
    secret_key: bytes = field(default=b"", repr=False)
    owner_id: int = 0
    leads: bool = False
    followed: Counter[int] = field(default_factory=Counter)
    sighted: dict[tuple[int, bytes], datetime] = field(default_factory=dict)
