"""Who is tried in tests/web/test_permissions.py, and what there is for them to reach."""

import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp.test_utils import TestClient

from db import media, messages, people, sessions
from db.limits import Limits
from db.people import Person
from db.store import Store
from tests import pictures

# In this order they stand in the tables. `member` is whose things are tried, `other` a stranger to them, and `blocked`
# somebody whom they keep away.
CAST = ("nobody", "visitor", "member", "other", "blocked", "author", "owner")
ROOM = 1


class Scene:
    """The house with everybody in it."""

    def __init__(self, store: Store, client: TestClient) -> None:
        self.store = store
        self.client = client
        self.people: dict[str, Person] = {}

    async def gather(self) -> None:
        pool, now = self.store.pool, datetime.now(UTC)
        for name in CAST[1:]:
            role = {"visitor": "visitor", "author": "author"}.get(name, "member")
            row = await pool.fetchrow(
                f"insert into people (name, username, role, owner) values ($1, $2, $3, $4) returning {people.COLUMNS}",
                name.title(),
                None if role == "visitor" else f"the-{name}",
                role,
                name == "owner",
            )
            person = self.people[name] = people.from_row(row)
            if person.is_member:
                await pool.execute("insert into accounts (person_id, created_at) values ($1, $2)", person.id, now)
        await pool.execute(
            "insert into blocks values ($1, $2, $3)", self.people["member"].id, self.people["blocked"].id, now
        )

    async def enter(self, name: str) -> dict[str, str]:
        """A fresh session for this one, whom no pace holds up; returns the headers of their requests."""
        self.store.limits = Limits()
        if name == "nobody":
            return {}
        token = sessions.new_token()
        await sessions.add(
            self.store.pool,
            sessions.hash_token(token),
            self.people[name].id,
            {},
            datetime.now(UTC) - timedelta(hours=1),
        )
        return {"Cookie": f"session={token}"}

    async def message(self) -> messages.Message:
        """Something that the member has just said in the hangout."""
        self.store.limits = Limits()
        nonce = secrets.token_hex(8)
        return await messages.say(
            self.store, ROOM, self.people["member"], "mine", nonce, datetime.now(UTC), network=nonce
        )

    async def picture(self) -> media.Media:
        """One that the member has just brought and not used yet."""
        with tempfile.NamedTemporaryFile() as place:
            place.write(pictures.still())
            place.flush()
            return await media.add(self.store, self.people["member"], Path(place.name), "", datetime.now(UTC))

    async def places(self, path: str) -> dict[str, str]:
        """What to put into the braces of a path: things of the member's, or where that cannot be anything that fits."""
        if path.startswith("/hangout/messages/"):
            return {"id": str((await self.message()).id)}
        if path.startswith("/media/{id"):
            one = await self.picture()
            return {"id": one.id, "name": "full", "ext": one.ext}
        if path.startswith("/avatars/"):
            return {"person_id": str(self.people["member"].id)}
        if path.startswith("/static/"):
            return {"path": "base.css"}
        return {"id": "5", "message_id": "5", "attachment_id": "5", "name": "notes.txt", "ext": "png"}
