"""The key that signs what the site hands out: from the configuration, or made once and kept in the data folder."""

import fcntl
import os
import secrets
from pathlib import Path

from ._reading import ConfigError
from ._sections import Config


def secret_key(config: Config) -> bytes:
    """`web.secret_key`, else the content of `secret_key` in the data folder, which is made when it is not there.

    Two processes that start at once get the same key. Raises ConfigError when the folder cannot be written.
    """
    if config.web.secret_key:
        return config.web.secret_key.encode()
    try:
        return _kept(config.data_path)
    except OSError as error:
        raise ConfigError(
            f"No key can be kept in [data] dir ({error.strerror}): set [web] secret_key or make the folder writable."
        ) from error


def _kept(folder: Path) -> bytes:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)  # on the folder itself, so that no lock file is left lying about
        path = folder / "secret_key"
        if not path.exists():
            _write_whole(path, secrets.token_hex(32).encode())
        key = path.read_bytes().strip()
    finally:
        os.close(lock)
    if len(key) < 32:
        raise ConfigError(f"{path} is too short to be a key: remove it and a new one is made (visitors are forgotten).")
    return key


def _write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing, and readable by nobody else at any time."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if os.geteuid() == 0:  # in somebody's folder it is theirs: they may be who starts the site tomorrow
            os.fchown(file.fileno(), path.parent.stat().st_uid, path.parent.stat().st_gid)
    unfinished.replace(path)
