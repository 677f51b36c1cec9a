"""Folders of other programs: Hugo's `content` with its page bundles, Jekyll's `_posts`, or Markdown files alone."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from db.posts import Draft, front_matter, slug_of

DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})-(.+)")
PICTURE = re.compile(r"!\[([^\]\n]*)\]\(\s*<?([^)>\s]+)>?|<img\s[^>]*?src=[\"']([^\"']+)[\"']", re.IGNORECASE)
LIQUID = re.compile(r"\{\{\s*site\.(?:baseurl|url)\s*(?:\|[^}]*)?\}\}|\{\{\s*[\"']([^\"']*)[\"']\s*\|[^}]*\}\}")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)
NO_TEXTS = frozenset({"readme", "_index", "license", "changelog", "contributing"})


@dataclass(frozen=True, slots=True)
class Found:
    """A text of a folder: the draft, what else its front matter says, and where it came from."""

    path: Path
    draft: Draft
    extra: front_matter.Extra


# Rules


def belongs(root: Path, path: Path) -> bool:
    """Whether this Markdown file is a post or a page of the site that the folder holds."""
    parts = path.relative_to(root).parts
    if path.stem.lower() in NO_TEXTS:
        return False
    if (root / "_posts").is_dir():
        return "_posts" in parts or "_drafts" in parts or len(parts) == 1
    return parts[0] == "content" if (root / "content").is_dir() else True


def understood(root: Path, path: Path, text: str, zone: str) -> Found:
    """Raises BadDraft."""
    draft, extra = front_matter.read(text, zone)
    name = path.parent.name if path.stem == "index" and path.parent != root else path.stem
    dated = DATED.fullmatch(name)
    name = dated[4] if dated else name
    draft = replace(
        draft,
        title=draft.title or name.replace("-", " ").replace("_", " ").strip().capitalize(),
        slug=draft.slug or slug_of(name),
        kind="page" if _is_page(root, path) else draft.kind,
        body=LIQUID.sub(lambda found: found[1] or "", draft.body),
    )
    if dated and extra.date is None:
        extra = replace(extra, date=_day(dated, zone))
    if "_drafts" in path.parts:
        extra = replace(extra, draft=True)
    return Found(path, draft, extra)


def _is_page(root: Path, path: Path) -> bool:
    """A text that stands by itself: in Hugo beside the sections, in Jekyll beside `_posts`."""
    parts = path.relative_to(root).parts
    if (root / "_posts").is_dir():
        return len(parts) == 1
    depth = len(parts) - (path.stem == "index")
    return (root / "content").is_dir() and depth == 2


def _day(dated: re.Match[str], zone: str) -> datetime | None:
    try:
        return datetime(int(dated[1]), int(dated[2]), int(dated[3]), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def pictures_of(found: Found) -> dict[str, str]:
    """The pictures that a text names by files, the cover too, with the words that describe them."""
    named = {one[2] or one[3]: one[1] or "" for one in PICTURE.finditer(found.draft.body)}
    if found.extra.cover:
        named = {found.extra.cover: found.draft.cover_alt, **named}
    return {name: alt for name, alt in named.items() if not ELSEWHERE.match(name) and not name.startswith("/media/")}


def places_of(root: Path, found: Found, name: str) -> list[Path]:
    """Where a picture may lie that a text names so: beside it, in the folder, or where Hugo keeps such files."""
    plain = unquote(name.partition("?")[0].partition("#")[0])
    beside = [found.path.parent / plain] if not plain.startswith("/") else []
    plain = plain.lstrip("/")
    return [*beside, root / plain, root / "static" / plain, root / "assets" / plain]


def shown(found: Found, urls: dict[str, str]) -> str:
    """The text with other names for its pictures."""

    def renamed(one: re.Match[str]) -> str:
        name = one[2] or one[3]
        before, _, after = one[0].rpartition(name)
        return f"{before}{urls[name]}{after}" if name in urls else one[0]

    return PICTURE.sub(renamed, found.draft.body)
