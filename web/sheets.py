"""A page or a feed as it lies on the shelf: its bytes, and the same compressed, made once and sent to everybody.

In a page there may be places for what is somebody's own, such as the menu of who has come in. A template says
`{{ own("_you.html") }}` there. Drawn for the shelf that is a mark, around which the page is cut: strangers get it
whole, as it was drawn for a stranger; for anybody else the pieces are put together around their own parts.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

import brotli  # type: ignore[import-untyped]
import jinja2
from aiohttp import web
from markupsafe import Markup

KEEP = "public, no-cache"  # anybody may keep it, and asks each time whether it is still so
HTML = "text/html; charset=utf-8"
WORTH_COMPRESSING = 512
MARK = re.compile("\0([a-z_/.]+)\0")  # no text that PostgreSQL keeps has this character


@dataclass(frozen=True, slots=True)
class Sheet:
    """`pieces`: text and the names of own parts by turns; one piece where nothing is anybody's own. `modified` is told
    to who asks by time; pages have none.
    """

    body: bytes
    zipped: bytes
    brotlied: bytes
    etag: str
    content_type: str
    pieces: tuple[bytes, ...] = ()
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.body) + len(self.zipped) + len(self.brotlied) + sum(len(piece) for piece in self.pieces) + 1000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a drawing ends in, before it is compressed."""

    body: bytes
    content_type: str = HTML
    pieces: tuple[bytes, ...] = ()
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def pressed(drawn: Drawn, before: Sheet | None) -> Sheet:
    """Takes some milliseconds where it compresses: for a thread. What has not changed since is not compressed again."""
    etag = hashlib.sha256(drawn.body).hexdigest()[:32]
    if before is not None and before.etag == etag:
        zipped, brotlied = before.zipped, before.brotlied
    elif len(drawn.body) < WORTH_COMPRESSING or drawn.content_type.startswith("image/"):
        zipped = brotlied = b""
    else:
        zipped, brotlied = gzip.compress(drawn.body, 9, mtime=0), brotli.compress(drawn.body, quality=9)
    return Sheet(
        drawn.body, zipped, brotlied, etag, drawn.content_type, drawn.pieces, drawn.modified, {**drawn.headers}
    )


def answer(request: web.Request, sheet: Sheet) -> web.Response:
    """The sheet in the shortest form that the browser takes; 304 when it has it already."""
    encoding = _chosen(sheet, request.headers.get("Accept-Encoding", ""))
    etag = f"{sheet.etag}-{encoding}" if encoding else sheet.etag
    headers = {"Cache-Control": KEEP, "ETag": f'"{etag}"', **({"Vary": "Accept-Encoding"} if sheet.zipped else {})}
    headers |= sheet.headers
    if sheet.modified:
        headers["Last-Modified"] = format_datetime(sheet.modified, usegmt=True)
    headers["Content-Type"] = sheet.content_type
    if _is_known(request, etag, sheet.modified):
        return web.Response(status=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    body = {"": sheet.body, "gzip": sheet.zipped, "br": sheet.brotlied}[encoding]
    return web.Response(body=body, headers=headers)


def _is_known(request: web.Request, etag: str, modified: datetime | None) -> bool:
    """RFC 9110, section 13.2.2: the time counts only where no tag was sent."""
    if "If-None-Match" in request.headers:
        return any(known.value in {etag, "*"} for known in request.if_none_match or ())
    since = request.if_modified_since
    return modified is not None and since is not None and modified.replace(microsecond=0) <= since


def _chosen(sheet: Sheet, accepted: str) -> str:
    taken = {name for name, weight in _weights(accepted) if weight > 0}
    if sheet.brotlied and "br" in taken:
        return "br"
    return "gzip" if sheet.zipped and "gzip" in taken else ""


def _weights(accepted: str) -> list[tuple[str, float]]:
    found = []
    for one in accepted.lower().split(","):
        name, _, rest = one.partition(";")
        weight = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        found.append((name.strip(), float(weight[1]) if weight else 1.0))
    return found


# Own parts


@jinja2.pass_context
def own(context: jinja2.runtime.Context, template: str) -> Markup:
    """For templates: what is drawn of this one for who asks; a mark while the page is drawn for the shelf."""
    if context.get("shelved", False):
        return Markup(f"\0{template}\0")  # noqa: S704 - a name that stands in one of our templates
    return Markup(context.environment.get_template(template).render(context.get_all()))  # noqa: S704 - it escapes
