"""Files of a folder that somebody brought: only what lies in it, and nothing that leads elsewhere."""

import os
from collections.abc import Iterator
from pathlib import Path

from db.errors import Refused

TEXT_MAX, JSON_MAX, PICTURE_MAX = 2_000_000, 200_000_000, 67_108_864  # bytes
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})
LEFT_OUT = frozenset({"_includes", "_layouts", "_site", "node_modules", "public", "resources", "themes", "vendor"})


class Outside(Refused):
    """A file that is not taken from where it is."""


def inside(root: Path, path: Path) -> Path:
    """The path itself, if it is a file of the folder. `root` is resolved. Raises Outside, or FileNotFoundError."""
    plain = Path(os.path.normpath(path))
    if not plain.is_relative_to(root):
        raise Outside("it lies outside of the folder")
    for part in (plain, *plain.parents):
        if part == root:
            break
        if part.is_symlink():
            raise Outside("it is a link to somewhere else")
    if not plain.is_file():
        raise FileNotFoundError(plain)
    return plain


def content(root: Path, path: Path, most: int) -> bytes:
    """Raises Outside, Refused for what is too large, or OSError."""
    found = inside(root, path)
    if found.stat().st_size > most:
        raise Refused(f"it has more than {most // 1_000_000:,} MB", "too_large")
    return found.read_bytes()


def text(root: Path, path: Path) -> str:
    """Raises as `content` does, and Refused for what is no UTF-8."""
    try:
        return content(root, path, TEXT_MAX).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("it is not written in UTF-8", "bad_text") from None


def texts(root: Path) -> Iterator[Path]:
    """Every Markdown file in the folder, in the order of their names; folders that hold none of a site's own texts are
    left out, and links are not followed.
    """
    for here, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT and not name.startswith("."))
        for name in sorted(names):
            if Path(name).suffix.lower() in {".md", ".markdown"} and not name.startswith("."):
                yield Path(here) / name
