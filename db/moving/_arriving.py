"""A text of another program comes in: checked like one that somebody types, with its pictures made anew."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from db import media, posts
from db.errors import Refused, Unavailable
from db.moving import _folders as folders
from db.moving._foreign import Found, belongs, pictures_of, places_of, shown, understood
from db.moving._move import Move, arrive, is_known, new_pictures, why
from db.moving._settling import Arrival
from db.moving._shape import Address, Saved
from db.posts import Draft, slug_of
from db.store import Store

OLD = timedelta(days=2)  # pictures that move in do not count among those of the day


async def bring_text(store: Store, move: Move, path: Path) -> None:
    """Raises Refused for what does not fit, OSError for what cannot be read, or Unavailable."""
    if not belongs(move.root, path):
        return
    text = folders.text(move.root, path)
    found = understood(move.root, path, text, store.config.site.timezone)
    checked = posts.check_draft(replace(found.draft, cover=None))
    slug = checked.slug or slug_of(checked.title)
    if not slug:
        raise Refused("it needs a slug of Latin letters above its text", "no_slug")
    if await is_known(store, move, [slug]):
        return
    async with new_pictures(store, move) as new:
        urls = await _bring_pictures(store, move, found, new)
        cover = urls.get(found.extra.cover)
        draft = replace(found.draft, slug=slug, body=shown(found, urls), cover=cover.split("/")[2] if cover else None)
        one = _arrival(move, found, posts.check_draft(draft))
        one.pictures = dict.fromkeys(new, True)
        await arrive(store, move, one)


def _arrival(move: Move, found: Found, draft: Draft) -> Arrival:
    extra, now = found.extra, move.now
    is_draft = extra.draft or (extra.date is None and draft.kind == "post") or not draft.body.strip()
    published_at = None if is_draft else extra.date or now
    created_at = min(extra.date or now, now)
    state = "draft"
    if published_at is not None:
        state = "scheduled" if published_at > now else "unlisted" if extra.unlisted else "published"
    old = dict.fromkeys(slug_of(alias.strip("/").rpartition("/")[2].partition(".")[0]) for alias in extra.aliases)
    return Arrival(
        draft,
        move.names.owner.name,
        state,
        created_at,
        published_at,
        max(extra.updated or created_at, created_at),
        addresses=[Address(slug, created_at) for slug in old if slug],
        revisions=[_first_revision(move, draft)],
    )


def _first_revision(move: Move, draft: Draft) -> Saved:
    return Saved(
        1,
        draft.slug,
        draft.title,
        draft.summary,
        draft.body,
        list(draft.tags),
        draft.cover,
        draft.cover_alt,
        move.names.owner.name,
        "import",
        move.now,
    )


async def _bring_pictures(store: Store, move: Move, found: Found, new: list[str]) -> dict[str, str]:
    """The addresses that pictures have here, by how the text names them. One that cannot be had is told, and its name
    stays as it is.
    """
    urls: dict[str, str] = {}
    for name, alt in pictures_of(found).items():
        try:
            path = _picture(move.root, found, name)
            kept = await media.bring_back(store, move.names.owner.id, path, alt[:1000], move.now - OLD)
        except Unavailable:
            raise
        except (Refused, OSError) as error:
            move.report.say(f"{found.path.relative_to(move.root).as_posix()}, {name}", why(error))
            continue
        urls[name] = kept.url
        new.append(kept.id)
    return urls


def _picture(root: Path, found: Found, name: str) -> Path:
    """Raises Outside, Refused for what is no picture, or FileNotFoundError."""
    for path in places_of(root, found, name):
        if path.suffix.lower() not in folders.PICTURES:
            raise Refused("it is no PNG, JPEG, GIF or WebP", "bad_picture")
        try:
            return folders.inside(root, path)
        except FileNotFoundError:
            continue
    raise FileNotFoundError(name)
