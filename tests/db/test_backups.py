"""A backup is one only if the way back was gone: made while the site runs, brought back into nothing, and the same."""

import asyncio
import stat
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import backups, messages, people
from db.config import Database
from db.errors import Refused
from db.opening import open_store
from tests.databases import replace_database

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def empty(databases):
    """The address of a database with nothing in it."""
    await databases.execute("create database backup_target")
    yield replace_database(databases.dsn, "backup_target")
    await databases.execute("drop database backup_target with (force)")


async def test_what_was_said_and_shown_comes_back(store, empty, tmp_path, config):
    ada = await people.add_visitor(store.pool, "Ada")
    await messages.say(store, 1, ada, "Keep me", "n1", NOON, network="203.0.113.7")
    media = config.data_path / "media" / "ab"
    media.mkdir(parents=True)
    (media / "elsewhere.webp").write_bytes(b"pixels")
    (media / "picture.webp").symlink_to(media / "elsewhere.webp")  # as where pictures were moved to a larger disk
    made = await backups.make(store, NOON)
    assert (made.path.name, made.pictures) == ("porchlight-20260501-120000.tar", 2)
    assert stat.S_IMODE(made.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert await backups.restore(empty, made.path, tmp_path / "elsewhere") == 2
    assert (tmp_path / "elsewhere" / "media" / "ab" / "picture.webp").read_bytes() == b"pixels"

    again = msgspec.structs.replace(config, database=Database(url=empty, pool_min=0, pool_max=2))
    async with open_store(again) as back:
        _, found = await messages.newest(back.pool, 1, 10)
        assert [(one.author.name, one.content) for one in found] == [("Ada", "Keep me")]


async def test_a_house_that_is_lived_in_is_not_overwritten(store, config, capsys):
    made = await backups.make(store, NOON)
    assert await backups.bring_back(config, made.path) == 1
    assert "left as it is" in capsys.readouterr().err


async def test_what_is_no_backup_is_refused_with_a_sentence(empty, tmp_path):
    (tmp_path / "x.tar").write_bytes(b"nothing of the kind")
    with pytest.raises(Refused, match="no backup that can be read"):
        await backups.restore(empty, tmp_path / "x.tar", tmp_path)
    with pytest.raises(Refused, match="no backup that can be read"):
        await backups.restore(empty, tmp_path / "missing.tar", tmp_path)


async def test_the_newest_are_kept_and_one_that_fails_leaves_nothing(store, monkeypatch):
    async def quickly(*_, dsn):
        await asyncio.sleep(0)

    monkeypatch.setattr(backups, "_run", quickly)
    with monkeypatch.context() as patched:
        patched.setattr(backups, "_pack", fails)
        with pytest.raises(Refused, match="could not be written"):
            await backups.make(store, NOON)
    folder = store.config.data_path / "backups"
    assert list(folder.iterdir()) == []
    monkeypatch.setattr(backups, "_pack", lambda whole, *_: whole.write_bytes(b"") or 0)
    for minute in range(backups.KEPT + 2):
        await backups.make(store, NOON + timedelta(minutes=minute))
    assert len(list(folder.iterdir())) == backups.KEPT


def fails(*_):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("dsn", "address", "password"),
    [
        ("postgresql://ada:s%40cret@db.example:5433/porch", "postgresql://ada@db.example:5433/porch", "s@cret"),
        (
            "postgres://db.example/porch?password=hidden&sslmode=require",
            "postgresql://db.example/porch?sslmode=require",
            "hidden",
        ),
        ("postgresql:///porch?host=/run/postgresql", "postgresql:///porch?host=%2Frun%2Fpostgresql", ""),
    ],
)
def test_the_password_is_not_among_the_arguments(dsn, address, password):
    assert backups.connection(dsn) == (address, {"PGPASSWORD": password} if password else {})


async def test_a_program_that_fails_says_so_without_the_address(store, monkeypatch):
    with pytest.raises(Refused, match="pg_dump did not succeed") as refused:
        await backups._run("pg_dump", "--format=custom", dsn="postgresql://ada:secret@127.0.0.1:9/none")
    assert "secret" not in refused.value.sentence
