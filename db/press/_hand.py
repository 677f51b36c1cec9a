"""One process of the press, which does one job after the other."""

import asyncio
import os
from asyncio.subprocess import Process
from pathlib import Path
from typing import cast

import msgspec

from db import children
from db.markdown import Answer, Job

CHILD = Path(__file__).with_name("_child.py")
LENGTH = 4  # bytes before each job and each answer that say how long it is
ANSWER_MAX = 32 * 1024**2
GETTING_READY = 30.0  # seconds: on a busy machine loading takes some

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Answer).decode


class Gone(Exception):
    """The process has ended, or talks nonsense, instead of answering."""


class Hand:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._to = cast(asyncio.StreamWriter, process.stdin)
        self._from = cast(asyncio.StreamReader, process.stdout)
        self.jobs = 0

    @classmethod
    async def hired(cls) -> "Hand":
        """A new one, ready to work. Raises OSError or Gone."""
        hand = cls(await children.start(CHILD, os.getpid(), cwd=CHILD.parent))
        is_ready = False
        try:
            async with asyncio.timeout(GETTING_READY):
                await hand._read()
            is_ready = True
        except TimeoutError:
            raise Gone from None
        finally:
            if not is_ready:
                await hand.end()
        return hand

    async def ask(self, job: Job) -> Answer:
        """Raises Gone. Who does not wait for the answer must end the process."""
        self.jobs += 1
        said = _encode(job)
        try:
            self._to.write(len(said).to_bytes(LENGTH) + said)
            await self._to.drain()
        except (ConnectionError, RuntimeError):  # uvloop's own word for a pipe that is closed already
            raise Gone from None
        return await self._read()

    async def _read(self) -> Answer:
        try:
            length = int.from_bytes(await self._from.readexactly(LENGTH))
            if length > ANSWER_MAX:
                raise Gone
            return _decode(await self._from.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError):
            raise Gone from None

    async def end(self) -> None:
        await children.end(self._process)
