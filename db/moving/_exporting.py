"""Moving out: every post becomes a folder with its Markdown, its pictures, its history and its comments. The sums
of visitors lie beside them.
"""

import asyncio
from pathlib import Path

from db import posts
from db.errors import Refused
from db.media import blob_name
from db.moving import _reading as reading
from db.moving._links import relative
from db.moving._report import Report
from db.moving._shape import COMMENTS, FOLDERS, FORMAT, GONE, HISTORY, MARK, TEXT, Kept, Mark, encode
from db.moving._visitors import export_visits
from db.posts import Post, front_matter
from db.store import Conn, Store

NOT_EMPTY = "There is something in that folder already. Please name one that is empty, or not there yet."


async def export_to(store: Store, folder: Path) -> Report:
    """Writes all posts, pages and sums of visitors into an empty folder, the same as the same bytes. Raises Refused or
    OSError.
    """
    report = Report()
    await asyncio.to_thread(_prepare, folder)
    for post_id in await reading.all_ids(store.pool):
        await _export(store, folder, post_id, report)
    await export_visits(store, folder)
    deleted = await reading.gone(store.pool)
    await asyncio.to_thread(_write, folder, {MARK: encode(Mark(FORMAT)), GONE: encode(deleted)})
    return report


def _prepare(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused(NOT_EMPTY)


async def _export(store: Store, folder: Path, post_id: int, report: Report) -> None:
    async with store.pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        post = await posts.get(conn, post_id)
        if post is None:  # deleted since
            return
        held = await reading.pictures(conn, post_id)
        files = await _files(conn, post, [kept for kept, _ in held])
    own = folder / FOLDERS[post.kind] / post.slug
    for kept, digest in held:
        name = f"{kept.id}.{kept.ext}"
        try:
            files[name] = await store.blobs.read(blob_name(digest))
            report.pictures += 1
        except Refused:
            report.say(f"{post.slug}/{name}", "this picture is not there any more")
    await asyncio.to_thread(_write, own, files)
    report.posts += 1


async def _files(conn: Conn, post: Post, held: list[Kept]) -> dict[str, bytes]:
    body, is_relative = relative(post.body, held)
    history = await reading.history(conn, post, held, is_relative=is_relative)
    files = {TEXT: front_matter.write(post, body=body).encode(), HISTORY: encode(history)}
    thread = await reading.thread(conn, post)
    return {**files, COMMENTS: encode(thread)} if thread else files


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
