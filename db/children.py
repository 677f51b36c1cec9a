"""Processes of our own that do what could stall or harm the house: started bare, and never left behind.

Used by db/darkroom and db/press. What such a process does to itself first is db/confinement's.
"""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process
from contextlib import suppress
from pathlib import Path
from typing import IO

BUFFER = 1024**2  # bytes that are read ahead


async def start(script: Path, *arguments: object, stdin: int | IO[bytes] = subprocess.PIPE, cwd: Path) -> Process:
    """A Python that knows the script and its arguments, but none of our secrets. Raises OSError."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-B", str(script), *map(str, arguments)),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.defpath},
            cwd=cwd,
            limit=BUFFER,
        )
    )
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        await end(await starting)  # it may be there already, and nobody else would know of it
        raise


async def end(process: Process) -> None:
    """Whatever happens here, no child is left: it is killed, and reaped by the loop even if we do not wait."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
