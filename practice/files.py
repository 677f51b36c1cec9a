"""Attachments: bytes that come with a message and stay in memory."""

import mimetypes
import re
from dataclasses import dataclass, replace
from typing import Any

from practice import checks, pictures, sounds
from practice.model import IS_SPOILER, File, Json
from practice.refusals import invalid_form
from practice.world import World

UNSAFE = re.compile(r"[^\w.\-]+", re.ASCII)
SPOILER = "SPOILER_"
TEXT_MAX = 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a client sent it; `index` is the n of its form field `files[n]`. `size` is in pixels and `duration` in
    seconds, for what they cannot be read from."""

    index: int
    filename: str
    content_type: str
    data: bytes
    description: str | None = None
    title: str | None = None
    duration: float | None = None
    waveform: str | None = None
    size: tuple[int, int] | None = None
    spoiler: bool = False


def content_type(filename: str, given: str = "application/octet-stream") -> str:
    """Discord goes by the name of a file when the client does not know better."""
    return mimetypes.guess_type(filename)[0] or given if given == "application/octet-stream" else given


def keep(world: World, channel_id: int, upload: Upload) -> File:
    """Stores one upload of at most 10 MiB. The name loses what Discord takes out of names; it is then kept as title."""
    checks.file_size(len(upload.data))
    width, height = upload.size or pictures.size_of(upload.data) or (None, None)
    filename = UNSAFE.sub("_", upload.filename)[:260] or "unknown"
    changed = upload.filename.rpartition(".")[0] if filename != upload.filename else None
    spoiler = upload.spoiler or filename.startswith(SPOILER)
    file = File(
        id=world.ids.next(),
        channel_id=channel_id,
        filename=filename,
        content_type=upload.content_type,
        data=upload.data,
        description=upload.description,
        width=width,
        height=height,
        title=upload.title or changed or None,
        duration=sounds.duration_of(upload.data) if upload.duration is None else upload.duration,
        waveform=upload.waveform,
        flags=IS_SPOILER if spoiler else 0,
    )
    world.files[file.id] = file
    return file


def keep_all(world: World, channel_id: int, uploads: list[Upload], listed: list[Json]) -> list[File]:
    """Stores the uploads, each with what `attachments` lists for its index."""
    check_count(len(uploads))
    notes: dict[str, Json] = {str(note.get("id")): note for note in listed}
    return [keep(world, channel_id, noted(upload, notes.get(str(upload.index), {}))) for upload in uploads]


def check_count(count: int) -> None:
    if count > checks.FILES_MAX:
        raise invalid_form("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")


def noted(upload: Upload, note: Json) -> Upload:
    """The upload with what its entry in `attachments` says."""
    for key in ("description", "title"):
        if len(note.get(key) or "") > TEXT_MAX:
            raise invalid_form(f"attachments.{upload.index}.{key}", "BASE_TYPE_MAX_LENGTH", "Must be 1024 or fewer.")
    return replace(
        upload,
        filename=str(note.get("filename") or upload.filename),
        description=note.get("description") or upload.description,
        title=note.get("title") or upload.title,
        duration=note.get("duration_secs", upload.duration),
        waveform=note.get("waveform", upload.waveform),
        spoiler=bool(note.get("is_spoiler")) or upload.spoiler,
    )


def remaining(files: list[File], listed: Any) -> list[File]:
    """Of a message's files those that an edit lists, perhaps with another description; all when it lists nothing."""
    if listed is None:
        return files
    wanted: dict[str, Json] = {str(note.get("id")): note for note in listed}
    kept = [file for file in files if str(file.id) in wanted]
    for file in kept:
        file.description = wanted[str(file.id)].get("description", file.description)
    return kept
