"""Moving in: an export of ours with everything that was in it, or the texts and pictures of another program's folder.

What is here already stays as it is, so a move may be made again; what cannot be read is told in a sentence and left
out.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from db import media, posts
from db.errors import Refused
from db.moving import _folders as folders
from db.moving._arriving import bring_text
from db.moving._fitting import check_history, check_thread
from db.moving._links import absolute, renamed
from db.moving._move import Move, arrive, guarded, is_known, new_pictures, why
from db.moving._people import names_of
from db.moving._report import Report
from db.moving._settling import Arrival, settle_gone
from db.moving._shape import COMMENTS, FOLDERS, GONE, HISTORY, MARK, TEXT, Gone, History, Kept, Thread
from db.moving._visitors import NAME, bring_visits
from db.posts import front_matter
from db.store import Store

NO_FOLDER = "There is no such folder."


async def import_from(store: Store, folder: Path, now: datetime) -> Report:
    """Raises Refused when there is no such folder, or Unavailable."""
    root = _root(folder)
    move = Move(root, await names_of(store), now)
    if (root / MARK).is_file():
        await _bring_own(store, move)
    else:
        for path in folders.texts(root):
            await guarded(store, move, path.relative_to(root).as_posix(), bring_text(store, move, path))
    await guarded(store, move, NAME, bring_visits(store, move))
    return move.report


def _root(folder: Path) -> Path:
    if not folder.is_dir():
        raise Refused(NO_FOLDER)
    return folder.resolve()


async def _bring_own(store: Store, move: Move) -> None:
    for kind, name in FOLDERS.items():
        for folder in sorted((move.root / name).glob("*")):
            await guarded(store, move, f"{name}/{folder.name}", _bring_bundle(store, move, folder, kind))
    await guarded(store, move, GONE, _bring_gone(store, move))


async def _bring_bundle(store: Store, move: Move, folder: Path, kind: str) -> None:
    history = msgspec.json.decode(folders.content(move.root, folder / HISTORY, folders.JSON_MAX), type=History)
    if await is_known(store, move, [folder.name, *(one.slug for one in history.addresses)]):
        return
    text = folders.text(move.root, folder / TEXT)
    draft, _ = front_matter.read(text)
    thread = _thread(move, folder)
    check_history(history)
    check_thread(thread)
    if history.is_relative:
        draft = replace(draft, body=absolute(draft.body, history.pictures))
    draft = posts.check_draft(replace(draft, kind=kind, slug=draft.slug or folder.name))
    one = Arrival(
        draft,
        history.author,
        _state(history, move.now),
        history.created_at,
        history.published_at,
        history.updated_at,
        history.id,
        history.likes,
        history.addresses,
        history.revisions,
    )
    async with new_pictures(store, move) as new:
        ids = await _bring_pictures(store, move, folder, history.pictures, new)
        one.pictures = {media_id: media_id in new for media_id in ids.values()}
        await arrive(store, move, _with_pictures(one, ids), thread)


def _state(history: History, now: datetime) -> str:
    """What came out on the way is out, and no news."""
    is_due = history.state == "scheduled" and history.published_at is not None and history.published_at <= now
    return "published" if is_due else history.state


def _thread(move: Move, folder: Path) -> Thread | None:
    try:
        return msgspec.json.decode(folders.content(move.root, folder / COMMENTS, folders.JSON_MAX), type=Thread)
    except FileNotFoundError:
        return None


def _with_pictures(one: Arrival, ids: dict[str, str]) -> Arrival:
    """Where the pictures have other ids now, and a cover that did not come along is none."""
    cover = ids.get(one.draft.cover or "")
    one.draft = replace(one.draft, cover=cover, cover_alt=one.draft.cover_alt if cover else "")
    changed = {old: new for old, new in ids.items() if old != new}
    if changed:
        one.draft = replace(one.draft, body=renamed(one.draft.body, changed))
        one.revisions = [
            msgspec.structs.replace(
                saved, body=renamed(saved.body, changed), cover=changed.get(saved.cover or "", saved.cover)
            )
            for saved in one.revisions
        ]
    return one


async def _bring_pictures(
    store: Store, move: Move, folder: Path, pictures: list[Kept], new: list[str]
) -> dict[str, str]:
    """By the id that each had, the one it has here."""
    ids: dict[str, str] = {}
    for one in pictures:
        path = folder / f"{one.id}.{one.ext}"
        try:
            found = folders.inside(move.root, path)
            was_here = await media.get(store.pool, one.id)
            kept = await media.bring_back(store, move.names.owner.id, found, one.alt, one.created_at, one.id)
        except (Refused, OSError) as error:
            move.report.say(path.relative_to(move.root).as_posix(), why(error))
            continue
        ids[one.id] = kept.id
        if was_here is None or was_here.id != kept.id:
            new.append(kept.id)
    return ids


async def _bring_gone(store: Store, move: Move) -> None:
    data = await asyncio.to_thread(folders.content, move.root, move.root / GONE, folders.JSON_MAX)
    for one in msgspec.json.decode(data, type=list[Gone]):
        if not await is_known(store, move, [one.slug, *(address.slug for address in one.addresses)]):
            async with store.pool.acquire() as conn, conn.transaction():
                await settle_gone(conn, one, move.names)
