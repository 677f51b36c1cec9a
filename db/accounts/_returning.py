"""Coming back without the password: by a link that the bot or the owner has handed over."""

from datetime import datetime

from db import links
from db.accounts._entering import set_password
from db.links import Spent
from db.people import Person
from db.store import Store

# Acts


async def choose_password(store: Store, token: str, new: str, now: datetime) -> Person:
    """A new password for whom the link is; all their sessions end. Raises Spent, or Refused (`bad_password`) for a
    password that does not do: then the link is still good.
    """
    link = await links.look(store.pool, token, now)
    if link.purpose != "password":
        raise Spent
    await set_password(store, link.person.id, new, lambda conn: links.take(conn, token, "password", now))
    return link.person
