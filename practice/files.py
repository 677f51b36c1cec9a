"""Attachments: bytes that come with a message and stay in memory."""

import mimetypes
import re
from dataclasses import dataclass
from typing import Any

from practice import checks, pictures
from practice.model import File, Json
from practice.refusals import invalid_form
from practice.world import World

UNSAFE = re.compile(r"[^\w.\-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a client sent it; `index` is the n of its form field `files[n]`."""

    index: int
    filename: str
    content_type: str
    data: bytes


def content_type(filename: str, given: str = "application/octet-stream") -> str:
    """Discord goes by the name of a file when the client does not know better."""
    return mimetypes.guess_type(filename)[0] or given if given == "application/octet-stream" else given


def keep(world: World, channel_id: int, upload: Upload, description: str | None = None) -> File:
    """Stores one upload of at most 10 MiB. The name loses what Discord takes out of names."""
    checks.file_size(len(upload.data))
    width, height = pictures.size_of(upload.data) or (None, None)
    filename = UNSAFE.sub("_", upload.filename)[:260] or "unknown"
    kind = upload.content_type
    file = File(world.ids.next(), channel_id, filename, kind, upload.data, description, width, height)
    world.files[file.id] = file
    return file


def keep_all(world: World, channel_id: int, uploads: list[Upload], listed: list[Json]) -> list[File]:
    """Stores the uploads, each with the filename and description that `attachments` lists for its index."""
    if len(uploads) > checks.FILES_MAX:
        raise invalid_form("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    notes: dict[str, Json] = {str(note.get("id")): note for note in listed}
    kept = []
    for upload in uploads:
        note = notes.get(str(upload.index), {})
        named = Upload(upload.index, str(note.get("filename") or upload.filename), upload.content_type, upload.data)
        kept.append(keep(world, channel_id, named, note.get("description")))
    return kept


def remaining(files: list[File], listed: Any) -> list[File]:
    """Of a message's files those that an edit lists; all when it lists nothing."""
    if listed is None:
        return files
    wanted = {str(note.get("id")) for note in listed}
    return [file for file in files if str(file.id) in wanted]
