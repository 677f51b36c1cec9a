"""What members set about themselves: name, words, links, picture, and what others may see of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import msgspec

from db import media, people, sanctions
from db.accounts._shape import Link, MayAsk
from db.errors import NotFound, Refused
from db.events import PersonChanged
from db.names import NEWLINES, UNSAYABLE, check_name
from db.people import Person
from db.sanctions import Caller
from db.store import Conn, Store

ABOUT_MAX = 1000
LINKS_MAX, URL_MAX, LABEL_MAX = 5, 300, 40
SIDE = 256  # pixels of a picture of a person; on the page it is at most half of that, on a fine screen all of it
NO_LINK = "That is no web address. One begins with https:// and goes on with a name, such as https://example.org."


# Rules


def check_about(raw: str) -> str:
    """Words about oneself as they are kept; they may be none. Raises Refused (`too_long`)."""
    about = UNSAYABLE.sub("", NEWLINES.sub("\n", raw)).strip()
    if len(about) > ABOUT_MAX:
        raise Refused(f"That is {len(about):,} characters; {ABOUT_MAX:,} fit here.", "too_long")
    return about


def check_links(raw: Sequence[tuple[str, str]]) -> list[Link]:
    """Links given as (address, label), those without an address left out. Raises Refused (`bad_link`)."""
    links = list(dict.fromkeys(check_link(url, label) for url, label in raw if url.strip()))
    if len(links) > LINKS_MAX:
        raise Refused(f"There is room for {LINKS_MAX} links.", "bad_link")
    return links


def check_link(raw: str, label: str) -> Link:
    """A link to a page on the web; https:// is added where nothing stands before the name of the site."""
    url = raw.strip() if "://" in raw else f"https://{raw.strip()}"
    label = " ".join(UNSAYABLE.sub("", label).split())
    if len(url) > URL_MAX or len(label) > LABEL_MAX:
        raise Refused(f"An address may have {URL_MAX} characters and its label {LABEL_MAX}.", "bad_link")
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and parts.port != 0
    except ValueError:
        is_web = False
    # Who reads `https://bank.example@evil.example` takes it for the bank's.
    if (
        not is_web
        or not url.isprintable()
        or any(character in url for character in ' "<>\\^`{|}')
        or "@" in parts.netloc
    ):
        raise Refused(NO_LINK, "bad_link")
    return Link(url, label)


def check_may_ask(raw: str) -> MayAsk:
    if raw not in get_args(MayAsk):
        raise Refused("Please choose who may ask you for a chat.", "bad_parameter")
    chosen: MayAsk = msgspec.convert(raw, Any)
    return chosen


# Acts


async def change_profile(
    store: Store,
    person: Person,
    name: str,
    about: str,
    links: Sequence[tuple[str, str]],
    *,
    now: datetime | None = None,
) -> Person:
    """What the profile shows. Who is linked with Discord keeps the name they have there, whatever `name` says.

    Raises Refused (`bad_name`, `too_long`, `bad_link`), Forbidden (`banned`, `muted`) or NotFound.
    """
    sanctions.check(store, Caller(person), now or datetime.now(UTC))
    if person.discord_id is None and name != person.name:
        name = check_name(name, store.config.hangout.name_max, await people.house_names(store))
    about, kept = check_about(about), msgspec.to_builtins(check_links(links))
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute(
            "/* accounts.describe */ update accounts set about = $2, links = $3 where person_id = $1",
            person.id,
            about,
            kept,
        )
        row = await conn.fetchrow(
            f"""/* accounts.name */ update people set name = case when discord_id is null then $2 else name end
            where id = $1 and username is not null returning {people.COLUMNS}""",
            person.id,
            name,
        )
        if row is None:
            raise NotFound
    return _announced(store, people.from_row(row))


async def change_privacy(
    store: Store, person: Person, may_ask: str, *, shows_reading: bool, shows_online: bool, notify_discord: bool
) -> None:
    """What others may ask and see. Only who is linked with Discord can be told there of messages."""
    chosen = check_may_ask(may_ask)
    await store.pool.execute(
        """/* accounts.change_privacy */ update accounts
        set may_ask = $2, shows_reading = $3, shows_online = $4, notify_discord = $5 where person_id = $1""",
        person.id,
        chosen,
        shows_reading,
        shows_online,
        notify_discord and person.discord_id is not None,
    )
    _announced(store, person)


async def bring_picture(store: Store, person: Person, picture: Path | bytes, now: datetime) -> Person:
    """Makes the middle of a picture the person's own, in place of the one before. Raises what media.add does."""
    kept = await media.add(store, person, picture, "", now, square=SIDE)
    return await _change_picture(store, person, kept.id, now)


async def remove_picture(store: Store, person: Person, now: datetime) -> Person:
    """From here on they are shown as the creature that everybody without a picture has."""
    return await _change_picture(store, person, None, now)


async def _change_picture(store: Store, person: Person, media_id: str | None, now: datetime) -> Person:
    async with store.pool.acquire() as conn, conn.transaction():
        before = await _picture_of(conn, person.id)
        if media_id and not await media.use(conn, media_id, person.id):
            raise NotFound("That picture is not here any more. Please bring it again.")
        row = await conn.fetchrow(
            f"/* accounts.show_picture */ update people set picture = $2 where id = $1 returning {people.COLUMNS}",
            person.id,
            media_id,
        )
        assert row
        await media.release(conn, [before] if before else [], now)
    return _announced(store, people.from_row(row))


async def _picture_of(conn: Conn, person_id: int) -> str | None:
    """Two who change it at once do so one after the other. Raises NotFound for who is no member."""
    row = await conn.fetchrow(
        """/* accounts.picture_of */ select picture from people where id = $1 and username is not null
        for no key update""",
        person_id,
    )
    if row is None:
        raise NotFound
    picture: str | None = row["picture"]
    return picture


def _announced(store: Store, person: Person) -> Person:
    store.live.announce(PersonChanged(person))
    return person
