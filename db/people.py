"""People: one row for everybody, whatever door they came through. Called by both doors and by db/messages.py."""

import re
from dataclasses import dataclass

import asyncpg

from db.names import clean_name
from db.store import Conn, Store

SEARCH_MAX = 64  # characters of what is looked for that count
LITERAL = re.compile(r"[%_\\]")  # what `like` would read otherwise
COLUMNS = "id, name, discord_id, owner, username, role, picture"
OF_P = ", ".join(f"p.{column}" for column in COLUMNS.split(", "))  # where a query calls the table p
IS_OPEN = "not exists (select from accounts a where a.person_id = p.id and a.disabled_at is not null)"  # likewise


@dataclass(frozen=True, slots=True)
class Person:
    """`username` is there for members only. `role` is `visitor`, `member` or `author`; who owns the house may do all
    that an author may. `picture` is the media id of one they chose.
    """

    id: int
    name: str
    discord_id: int | None = None
    owner: bool = False
    username: str | None = None
    role: str = "visitor"
    picture: str | None = None

    @property
    def source(self) -> str:
        """Where their name comes from: `web`, or `discord` for who is known there."""
        return "web" if self.discord_id is None else "discord"

    @property
    def is_member(self) -> bool:
        return self.username is not None

    @property
    def may_write_posts(self) -> bool:
        return self.owner or self.role == "author"


# Rules


def avatar_path(person_id: int, picture: str | None) -> str:
    """Another picture is another address, so that nobody keeps showing the old one."""
    return f"/avatars/{person_id}.png" + (f"?v={picture[:8]}" if picture else "")


# Queries


def from_row(row: asyncpg.Record) -> Person:
    return Person(*row)


async def get(conn: Conn, person_id: int) -> Person | None:
    """None as well for one whose account is disabled: to both doors they are a stranger."""
    row = await conn.fetchrow(f"/* people.get */ select {OF_P} from people p where id = $1 and {IS_OPEN}", person_id)
    return from_row(row) if row else None


async def by_username(conn: Conn, username: str) -> Person | None:
    """The member with this username, disabled or not."""
    row = await conn.fetchrow(f"/* people.by_username */ select {COLUMNS} from people where username = $1", username)
    return from_row(row) if row else None


async def by_discord(conn: Conn, discord_id: int) -> Person | None:
    row = await conn.fetchrow(f"/* people.by_discord */ select {COLUMNS} from people where discord_id = $1", discord_id)
    return from_row(row) if row else None


async def add_visitor(conn: Conn, name: str) -> Person:
    row = await conn.fetchrow(
        f"/* people.add_visitor */ insert into people (name) values ($1) returning {COLUMNS}", name
    )
    assert row
    return from_row(row)


async def rename(conn: Conn, person_id: int, name: str) -> Person | None:
    row = await conn.fetchrow(
        f"/* people.rename */ update people set name = $2 where id = $1 returning {COLUMNS}", person_id, name
    )
    return from_row(row) if row else None


async def owner_names(conn: Conn) -> list[str]:
    """What the owner is called; nobody else may be."""
    rows = await conn.fetch(
        """/* people.owner_names */ select unnest(array[name, username]) as name from people where owner"""
    )
    return [row["name"] for row in rows if row["name"]]


async def known_discord_names(conn: Conn, discord_ids: list[int]) -> dict[int, str]:
    """The names under which these Discord users were last seen here."""
    rows = await conn.fetch(
        "/* people.known_discord_names */ select discord_id, name from people where discord_id = any($1)", discord_ids
    )
    return {row["discord_id"]: row["name"] for row in rows}


async def keep_discord(conn: Conn, names: dict[int, str], owner_id: int) -> dict[int, int]:
    """Adds or renames Discord users, given as {discord id: name}; returns {discord id: person id}."""
    rows = await conn.fetch(
        """/* people.keep_discord */ insert into people (discord_id, name, owner)
        select u.discord_id, u.name, u.discord_id = $3 and $3 <> 0
        from unnest($1::bigint[], $2::text[]) as u (discord_id, name)
        order by u.discord_id
        on conflict (discord_id) do update set name = excluded.name, owner = excluded.owner
        returning discord_id, id""",
        list(names),
        list(names.values()),
        owner_id,
    )
    return {row["discord_id"]: row["id"] for row in rows}


async def search(conn: Conn, words: str, limit: int) -> list[Person]:
    """Members whose username, or any word of whose name, begins so or nearly so, the nearest first. Nothing asked for
    finds nobody.
    """
    asked = clean_name(words).removeprefix("@").strip()[:SEARCH_MAX]
    if not asked:
        return []
    rows = await conn.fetch(
        f"""/* people.search */ select {COLUMNS} from people p
        where username is not null
            and (username like lower($2) or lower(name) like lower($2) or lower(name) like '% ' || lower($2)
                or username % lower($1) or lower($1) <% lower(name))
            and {IS_OPEN}
        order by username = lower($1) desc, username like lower($2) desc, lower(name) like lower($2) desc,
            greatest(similarity(username, lower($1)), word_similarity(lower($1), lower(name))) desc, username
        limit $3""",
        asked,
        LITERAL.sub(r"\\\g<0>", asked) + "%",
        limit,
    )
    return [from_row(row) for row in rows]


async def names_to_show(conn: Conn, person_ids: list[int]) -> list[str]:
    """What these people are called, in the order of the alphabet, but for those who do not want it known that they are
    here.
    """
    rows = await conn.fetch(
        """/* people.names_to_show */ select name from people where id = any($1) and not exists (
            select from accounts where person_id = id and not shows_online) order by name""",
        person_ids,
    )
    return [row["name"] for row in rows]


async def mentionable(conn: Conn, room_id: int) -> dict[str, int]:
    """Members of Discord who took part in this room in the last day, as {name in lower case: Discord id}; of several
    with one name none.
    """
    rows = await conn.fetch(
        """/* people.mentionable */ select lower(p.name) as name, max(p.discord_id) as discord_id
        from people p where p.discord_id > 0 and exists (
            select from messages m where m.author_id = p.id and m.room_id = $1 and m.source = 'discord'
                and m.created_at > now() - interval '1 day'
        ) group by lower(p.name) having count(*) = 1""",
        room_id,
    )
    return {row["name"]: row["discord_id"] for row in rows}


# Acts


async def house_names(store: Store) -> list[str]:
    """The names that nobody else may carry: the owner's and the site's."""
    site = store.config.site
    return [one for one in (site.owner_name, site.name, *await owner_names(store.pool)) if one]


async def mark_owner(store: Store, discord_id: int) -> None:
    """The Discord user with this id is the owner of the site, and nobody else is."""
    await store.pool.execute(
        "/* people.mark_owner */ update people set owner = (discord_id = $1) where owner or discord_id = $1", discord_id
    )
    store.owner_id = discord_id
