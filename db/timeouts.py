"""Sanctions and Discord, both ways. Whom a moderator of the server bans or times out there is muted on the site, for as
long as it lasts there. And with [mod] sync_timeouts, whom the site keeps out is timed out in the server. Called by
cogs/discipline.py and cogs/timeouts.py; `timeouts` holds what Discord should know, and what it was told.

What comes from Discord never goes back there: only the site's own sanctions are told. Discord ends a timeout after 28
days, so a longer one is renewed.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from db import cases, people, sanctions
from db.errors import Refused
from db.store import Conn, Store

ORIGIN = "discord"
BANNED, TIMED_OUT = "banned in Discord", "timed out in Discord"  # the rules by which such a case is opened
LONGEST = timedelta(days=28) - timedelta(minutes=5)
RENEWED = timedelta(days=21)  # what has less than this left is told again, if it is to last longer
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
ALIKE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody whom Discord keeps quiet, as far as is known here: until when, or None for a ban."""

    discord_id: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Timeout:
    """What Discord is to be told of somebody: quiet until then, or with None not any more."""

    discord_id: int
    until: datetime | None
    tries: int


# Queries


async def barred(conn: Conn, now: datetime) -> list[Barred]:
    """Everybody who is muted here because of Discord."""
    rows = await conn.fetch(
        """/* timeouts.barred */ select p.discord_id, s.until from sanctions s join people p on p.id = s.person_id
        where s.origin = 'discord' and s.network is null and s.session_id is null and p.discord_id is not null
            and (s.until is null or s.until > $1)""",
        now,
    )
    return [Barred(row["discord_id"], row["until"]) for row in rows]


async def next_due(conn: Conn, now: datetime) -> Timeout | None:
    """Whom Discord has to be told of. A timeout of its own moderators' is never cut short by ours."""
    row = await conn.fetchrow(
        """/* timeouts.next_due */ select t.discord_id, t.tries,
            case when coalesce(t.wanted_until, t.own) is not null then least(greatest(t.wanted_until, t.own), $2) end
            as until
        from (select x.discord_id, x.tries, x.next_at, x.told_until, x.wanted_until, (
                select max(s.until) from sanctions s join people p on p.id = s.person_id
                where p.discord_id = x.discord_id and s.origin = 'discord' and s.until > $1
            ) as own from timeouts x) as t
        where t.next_at <= $1 and (
            (t.wanted_until is null and t.told_until > $1 and t.told_until is distinct from t.own)
            or (t.wanted_until > $1 and coalesce(t.told_until, $1) < least(t.wanted_until, $3))
            or (t.wanted_until > $1 and t.told_until > greatest(t.wanted_until, t.own) + $4)
        ) order by t.next_at, t.discord_id limit 1""",
        now,
        now + LONGEST,
        now + RENEWED,
        ALIKE,
    )
    return Timeout(row["discord_id"], row["until"], row["tries"]) if row else None


# Acts


async def hear_barred(
    store: Store, discord_id: int, name: str, now: datetime, *, until: datetime | None, reason: str, rule: str
) -> None:
    """Discord keeps somebody quiet until then, or for good. The owner and authors are not muted by it."""
    if until is not None and until <= now:
        return
    known = await people.by_discord(store.pool, discord_id)
    kept = {} if known else await people.keep_discord(store.pool, {discord_id: name}, store.owner_id)
    person_id = known.id if known else kept[discord_id]
    why = " ".join(reason.split())[: cases.REASON_MAX]
    with suppress(Refused):
        await sanctions.mute(store, None, person_id, now, until=until, reason=why, rule=rule, origin=ORIGIN)


async def hear_freed(store: Store, discord_id: int, now: datetime, *, rule: str) -> None:
    """Discord keeps them quiet no longer. What the site has decided itself stays."""
    person = await people.by_discord(store.pool, discord_id)
    if person:
        with suppress(Refused):  # nothing of it was in force
            await sanctions.unmute(store, None, person.id, now, origin=ORIGIN, rule=rule)


async def hear_bans(store: Store, banned: Sequence[int], now: datetime) -> None:
    """All who are banned in Discord now: those of them who are known here are muted, and who is not among them any
    more is muted no longer. Nobody becomes known by it.
    """
    names = await people.known_discord_names(store.pool, list(banned))
    known = {one.discord_id: one.until for one in await barred(store.pool, now)}
    for discord_id, name in names.items():
        if known.get(discord_id, now) is not None:
            await hear_barred(store, discord_id, name, now, until=None, reason="", rule=BANNED)
    for discord_id, until in known.items():
        if until is None and discord_id not in names:
            await hear_freed(store, discord_id, now, rule=BANNED)


async def reckon(store: Store, now: datetime) -> None:
    """Compares what Discord should know with what the site has decided since."""
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute(
            """/* timeouts.reckon */ with wanted as (
                select p.discord_id, max(coalesce(s.until, $2)) as until
                from sanctions s join people p on p.id = s.person_id
                where s.origin <> 'discord' and s.network is null and s.session_id is null
                    and p.discord_id > 0 and (s.until is null or s.until > $1) group by p.discord_id
            ), ended as (
                update timeouts t set wanted_until = null, tries = 0, next_at = $1
                where t.wanted_until is not null and not exists (select from wanted w where w.discord_id = t.discord_id)
            ) insert into timeouts (discord_id, wanted_until, next_at) select discord_id, until, $1 from wanted
            on conflict (discord_id) do update set wanted_until = excluded.wanted_until, tries = 0, next_at = $1
                where timeouts.wanted_until is distinct from excluded.wanted_until""",
            now,
            FOREVER,
        )
        await conn.execute(
            """/* timeouts.forget */ delete from timeouts
            where wanted_until is null and (told_until is null or told_until <= $1)""",
            now,
        )


async def put_off(store: Store, one: Timeout, until: datetime) -> None:
    await store.pool.execute(
        "/* timeouts.put_off */ update timeouts set tries = tries + 1, next_at = $2 where discord_id = $1",
        one.discord_id,
        until,
    )


async def record_told(store: Store, one: Timeout, now: datetime) -> None:
    """Discord knows it, or there is nobody to tell it of: then it is looked at again later."""
    await store.pool.execute(
        "/* timeouts.record_told */ update timeouts set told_until = $2, tries = 0, next_at = $3 where discord_id = $1",
        one.discord_id,
        one.until,
        now,
    )
