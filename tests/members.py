"""Members of the site, made as registering makes them, for tests that are about something else."""

from datetime import UTC, datetime
from typing import Any

from db import chats, people, sessions
from db.moderators import Moderator
from db.people import Person
from db.store import Store

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def member(store: Store, username: str, name: str = "", *, role: str = "member", **more: Any) -> Person:
    """`more` are columns of people: `discord_id`, `owner`."""
    person_id = await store.pool.fetchval(
        """insert into people (name, username, role, discord_id, owner) values ($1, $2, $3, $4, $5) returning id""",
        name or username.title(),
        username,
        role,
        more.get("discord_id"),
        more.get("owner", False),
    )
    await store.pool.execute("insert into accounts (person_id, created_at) values ($1, $2)", person_id, NOON)
    person = await people.get(store.pool, person_id)
    assert person
    return person


async def signed_in(store: Store, person: Person, **data: str) -> dict[str, str]:
    """The cookie of a browser that is this person from now on."""
    token = sessions.new_token()
    await sessions.add(store.pool, sessions.hash_token(token), person.id, data, datetime.now(UTC))
    return {"session": token}


async def warden(store: Store) -> Moderator:
    """Moss, who holds a role of moderators in Discord."""
    await store.pool.execute("insert into moderator_roles (role_id, name, added_at) values (77, 'porch', $1)", NOON)
    return Moderator(await member(store, "moss"), frozenset({77}))


async def chat_between(store: Store, asker: Person, asked: Person, now: datetime = NOON) -> int:
    """The id of a room that was asked for and accepted. In it stands one message, `hello`."""
    assert asked.username
    request = await chats.ask(store, asker, asked.username, "hello", now)
    room_id = await chats.answer(store, asked, request.id, "accept", now)
    assert room_id
    return room_id
