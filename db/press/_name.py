"""What the renderer is called that drew a post: another name, and the post is drawn again (`posts.printed_by`)."""

import hashlib
from importlib.metadata import version
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "markdown"


def _name() -> str:
    """Of everything that has a say in how a post looks: our own code, and the three libraries."""
    whole = hashlib.sha256()
    for path in sorted(SOURCES.glob("*.py")):
        whole.update(path.read_bytes())
    for library in ("markdown", "pygments", "nh3", "emoji"):
        whole.update(f"{library} {version(library)}\n".encode())
    return f"press-{whole.hexdigest()[:12]}"


NAME = _name()
