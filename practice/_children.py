"""Child processes that cannot outlive their parent: each has a session of its own, so that a signal reaches all that it
started, and Linux ends it when the parent is killed. Elsewhere a child that was orphaned by kill -9 goes on."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress

PR_SET_PDEATHSIG = 1  # linux/prctl.h
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None  # loaded here: not safe after a fork


class Child:
    """A running program; `name` is what a sentence about it says."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.process = process

    @property
    def has_ended(self) -> bool:
        return self.process.returncode is not None

    async def stop(self, seconds: float) -> None:
        """SIGTERM to the program, SIGKILL to it and all it started once the patience is over."""
        if not self.has_ended:
            self.process.terminate()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.process.wait()
        finally:
            kill_group(self.process.pid)
            await self.process.wait()


def kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # nothing is left of it
        os.killpg(leader, signal.SIGKILL)


async def start(name: str, *arguments: str, environ: Mapping[str, str]) -> Child:
    """Starts this Python with the arguments, in the folder of the caller."""
    parent = os.getpid()

    def die_with_parent() -> None:
        if LIBC is None:
            return
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before the line above
            os._exit(1)

    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=dict(environ), start_new_session=True, preexec_fn=die_with_parent
    )
    return Child(name, process)
