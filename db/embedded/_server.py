"""The server's life: started by whoever holds the folder's lock, watched, started again, stopped."""

import asyncio
import logging
import os
import signal
from contextlib import suppress

import asyncpg

from . import _child
from ._cluster import OTHERWISE, Cluster, EmbeddedError
from ._processes import can_be_told, send_away

log = logging.getLogger(__name__)

START_PATIENCE = 60.0
STOP_PATIENCE = 5.0
# The server sees nothing of our environment: a PGPORT or PGDATA meant for another would be obeyed.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class Server:
    """One process's part in a cluster: it runs the server, or uses it while another runs it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.lock: int | None = None
        self.process: asyncio.subprocess.Process | None = None
        self.watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.ensure()
        self.watching = asyncio.create_task(self.watch(), name="embedded PostgreSQL")

    async def stop(self) -> None:
        """Ends the server if it is ours; whoever shares it takes it over by itself."""
        if self.watching:
            self.watching.cancel()
            with suppress(asyncio.CancelledError):
                await self.watching
        try:
            if self.process:
                await end(self.process)
                await send_away(self.cluster.folder)
                self.cluster.clear_socket_folder()
        finally:
            if self.lock is not None:
                os.close(self.lock)

    async def ensure(self) -> None:
        """Returns when the server answers. Raises EmbeddedError when it cannot be had."""
        try:
            async with asyncio.timeout(START_PATIENCE):
                while not await self.answers_or_launch():  # noqa: ASYNC110 - a server tells nobody that it is ready
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise EmbeddedError(
                f"The embedded PostgreSQL did not answer within a minute: see {self.cluster.log}, or {OTHERWISE}."
            ) from None

    async def answers_or_launch(self) -> bool:
        if self.lock is None:
            self.lock = self.cluster.try_lock()
        if self.lock is not None and self.process is None:
            try:
                self.process = await self.launch()
            except OSError as error:
                raise EmbeddedError(
                    f"The embedded PostgreSQL cannot use {self.cluster.data} ({error.strerror}): {OTHERWISE}."
                ) from error
        if self.process and (code := self.process.returncode) is not None:
            self.process = None
            raise self.failure(code, "did not start")
        return await answers(self.cluster.dsn)

    async def launch(self) -> asyncio.subprocess.Process:
        """Starts the server, after whatever an earlier one left is out of the way."""
        cluster = self.cluster
        if await send_away(cluster.folder):
            log.warning("A PostgreSQL left behind in %s was stopped", cluster.folder)
        if can_be_told():  # nothing works there any more: a number in these files is a stranger's by now
            cluster.clear_locks()
        if not cluster.is_made():
            await self.make()
        cluster.make_socket_folder()
        return await run(cluster.postgres(), cluster.open_log())

    async def make(self) -> None:
        cluster = self.cluster
        await send_away(cluster.unfinished)
        cluster.clear_unfinished()
        process = await run(cluster.initdb(), cluster.open_log())
        try:
            code = await process.wait()
        finally:
            await end(process)
        if code != 0:
            raise self.failure(code, "could not be made")
        cluster.finish()

    def failure(self, code: int, what: str) -> EmbeddedError:
        if code == _child.NO_NAMESPACE:
            return EmbeddedError(
                "PostgreSQL does not run as root, and this machine allows no user namespace: "
                f"start Porchlight as another user, or {OTHERWISE}."
            )
        return EmbeddedError(
            f"The embedded PostgreSQL {what} ({self.cluster.last_words()}): see {self.cluster.log}, or {OTHERWISE}."
        )

    async def watch(self) -> None:
        """Starts the server again when it died, and takes it over when the process that ran it is gone."""
        pause = 1.0
        while True:
            try:
                await self.until_needed()
                await self.ensure()
                log.warning("The embedded PostgreSQL is running again")
                pause = 1.0
            except EmbeddedError as error:
                log.warning("%s", error)
                await asyncio.sleep(pause)
                pause = min(30.0, pause * 2)

    async def until_needed(self) -> None:
        if self.lock is None:
            while (lock := self.cluster.try_lock()) is None:  # noqa: ASYNC110 - a lock of another process
                await asyncio.sleep(0.5)
            self.lock = lock
            log.warning("The process that ran the embedded PostgreSQL is gone: it is this one's now")
        elif self.process:
            code = await self.process.wait()
            self.process = None
            log.warning("The embedded PostgreSQL ended with %s and is started again", code)


async def run(command: list[str], output: int) -> asyncio.subprocess.Process:
    """A child in a session of its own: Ctrl-C is for us, and we stop the server when the last answer is written."""
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=ENVIRONMENT,
            start_new_session=True,
        )
    finally:
        os.close(output)


async def end(process: asyncio.subprocess.Process) -> None:
    """Fast shutdown, then immediate shutdown, then the end."""
    for number, patience in ((signal.SIGINT, STOP_PATIENCE), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0)):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(number)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await process.wait()


async def answers(dsn: str) -> bool:
    try:
        conn = await asyncpg.connect(dsn, timeout=2)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    await conn.close()
    return True
