"""Discord's door to accounts: who signs in with Discord becomes a member, and a member may link theirs.

Called by web/auth.py and by the owner's commands. What it does to the rows of two who turn out to be one is in
_merging.py; all of it happens under the lock of the rooms in which Discord is heard.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from db import people, raids, sanctions, sessions, sightings
from db.accounts._merging import lock_rooms, merge
from db.accounts._queries import add, get
from db.errors import Forbidden, Refused, TooOften, Unavailable
from db.events import Behind, PersonChanged
from db.names import FALLBACK, check_name, clean_name
from db.people import Person
from db.store import Conn, Store
from db.usernames import as_username, is_reserved

NAME_MAX = 100
TRIES = 3  # for a username that somebody else takes in between
NUMBERS = 1000
HOUR = 3600.0
CLOSED = "New accounts are not being made here just now."
DISABLED = "This account is closed. Ask the owner of the site if you think it should not be."
LINKED = "Your account is linked with another Discord user. Unlink that one first."
KEPT_OUT = "While you may not write here, this link stays."
THEIR_OWN = "That Discord user has an account of their own here. Log out, and sign in with Discord to use it."


@dataclass(frozen=True, slots=True)
class DiscordUser:
    """Somebody as Discord itself tells: `username` is unique there, `name` is what they are called."""

    id: int
    username: str
    name: str


# Rules


def name_of(user: DiscordUser) -> str:
    """What they are called here. Discord's names are shown as they are, but for what cannot be shown."""
    return clean_name(user.name)[:NAME_MAX].strip() or clean_name(user.username)[:NAME_MAX].strip() or FALLBACK


def usernames_for(user: DiscordUser, reserved: list[str]) -> Iterator[str]:
    """The usernames to try, best first: their own, or a plain one in place of the house's, then with a number."""
    wanted = as_username(user.username)
    wanted = "member" if is_reserved(wanted, reserved) else wanted
    for number in range(1, NUMBERS):
        username = wanted if number == 1 else f"{wanted}{number}"
        if not is_reserved(username, reserved):
            yield username


# Queries


async def _theirs(conn: Conn, discord_id: int) -> Person | None:
    row = await conn.fetchrow(
        f"/* discord.theirs */ select {people.COLUMNS} from people where discord_id = $1 for update", discord_id
    )
    return people.from_row(row) if row else None


async def _own(conn: Conn, person: Person | None, *, is_member: bool) -> Person | None:
    """The row of whoever asks, as it is under the lock."""
    row = await conn.fetchrow(
        f"""/* discord.own */ select {people.COLUMNS} from people
        where id = $1 and (username is not null) = $2 and merged_into is null for update""",
        person.id if person else 0,
        is_member,
    )
    return people.from_row(row) if row else None


async def _join(
    conn: PoolConnectionProxy, mine: Person, theirs: Person | None, user: DiscordUser, *, owns: bool
) -> list[int]:
    """One person from here: the row `mine`, with the name from Discord. Returns the rooms that have news."""
    rooms = await merge(conn, theirs.id, mine.id) if theirs and theirs.id != mine.id else []
    await conn.execute(
        "/* discord.join */ update people set discord_id = $2, name = $3, owner = owner or $4 where id = $1",
        mine.id,
        user.id,
        theirs.name if theirs else name_of(user),
        owns or (theirs is not None and theirs.owner),
    )
    return rooms


async def _become_member(conn: Conn, person_id: int, usernames: list[str], now: datetime) -> Person:
    """Raises the driver's UniqueViolationError when another takes the username meanwhile."""
    row = await conn.fetchrow(
        f"""/* discord.become_member */ update people set role = 'member', username = (
            select u.name from unnest($2::text[]) with ordinality as u (name, place)
            where not exists (select from people where username = u.name) order by u.place limit 1
        ) where id = $1 returning {people.COLUMNS}""",
        person_id,
        usernames,
    )
    assert row
    await add(conn, person_id, None, now)
    return people.from_row(row)


async def _member_of(conn: Conn, discord_id: int) -> Person | None:
    """The member that this Discord user is. Raises Refused (`disabled`)."""
    known = await people.by_discord(conn, discord_id)
    if known is None or not known.is_member:
        return None
    account = await get(conn, known.id)
    if account and account.disabled_at:
        raise Refused(DISABLED, "disabled")
    return known


# Acts


async def sign_in(store: Store, visitor: Person | None, user: DiscordUser, network: str, now: datetime) -> Person:
    """The member that this Discord user is, made now if there is none; a visitor keeps the row and what they said.

    Raises Refused (`disabled`, `closed`) or TooOften.
    """
    known = await _member_of(store.pool, user.id)
    if known:
        return known
    if user.id != store.owner_id:
        _check_open(store, network)
    member = await _make(store, visitor, user, now)
    await sightings.note(store, member.id, network, now)
    return member


