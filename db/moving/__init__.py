"""Moving in and out: `python bot.py export` and `import`. Posts as Markdown files that other programs read as well, and
beside them all that a lossless way back needs.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from db.config import Config
from db.errors import Refused
from db.events import PostsChanged
from db.fanout import spreading
from db.moving._exporting import export_to
from db.moving._importing import import_from
from db.moving._report import Report
from db.opening import open_store

__all__ = ["WAYS", "Report", "export_to", "import_from", "run"]

WAYS = ("export", "import")


async def run(config: Config, way: str, folder: Path) -> int:
    """Prints what came of it; returns the exit status, which is 1 where something was left out."""
    async with open_store(config) as store, spreading(store):
        try:
            moved = await (
                export_to(store, folder) if way == "export" else import_from(store, folder, datetime.now(UTC))
            )
        except (Refused, OSError) as error:
            sys.stderr.write(f"{error.sentence if isinstance(error, Refused) else error}\n")
            return 1
        store.live.announce(PostsChanged())
    sys.stdout.write(f"{moved}\n")
    return 1 if moved.said else 0
