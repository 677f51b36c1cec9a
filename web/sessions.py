"""Sessions at the browser's door: aiohttp-session's storage over db/sessions.py, and who is asking.

The cookie holds a random token and nothing else. No cookie is set before there is something to remember, and a
request without one costs no query. The token changes whenever the session's person does.
"""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp_session import AbstractStorage, Session, get_session

from db import agents, people, sessions, sightings
from db.events import SessionEnded
from db.loops import again_and_again, doing, pause
from db.people import Person
from db.sanctions import Caller
from db.store import Store

from . import barred, keys
from .proxies import client_address, network_key

SWEEP_EVERY = 6 * 3600.0  # seconds
PERSON_ID = "person_id"  # the one entry of a session that has a column of its own
AGENT = "agent"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class PostgresStorage(AbstractStorage):
    def __init__(self, store: Store, *, is_https: bool) -> None:
        # With the prefix __Host- a browser takes the cookie only over https and from this very host (RFC 6265bis).
        super().__init__(
            cookie_name="__Host-session" if is_https else "session",
            max_age=int(sessions.LIFE.total_seconds()),
            secure=is_https,
            httponly=True,
            samesite="Lax",
        )
        self._store = store

    async def load_session(self, request: web.Request) -> Session:
        kept = await self._find(self.load_cookie(request) or "")
        if kept is None:
            return Session(None, data=None, new=True)
        mapping = dict(kept.data)
        if kept.person_id is not None:
            mapping[PERSON_ID] = kept.person_id
        return Session(kept, data={"session": mapping}, new=False)

    async def _find(self, token: str) -> sessions.Session | None:
        if not TOKEN.fullmatch(token):
            return None
        now = datetime.now(UTC)
        kept = await sessions.load(self._store.pool, sessions.hash_token(token), now)
        if kept and sessions.is_due(kept, now):
            await sessions.touch(self._store.pool, kept.token_hash, now)
        return kept

    async def save_session(self, request: web.Request, response: web.StreamResponse, session: Session) -> None:
        kept: sessions.Session | None = session.identity
        data = dict(session)
        person_id = data.pop(PERSON_ID, None)
        if session.empty:
            await self._end(response, kept)
        elif kept is None or kept.person_id != person_id or request.get(keys.ROTATE, False):
            await self._begin(response, kept, person_id, data, request.get(keys.PROOF))
        else:
            gone = [key for key in kept.data if key not in data]
            fresh = {key: value for key, value in data.items() if kept.data.get(key) != value or key not in kept.data}
            if fresh or gone:
                await sessions.change(self._store.pool, kept.token_hash, fresh, gone)

    async def _begin(
        self,
        response: web.StreamResponse,
        kept: sessions.Session | None,
        person_id: int | None,
        data: dict[str, Any],
        proof: str | None,
    ) -> None:
        """A new token for a new session, or for an old one whose rights have changed. None where the password by which
        somebody came in was changed meanwhile.
        """
        token = sessions.new_token()
        token_hash = sessions.hash_token(token)
        now = datetime.now(UTC)
        if not await sessions.begin(self._store, kept, token_hash, person_id, data, now, proof):
            await self._end(response, kept)
            return
        if kept is not None:
            self._store.live.announce(SessionEnded(kept.token_hash))
        self.save_cookie(response, token, max_age=self.max_age)

    async def _end(self, response: web.StreamResponse, kept: sessions.Session | None) -> None:
        if kept is not None:
            await sessions.revoke(self._store.pool, kept.token_hash)
            self._store.live.announce(SessionEnded(kept.token_hash))
        response.del_cookie(
            self.cookie_name, path="/", secure=self.cookie_params["secure"], httponly=True, samesite="Lax"
        )


async def enter(request: web.Request, person: Person, proof: str | None = None) -> None:
    """From here on this browser is that person; the answer carries the new token. A member's session knows in which
    browser it is. `proof` is the hash of the password by which they came in: the session begins if it still is that.
    Raises Forbidden (`banned`) for one who is banned and comes back as somebody else.
    """
    asks = await caller(request)
    barred.check_entry(request.app[keys.STORE], Caller(person, asks.network, asks.session_id))
    if proof is not None:
        request[keys.PROOF] = proof
    await sightings.note(request.app[keys.STORE], person.id, asks.network, datetime.now(UTC))
    session = await get_session(request)
    session[PERSON_ID] = person.id
    request[keys.PERSON] = person
    if person.is_member:
        session[AGENT] = agents.describe(request.headers.get("User-Agent", ""))
        await rotate(request)


async def leave(request: web.Request) -> None:
    """Ends the session: its token is worth nothing from here, and the browser is told to forget it."""
    (await get_session(request)).invalidate()
    request[keys.PERSON] = None


async def rotate(request: web.Request) -> None:
    """The same session under a new token: after a change of password or role."""
    (await get_session(request)).changed()
    request[keys.ROTATE] = True


async def current_person(request: web.Request) -> Person | None:
    """Who is asking, None for a stranger. Asks the database at most once a request, and never without a cookie."""
    with suppress(KeyError):
        return request[keys.PERSON]
    person_id = (await get_session(request)).get(PERSON_ID)
    person = await people.get(request.app[keys.STORE].pool, person_id) if person_id is not None else None
    request[keys.PERSON] = person
    return person


async def caller(request: web.Request) -> Caller:
    """Who asks, from where and in which session: whom sanctions are looked up for."""
    kept: sessions.Session | None = (await get_session(request)).identity
    network = network_key(client_address(request))
    return Caller(await current_person(request), network, kept.id if kept else None)


async def current_session(request: web.Request) -> bytes | None:
    """The hash of the token of whoever asks, None for a stranger."""
    kept: sessions.Session | None = (await get_session(request)).identity
    return kept.token_hash if kept else None


async def forget_ended(app: web.Application) -> AsyncIterator[None]:
    """cleanup_ctx: removes ended sessions now and then, while the site is up."""

    async def remove() -> None:
        await sessions.remove_ended(app[keys.STORE].pool, datetime.now(UTC))
        await pause(SWEEP_EVERY)

    async with doing(again_and_again("Removing ended sessions", remove), "ended sessions"):
        yield