async def enter_owner(store: Store, user: DiscordUser, now: datetime) -> Person:
    """The owner, as a member of their own site. Raises Forbidden for anybody else."""
    if not store.owner_id or user.id != store.owner_id:
        raise Forbidden("Only the owner of the site can do this.", "not_yours")
    return await _member_of(store.pool, user.id) or await _make(store, None, user, now)


def _check_open(store: Store, network: str) -> None:
    limits = store.config.accounts
    if limits.registration == "closed":
        raise Refused(CLOSED, "closed")
    wait = store.limits.accounts.take(network, time.monotonic(), limits.per_address, HOUR)
    if wait:
        raise TooOften("Several new accounts came from your network. Please wait a while for another one.", wait)


async def _make(store: Store, visitor: Person | None, user: DiscordUser, now: datetime) -> Person:
    owns = bool(store.owner_id) and user.id == store.owner_id
    reserved = [] if owns else await people.house_names(store)
    usernames = list(usernames_for(user, reserved))
    for _ in range(TRIES):
        try:
            return await _try_to_make(store, visitor, user, usernames, now)
        except asyncpg.UniqueViolationError:
            continue
    raise Unavailable


async def _try_to_make(
    store: Store, visitor: Person | None, user: DiscordUser, usernames: list[str], now: datetime
) -> Person:
    async with store.pool.acquire() as conn, conn.transaction():
        await lock_rooms(conn)
        theirs = await _theirs(conn, user.id)
        if theirs and theirs.is_member:  # two windows came at once
            return theirs
        own = await _own(conn, visitor, is_member=False)
        own = own if own and own.discord_id is None else None
        known = own or theirs
        mine = known or await people.add_visitor(conn, name_of(user))
        rooms = await _join(conn, mine, theirs, user, owns=user.id == store.owner_id != 0)
        member = await _become_member(conn, mine.id, usernames, now)
        ended = await sessions.remove_all(conn, mine.id)  # a member's rights are for this browser only
    sessions.announce_ended(store, ended)
    store.sanctions.came(member.id, now)
    await sanctions.tell(store)  # whoever was kept out under either name is under both
    if known is None:
        await raids.note_newcomer(store, member, now)
    return _told(store, member, rooms)


async def link(store: Store, member: Person, user: DiscordUser) -> Person:
    """From here this member and that Discord user are one person, under the name from Discord.

    Raises Refused (`linked`, `taken`): for who is linked with another already, and for a Discord user who is a member.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        await lock_rooms(conn)
        mine, theirs = await _own(conn, member, is_member=True), await _theirs(conn, user.id)
        if mine is None:
            raise Refused(DISABLED, "disabled")
        if mine.discord_id not in (None, user.id):
            raise Refused(LINKED, "linked")
        if theirs and theirs.is_member and theirs.id != mine.id:
            raise Refused(THEIR_OWN, "taken")
        rooms = await _join(conn, mine, theirs, user, owns=user.id == store.owner_id != 0)
        linked = await _theirs(conn, user.id)
    assert linked
    await sanctions.tell(store)
    return _told(store, linked, rooms)


async def unlink(store: Store, member: Person, now: datetime, keep: bytes | None = None) -> None:
    """The two are strangers again. The member keeps the name and what was said; who speaks in Discord is somebody new.
    Whoever came in by way of Discord is sent out: all sessions end but the one whose token has the hash `keep`.

    Raises Refused for the owner, and for who has no password and could not come in any more; Forbidden (`muted`) for
    who is kept out, for they would begin anew by it.
    """
    if member.owner:
        raise Refused("The owner is known by Discord, so this link stays.", "owner")
    if sanctions.in_force(store, member.id, now):
        raise Forbidden(KEPT_OUT, "muted")
    account = await get(store.pool, member.id)
    if account is None or account.password_hash is None:
        raise Refused("Choose a password first: without Discord you could not come in any more.", "no_password")
    name = await _own_name(store, member)
    await store.pool.execute(
        """/* discord.unlink */ with unheard as (
            delete from letters where person_id = $1
        ), shut as (
            delete from links where person_id = $1
        ), quiet as (
            update accounts set notify_discord = false where person_id = $1
        ) update people set discord_id = null, name = $2 where id = $1 and not owner""",
        member.id,
        name,
    )
    await sessions.end_all(store, member.id, keep)
    _told(store, replace(member, discord_id=None, name=name), [])


async def _own_name(store: Store, member: Person) -> str:
    """The name they had in Discord, if somebody here may be called so; else their username."""
    try:
        return check_name(member.name, store.config.hangout.name_max, await people.house_names(store))
    except Refused:
        return str(member.username)


def _told(store: Store, member: Person, rooms: list[int]) -> Person:
    """Everybody here hears who the member is now, and of the rooms in which something was counted anew."""
    store.live.announce(PersonChanged(member))
    for room_id in rooms:
        store.live.announce(Behind(room_id))
    return member
