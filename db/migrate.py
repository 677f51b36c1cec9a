"""Migrations: `db/migrations/0001_reason.sql`, forward only, applied at start by `db/store.py` before anything else."""

import hashlib
import logging
import re
from dataclasses import dataclass
from pathlib import Path

import asyncpg

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x706F7263  # "porc": one process migrates at a time, whichever starts first
log = logging.getLogger(__name__)


class MigrationError(Exception):
    """The database and this version of the program do not fit; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped(folder: Path = FOLDER) -> list[Migration]:
    """The migrations of this version, in order; their numbers start at 1 and have no gaps."""
    found = [
        Migration(int(path.name[:4]), path.stem, path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.sql"))
        if re.fullmatch(r"\d{4}_[a-z0-9_]+\.sql", path.name)
    ]
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise MigrationError("The migrations in db/migrations are not numbered 0001, 0002, ... without gaps.")
    return found


def check_applied(applied: dict[int, str], migrations: list[Migration]) -> None:
    """Raises MigrationError when the database is newer than the code, or was made by other files."""
    newest = max(applied, default=0)
    if newest > len(migrations):
        raise MigrationError(
            f"The database is at version {newest} and this program knows only {len(migrations)}: "
            "start the newer program, or restore the backup from before the upgrade."
        )
    for migration in migrations:
        if applied.get(migration.number, migration.checksum) != migration.checksum:
            raise MigrationError(
                f"Migration {migration.name} was changed after it was applied here: put the shipped file back."
            )


async def migrate(conn: asyncpg.Connection, migrations: list[Migration] | None = None) -> None:
    """Brings the database to this version, each step in a transaction of its own. Raises MigrationError."""
    migrations = shipped() if migrations is None else migrations
    await conn.execute("/* migrate.lock */ select pg_advisory_lock($1)", LOCK)
    try:
        await _apply_missing(conn, migrations)
    finally:
        await conn.execute("/* migrate.unlock */ select pg_advisory_unlock($1)", LOCK)


async def _apply_missing(conn: asyncpg.Connection, migrations: list[Migration]) -> None:
    await conn.execute(
        """/* migrate.table */ create table if not exists migrations (
            number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null
            default now()
        )"""
    )
    rows = await conn.fetch("/* migrate.applied */ select number, checksum from migrations")
    applied = {row["number"]: row["checksum"] for row in rows}
    check_applied(applied, migrations)
    for migration in migrations:
        if migration.number not in applied:
            async with conn.transaction():
                await conn.execute(migration.sql)
                await conn.execute(
                    "/* migrate.record */ insert into migrations (number, name, checksum) values ($1, $2, $3)",
                    migration.number,
                    migration.name,
                    migration.checksum,
                )
            log.info("Migration %s applied", migration.name)
