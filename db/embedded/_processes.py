"""Which processes work in a folder: every PostgreSQL process does in its data folder, and says so in /proc.

A number in `postmaster.pid` proves nothing: after a crash it may belong to a stranger by now.
"""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

# What a server that should be gone is sent, and for how many seconds it is waited for after it.
INSISTENCE = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0))


def can_be_told() -> bool:
    """Whether this system says where its processes work."""
    return Path("/proc/self/cwd").exists()


def working_in(folder: Path) -> set[int]:
    """The PostgreSQL processes with this working directory (not a shell); none where it cannot be told."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end meanwhile, or be somebody else's
            if (process / "cwd").readlink() == folder and (process / "exe").readlink().name.startswith("postgres"):
                found.add(int(process.name))
    return found


async def send_away(folder: Path) -> bool:
    """Ends whatever still works in this folder, gently at first. False when there was nothing."""
    if not working_in(folder):
        return False
    for number, patience in INSISTENCE:
        for process in working_in(folder):
            with suppress(OSError):
                os.kill(process, number)
        if await gone(folder, patience):
            break
    return True


async def gone(folder: Path, patience: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while working_in(folder):  # noqa: ASYNC110 - other people's processes set no event
                await asyncio.sleep(0.05)
    return not working_in(folder)
