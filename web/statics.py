"""Static files: read, hashed and compressed once at the start, then served from memory.

The address carries a hash of the whole folder (`/static/HASH/hangout.css`), so a browser may keep a file for good,
and what a stylesheet or a script refers to relatively has a hashed address as well, without rewriting any file.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from aiohttp.web_request import BaseRequest

from . import counting, keys

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
HASH_LENGTH = 12
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
COMPRESSIBLE = ("text/", "image/svg", "application/json", "application/manifest")
ICONS = ("favicon.ico", "favicon.png", "favicon.svg")


@dataclass(frozen=True, slots=True)
class File:
    body: bytes
    content_type: str
    etag: str
    compressed: bytes | None


class Statics:
    """The files of a folder by their path in it. Links and hidden files are not served."""

    def __init__(self, folder: Path) -> None:
        self.files = {
            path.relative_to(folder).as_posix(): read(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and is_served(path, folder)
        }
        whole = hashlib.sha256()
        for name, file in self.files.items():
            whole.update(f"{name}\0{file.etag}\n".encode())
        self.hash = whole.hexdigest()[:HASH_LENGTH]

    def url(self, path: str) -> str:
        """The address of a file. Raises KeyError for one that is not there, so that no page links to nothing."""
        if path not in self.files:
            raise KeyError(f"There is no static/{path}")
        return f"/static/{self.hash}/{path}"

    def find(self, path: str) -> tuple[File | None, bool]:
        """The file at an address below /static/, and whether that address is the file's for good.

        Under another version's hash the file is today's: a page that was open during an upgrade still gets its parts.
        """
        version, _, rest = path.partition("/")
        if len(version) == HASH_LENGTH and rest in self.files:
            return self.files[rest], version == self.hash
        return self.files.get(path), False


def is_served(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder)
    return not any(part.startswith(".") for part in inside.parts) and path.resolve() == folder.resolve() / inside


def read(path: Path) -> File:
    body = path.read_bytes()
    content_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    compressed = gzip.compress(body, 9, mtime=0) if content_type.startswith(COMPRESSIBLE) else body
    return File(
        body,
        content_type,
        hashlib.sha256(body).hexdigest()[:32],
        compressed if len(compressed) < len(body) else None,
    )


async def show(request: web.Request) -> web.Response:
    """GET /static/{path}"""
    file, is_final = request.app[keys.STATICS].find(request.match_info["path"])
    if file is None:
        raise web.HTTPNotFound
    if request.path.endswith(counting.SIGNS):
        counting.confirm(request)
    return answer(request, file, FOREVER if is_final else ASK_AGAIN)


async def icon(request: web.Request) -> web.Response:
    """GET /favicon.ico, which browsers ask for whatever a page says."""
    files = request.app[keys.STATICS].files
    for name in ICONS:
        if name in files:
            return answer(request, files[name], "public, max-age=86400")
    return web.Response(status=204, headers={"Cache-Control": "public, max-age=86400"})


def answer(request: BaseRequest, file: File, cache_control: str) -> web.Response:
    """The file, compressed where the browser takes that, or 304 when it has it already."""
    is_compressed = file.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", "").lower()
    etag = f"{file.etag}-gzip" if is_compressed else file.etag
    headers = {"Cache-Control": cache_control, "ETag": f'"{etag}"'}
    if file.compressed is not None:
        headers["Vary"] = "Accept-Encoding"
    if any(known.value in {etag, "*"} for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    if is_compressed:
        headers["Content-Encoding"] = "gzip"
    headers["Content-Type"] = file.content_type
    return web.Response(body=file.compressed if is_compressed else file.body, headers=headers)
