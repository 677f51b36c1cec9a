"""A PostgreSQL of our own, for those who name none: the server from the wheel, run under the data folder.

`db/store.py` opens it when `database.url` is empty. It listens on a unix socket only, dies with the process that
started it (killed or not), is started again when it dies alone, and several processes on one folder share it: whoever
holds the lock runs the server, and the next in line takes over.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ._cluster import Cluster, EmbeddedError
from ._server import Server

__all__ = ["EmbeddedError", "embedded_postgres"]


@asynccontextmanager
async def embedded_postgres(data_dir: Path) -> AsyncIterator[str]:
    """The address (DSN) of a running server whose files are in `data_dir`/postgres; made there at the first time.

    Answers when the server does, crash recovery included (at most a minute). Raises EmbeddedError with a sentence.
    """
    server = Server(Cluster(data_dir))
    try:
        await server.start()
        yield server.cluster.dsn
    finally:
        await server.stop()
