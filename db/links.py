"""Links that open the house once: the owner's way in (`login`), and a member's to a new password (`password`).

Made by cogs/site.py, cogs/accounts.py and cogs/letters.py, used by web/auth.py. The token is 256 random bits of which
only the SHA-256 is kept. To look at a link does not use it: those who draw previews of what is in a chat fetch it too.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from db import people, sessions
from db.config import Config
from db.errors import Refused
from db.people import Person
from db.store import Conn, Store

Purpose = Literal["login", "password"]
LOGIN_LIFE = timedelta(minutes=5)
PASSWORD_LIFE = timedelta(minutes=30)


class Spent(Refused):
    """The link opens nothing: it was used, is too old, or never was one. Which of these is nobody's business."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This link has been used already, or it is too old. Please ask for a new one.", "spent")


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is good for, and for whom."""

    person: Person
    purpose: Purpose


# Rules


def address(config: Config, token: str) -> str:
    """Where the link is to be opened."""
    return f"{config.public_url}/auth/link/{token}"


# Queries


async def look(conn: Conn, token: str, now: datetime) -> Link:
    """What this link would open; it stays as it is. Raises Spent, also when the account is disabled."""
    row = await conn.fetchrow(
        f"""/* links.look */ select {people.OF_P}, l.purpose from links l join people p on p.id = l.person_id
        where l.token_hash = $1 and l.expires_at > $2 and {people.IS_OPEN}""",
        sessions.hash_token(token),
        now,
    )
    if row is None:
        raise Spent
    *person, purpose = row
    return Link(Person(*person), purpose)


async def take(conn: Conn, token: str, purpose: Purpose, now: datetime) -> Person:
    row = await conn.fetchrow(
        f"""/* links.take */ with taken as (
            delete from links where token_hash = $1 and purpose = $2 returning person_id, expires_at
        ) select {people.OF_P} from taken t join people p on p.id = t.person_id
        where t.expires_at > $3 and {people.IS_OPEN}""",
        sessions.hash_token(token),
        purpose,
        now,
    )
    if row is None:
        raise Spent
    return people.from_row(row)


# Acts


async def make(store: Store, person_id: int, purpose: Purpose, now: datetime, life: timedelta) -> str:
    """The token of a new link; those that this person has for the same purpose end, and so do all that are too old."""
    token = sessions.new_token()
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute("/* links.lock */ select from people where id = $1 for no key update", person_id)
        await conn.execute(
            "/* links.end_older */ delete from links where (person_id = $1 and purpose = $2) or expires_at <= $3",
            person_id,
            purpose,
            now,
        )
        await conn.execute(
            """/* links.make */ insert into links (token_hash, person_id, purpose, created_at, expires_at)
            values ($1, $2, $3, $4, $5)""",
            sessions.hash_token(token),
            person_id,
            purpose,
            now,
            now + life,
        )
    return token


async def use(store: Store, token: str, purpose: Purpose, now: datetime) -> Person:
    """Whom the link lets in. It is gone from here; of two who come at once, one comes too late. Raises Spent."""
    return await take(store.pool, token, purpose, now)
