"""Who wrote what moves in: the owner, an author of this site, or a name that nobody else can use."""

from dataclasses import dataclass, field

from db import people
from db.people import Person
from db.store import Conn, Store

NOBODY = "Somebody"


@dataclass(slots=True)
class Names:
    """`owner`: who the posts are by that say nothing else. `known`: those met in this move."""

    owner: Person
    site_name: str
    known: dict[tuple[str, int], int] = field(default_factory=dict)


# Queries


async def author_of(conn: Conn, names: Names, name: str) -> int:
    """The person of this name who may write posts; else one who has only the name."""
    if not name or name in {names.owner.name, names.site_name}:
        return names.owner.id
    found = await conn.fetch("/* moving.authors */ select id from people where role = 'author' and name = $1", name)
    return int(found[0]["id"]) if len(found) == 1 else await shell_of(conn, names, name)


async def shell_of(conn: Conn, names: Names, name: str, number: int = 0) -> int:
    """Somebody who has only this name, the same one all along; `number` tells several of one name apart."""
    name = name or NOBODY
    if name == names.owner.name and not number:
        return names.owner.id
    if (name, number) not in names.known:
        names.known[name, number] = (await people.add_visitor(conn, name)).id
    return names.known[name, number]


# Acts


async def names_of(store: Store) -> Names:
    """The owner as they are known here; before they ever came in, by their Discord id, or by name alone."""
    called = store.config.site.owner_name or "Owner"
    row = await store.pool.fetchrow(
        f"""/* moving.owner */ select {people.COLUMNS} from people p
        where owner or (name = $1 and username is null and discord_id is null
            and exists (select from posts where author_id = p.id))
        order by owner desc, id limit 1""",
        called,
    )
    if row is not None:
        return Names(people.from_row(row), called)
    if store.owner_id:
        await people.keep_discord(store.pool, {store.owner_id: called}, store.owner_id)
        owner = await people.by_discord(store.pool, store.owner_id)
        assert owner
        return Names(owner, called)
    return Names(await people.add_visitor(store.pool, called), called)
