"""Projects: the cards of the portfolio that the owner added from Discord. The others stand in projects.toml.

Called by cogs/projects.py, which changes them, and by the page /projects, which shows them.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import asyncpg
import msgspec

from db import media
from db.errors import Forbidden, NotFound, Refused
from db.events import PostsChanged
from db.names import NEWLINES, UNSAYABLE
from db.people import Person
from db.posts import Cover
from db.store import Conn, Store

NAME_MAX, CONTENT_MAX, LINKS_MAX, LABEL_MAX, URL_MAX = 100, 1000, 5, 50, 500
BLANK = re.compile(r"\n{3,}")


class Link(msgspec.Struct, frozen=True):
    """Where a card leads, and what stands on it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Project:
    """A card. `content` is plain text, in paragraphs."""

    id: int
    name: str
    content: str
    links: tuple[Link, ...]
    picture: Cover | None


# Rules


def check_name(name: str) -> str:
    """One line of 1 to 100 characters."""
    name = " ".join(UNSAYABLE.sub("", NEWLINES.sub(" ", name)).split())
    if not name:
        raise Refused("A project needs a name.", "bad_name")
    if len(name) > NAME_MAX:
        raise Refused(f"That name has {len(name)} characters; {NAME_MAX} fit.", "too_long")
    return name


def check_content(content: str) -> str:
    """At most 1,000 characters."""
    content = BLANK.sub("\n\n", UNSAYABLE.sub("", NEWLINES.sub("\n", content))).strip()
    if len(content) > CONTENT_MAX:
        raise Refused(f"That text has {len(content)} characters; {CONTENT_MAX} fit on a card.", "too_long")
    return content


def check_link(typed: str) -> Link:
    """`https://…`, or a label before it: `Source https://…`. Without one the host stands there."""
    label, _, url = " ".join(typed.split()).rpartition(" ")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or len(url) > URL_MAX or not url.isprintable():
        raise Refused("A link begins with https:// or http://, with its label before it if you like.", "bad_link")
    label = UNSAYABLE.sub("", label).strip() or host.removeprefix("www.")
    return Link(label if len(label) <= LABEL_MAX else f"{label[: LABEL_MAX - 1]}…", url)


def check_owner(person: Person) -> None:
    if not person.owner:
        raise Forbidden("Only the owner of the site can do this.", "not_yours")


# Queries


async def all_added(conn: Conn) -> list[Project]:
    """Every card that was added, in the order of the page: the newest first."""
    rows = await conn.fetch(
        """/* projects.all_added */ select p.id, p.name, p.content, p.links, p.picture_alt,
            m.id as media, m.ext, m.width, m.height, m.widths
        from projects p left join media m on m.id = p.picture and m.released_at is null
        order by p.place, p.id desc"""
    )
    return [_from_row(row) for row in rows]


async def named(conn: Conn, typed: str, limit: int) -> list[str]:
    """The names that hold what is typed, in the order of the alphabet."""
    rows = await conn.fetch(
        """/* projects.named */ select name from projects where strpos(lower(name), lower($1)) > 0
        order by name limit $2""",
        typed.replace("\x00", ""),
        limit,
    )
    return [row["name"] for row in rows]


def _from_row(row: asyncpg.Record) -> Project:
    picture = None
    if row["media"]:
        widths = tuple(row["widths"])
        picture = Cover(row["media"], row["ext"], row["width"], row["height"], widths, row["picture_alt"])
    links = msgspec.convert(row["links"], tuple[Link, ...])
    return Project(row["id"], row["name"], row["content"], links, picture)


# Acts


async def add(
    store: Store,
    person: Person,
    name: str,
    content: str,
    links: list[str],
    now: datetime,
    *,
    picture: str | None = None,
    alt: str = "",
) -> str:
    """Adds a card, and returns its name. `links` as `check_link` takes them; `picture` is the media id of a picture
    that the owner has just brought.

    Raises Refused (`bad_name`, `bad_link`, `too_long`, `taken`, `bad_picture`), or Forbidden for anybody but the owner.
    """
    check_owner(person)
    name, content = check_name(name), check_content(content)
    if len(links) > LINKS_MAX:
        raise Refused(f"{LINKS_MAX} links fit on a card.", "too_long")
    shown = [msgspec.to_builtins(check_link(one)) for one in links]
    try:
        async with store.pool.acquire() as conn, conn.transaction():
            if picture and not await media.use(conn, picture, person.id):
                raise Refused("That picture is gone. Please attach it again.", "bad_picture")
            await conn.execute(
                """/* projects.add */ insert into projects (name, content, links, picture, picture_alt, created_at)
                values ($1, $2, $3, $4, $5, $6)""",
                name,
                content,
                shown,
                picture,
                media.check_alt(alt),
                now,
            )
    except asyncpg.UniqueViolationError:
        raise Refused("There is a project of this name already: remove it first.", "taken") from None
    store.live.announce(PostsChanged())
    return name


async def remove(store: Store, person: Person, name: str, now: datetime) -> None:
    """Takes a card away, with its picture. Raises NotFound, or Forbidden for anybody but the owner."""
    check_owner(person)
    async with store.pool.acquire() as conn, conn.transaction():
        row = await conn.fetchrow(
            "/* projects.remove */ delete from projects where name = $1 returning picture",
            name.replace("\x00", "").strip(),
        )
        if row is None:
            raise NotFound("There is no project of this name that was added from Discord.")
        if row["picture"]:
            await media.release(conn, [row["picture"]], now)
    store.live.announce(PostsChanged())
