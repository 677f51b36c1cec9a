"""Coming in: registering, logging in, and the passwords for it. Called by both doors through db.accounts."""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg

from db import names, people, raids, sessions, sightings, usernames
from db.accounts import _queries as queries
from db.accounts._shape import Account
from db.errors import Forbidden, NotFound, Refused, TooOften, Unavailable
from db.limits import neighbourhood
from db.passwords import needs_rehash
from db.people import Person
from db.store import Conn, Store

HOUR = 3600.0
DOORS_RATE, DOORS_BURST = 0.5, 40  # comings in a second and network, whatever becomes of them, and at once
WRONG = "That username and password do not belong together. Please try again."
TAKEN = "Somebody has that username already. Please choose another one."
NOT_YOURS = "That is not your password. Please try again."
Proof = Callable[[Conn], Awaitable[object]]
INSIDE = "inside"  # with their number, stands for the network where somebody is logged in already

# Acts


async def register(
    store: Store, visitor: Person | None, username: str, password: str, name: str, network: str, now: datetime
) -> Person:
    """A new member. A `visitor` keeps their row, and with it what they said; their sessions so far end.

    Raises Refused whose code names the field (`bad_username`, `bad_password`, `bad_name`), Forbidden (`closed`), and
    TooOften.
    """
    if store.config.accounts.registration == "closed":
        raise Forbidden("Nobody new can register here for now.", "closed")
    if visitor and visitor.is_member:
        raise Forbidden("You are a member already.", "forbidden")
    _check_haste(store, neighbourhood(network))
    house = await people.house_names(store)
    username = usernames.check_username(username, house)
    name = names.check_name(name, store.config.hangout.name_max, house)
    if await people.by_username(store.pool, username):
        raise Refused(TAKEN, "bad_username")
    await store.passwords.check(password, _names(store, username, name))
    _check_pace(store, network)
    password_hash = await store.passwords.hash(password)
    person = await _admit(store, visitor, username, name, password_hash, now)
    store.sanctions.came(person.id, now)
    await sightings.note(store, person.id, network, now)
    return person


async def _admit(
    store: Store, visitor: Person | None, username: str, name: str, password_hash: str, now: datetime
) -> Person:
    ended: list[bytes] = []
    try:
        async with store.pool.acquire() as conn, conn.transaction():
            person = await queries.make_member(conn, visitor.id, username, name) if visitor else None
            if person:
                ended = await sessions.remove_all(conn, person.id)
            else:
                person = await queries.add_member(conn, username, name)
            await queries.add(conn, person.id, password_hash, now)
    except asyncpg.UniqueViolationError:
        raise Refused(TAKEN, "bad_username") from None
    sessions.announce_ended(store, ended)
    if visitor is None:
        await raids.note_newcomer(store, person, now)
    return person


async def log_in(store: Store, username: str, password: str, network: str) -> Account:
    """The account with this username and password; its `password_hash` is the proof that a session begins with.

    Whoever does not know the password learns nothing by it: words, code and time are the same whether there is such a
    member or not, with a password or disabled.

    Raises Refused (`wrong_login`), Forbidden (`disabled`), TooOften; Unavailable when too many are at it.
    """
    around = neighbourhood(network)
    _check_haste(store, around)
    username = usernames.as_kept(username.strip())
    account = await queries.by_username(store.pool, username)
    if not await _is_right(store, username, account, password, around):
        raise Refused(WRONG, "wrong_login")
    assert account
    assert account.password_hash
    if account.disabled_at:
        raise Forbidden("This account is switched off. The owner of the house can switch it on again.", "disabled")
    await sightings.note(store, account.person.id, network, datetime.now(UTC))
    if needs_rehash(account.password_hash):
        with suppress(Unavailable):  # then the next time
            fresh = await store.passwords.hash(password)
            if await queries.keep_hash(store.pool, account.person.id, fresh, instead_of=account.password_hash):
                return replace(account, password_hash=fresh)
    return account


async def confirm_password(store: Store, person: Person, password: str) -> None:
    """Somebody who is logged in shows that it is they. Who has no password need not. Raises Refused
    (`wrong_password`) and TooOften.
    """
    _check_haste(store, f"person {person.id}")
    account = await queries.get(store.pool, person.id)
    if account is None:
        raise NotFound
    inside = f"{INSIDE} {person.id}"
    if account.password_hash is not None and not await _is_right(store, str(person.id), account, password, inside):
        raise Refused(NOT_YOURS, "wrong_password")


async def change_password(store: Store, person: Person, current: str, new: str, keep: bytes | None) -> None:
    """Another password; all sessions but the one with the hash `keep` end, and one-time links open nothing any more.

    Who has none yet sets their first one, whatever `current` is. Raises Refused (`wrong_password`, `bad_password`)
    and TooOften.
    """
    await confirm_password(store, person, current)
    await _replace(store, person, new, keep)


async def set_password(store: Store, person_id: int, new: str, proof: Proof | None = None) -> None:
    """Another password for who came by a one-time link; `proof` uses it up in the transaction that keeps the password.
    Every session ends. Raises Refused (`bad_password`), what `proof` does, and NotFound for who has no account.
    """
    account = await queries.get(store.pool, person_id)
    if account is None:
        raise NotFound
    await _replace(store, account.person, new, None, proof)


async def _replace(store: Store, person: Person, new: str, keep: bytes | None, proof: Proof | None = None) -> None:
    await store.passwords.check(new, _names(store, person.username or "", person.name))
    password_hash = await store.passwords.hash(new)
    async with store.pool.acquire() as conn, conn.transaction():
        if proof:
            await proof(conn)
        if not await queries.keep_hash(conn, person.id, password_hash):
            raise NotFound
        await queries.remove_links(conn, person.id)
        ended = await sessions.remove_all(conn, person.id, keep)
    sessions.announce_ended(store, ended)


async def _is_right(store: Store, who: str, account: Account | None, password: str, network: str) -> bool:
    """Whether it is this account's password; counted as a failure until it is known to be. Raises TooOften."""
    guesses, at = store.limits.guesses, time.monotonic()
    wait = guesses.take(who, network, at)
    if wait:
        raise TooOften(f"That was not right a few times. Please wait {_told(wait)} before you try again.", wait)
    try:
        right = await store.passwords.verify(account.password_hash if account else None, password)
    except Unavailable:
        guesses.give_back(who, network, at)
        raise
    if right:
        guesses.succeeded(who, network, at)
    return right


def _check_haste(store: Store, key: str) -> None:
    """Right passwords and refused registrations are work as well, of which nobody may bring as much as they like."""
    wait = store.limits.doors.take(key, time.monotonic(), DOORS_RATE, DOORS_BURST)
    if wait:
        raise TooOften(f"That was a lot at once. Please wait {_told(wait)}.", wait)


def _check_pace(store: Store, network: str) -> None:
    wait = store.limits.accounts.take(network, time.monotonic(), store.config.accounts.per_address, HOUR)
    if wait:
        raise TooOften(f"Several new members came from your network. Please wait {_told(wait)}.", wait)


def _names(store: Store, *own: str) -> list[str]:
    return [*own, store.config.site.name]


def _told(seconds: float) -> str:
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"
