"""Members of the site and chats between them, put straight into the database: how one becomes a member is tested
elsewhere.
"""

from datetime import datetime

from db import chats, people
from db.people import Person
from db.store import Store


async def add_member(store: Store, username: str, *, person_id: int | None = None) -> Person:
    """A member with an account and no password; of a visitor who is there already when `person_id` is given."""
    if person_id is None:
        person_id = (await people.add_visitor(store.pool, username.capitalize())).id
    await store.pool.execute("update people set username = $2, role = 'member' where id = $1", person_id, username)
    await store.pool.execute("insert into accounts (person_id, created_at) values ($1, now())", person_id)
    person = await people.get(store.pool, person_id)
    assert person
    return person


async def chat_between(store: Store, asker: Person, asked: Person, now: datetime) -> int:
    """The id of a room that was asked for and accepted. In it stands one message, `hello`."""
    assert asked.username
    request = await chats.ask(store, asker, asked.username, "hello", now)
    room_id = await chats.answer(store, asked, request.id, "accept", now)
    assert room_id
    return room_id
