"""The embedded PostgreSQL, with real servers in folders of their own."""

import asyncio
import os
import signal
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from db.embedded import EmbeddedError, _cluster, _processes, embedded_postgres

ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has this trouble")

# A program of its own on a data folder: it says its address and stays until it is told to go (or is killed).
HOLDER = textwrap.dedent("""
    import asyncio, signal, sys
    from pathlib import Path
    from db.embedded import embedded_postgres

    async def main():
        told = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        async with embedded_postgres(Path(sys.argv[1])) as dsn:
            print(dsn, flush=True)
            await told.wait()

    asyncio.run(main())
""")


@pytest.fixture
def data(session_folder: Path) -> Path:
    return session_folder / f"embedded-{time.monotonic_ns()}"


@asynccontextmanager
async def holder(data: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(data), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            yield process, (await process.stdout.readline()).decode().strip()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ask(dsn: str, sql: str) -> object:
    conn = await asyncpg.connect(dsn, timeout=5)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


async def ask_patiently(dsn: str, sql: str, seconds: float = 20) -> object:
    async with asyncio.timeout(seconds):
        while True:
            try:
                return await ask(dsn, sql)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)


def session_root(data: Path) -> Path:
    """The session's folder, which only its owner may enter."""
    return data.parent


def running(data: Path) -> set[int]:
    return _processes.working_in((data / "postgres").resolve())


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def test_what_was_kept_is_there_at_the_second_start_which_is_quick_and_nothing_is_left_running(
    data: Path,
) -> None:
    async with embedded_postgres(data) as dsn:
        await ask(dsn, "create table kept as select 'lamp' as word")
    assert running(data) == set()
    began = time.monotonic()
    async with embedded_postgres(data) as dsn:
        assert await ask(dsn, "select word from kept") == "lamp"
        assert time.monotonic() - began < 5
    assert running(data) == set()
    assert not (data / "postgres" / ".s.PGSQL.5432").exists()


async def test_it_is_utf_8_durable_and_reached_by_nobody_else(data: Path) -> None:
    async with embedded_postgres(data) as dsn:
        assert await ask(dsn, "select lower('ÄÖÜ')") == "äöü"
        for setting, value in {
            "server_encoding": "UTF8",
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "listen_addresses": "",
            "TimeZone": "UTC",
        }.items():
            assert await ask(dsn, f"show {setting}") == value
    for path in (data, data / "postgres", data / "postgres.log", data / "postgres.lock"):
        assert path.stat().st_mode & 0o077 == 0, path


async def test_a_server_that_is_killed_is_started_again_with_what_was_committed(data: Path) -> None:
    async with embedded_postgres(data) as dsn:
        await ask(dsn, "create table kept as select 'lamp' as word")
        os.kill(postmaster(data), signal.SIGKILL)
        await asyncio.sleep(0.2)
        assert await ask_patiently(dsn, "select word from kept") == "lamp"


async def test_a_server_whose_owner_is_killed_goes_with_it_and_the_next_start_finds_all(data: Path) -> None:
    async with holder(data) as (process, dsn):
        await ask(dsn, "create table kept as select 'lamp' as word")
        process.kill()
        await process.wait()
    assert await _processes.gone((data / "postgres").resolve(), 10)
    async with embedded_postgres(data) as dsn:
        assert await ask(dsn, "select word from kept") == "lamp"


async def test_a_server_left_behind_is_stopped_and_replaced(data: Path) -> None:
    async with holder(data) as (process, dsn):
        conn = await asyncpg.connect(dsn)
        os.kill(postmaster(data), signal.SIGSTOP)  # it cannot hear that its owner dies
        process.kill()
        await process.wait()
        stopped = postmaster(data)
        asyncio.get_running_loop().call_later(0.3, os.kill, stopped, signal.SIGCONT)
        async with embedded_postgres(data) as ours:
            assert await ask(ours, "select 1") == 1
            assert postmaster(data) != stopped
        conn.terminate()


async def test_a_stranger_with_the_number_of_the_old_server_is_left_alone(data: Path) -> None:
    async with holder(data) as (process, dsn):
        os.kill(postmaster(data), signal.SIGKILL)
        process.kill()
        await process.wait()
    await _processes.gone((data / "postgres").resolve(), 10)
    lines = (data / "postgres" / "postmaster.pid").read_text().splitlines()
    stranger = await asyncio.create_subprocess_exec("sleep", "60", cwd=data / "postgres")
    (data / "postgres" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
    async with embedded_postgres(data) as dsn:
        assert await ask(dsn, "select 1") == 1
    assert stranger.returncode is None
    stranger.kill()
    await stranger.wait()


@pytest.mark.parametrize("farewell", [signal.SIGTERM, signal.SIGKILL])
async def test_two_processes_share_one_server_and_the_second_takes_over(data: Path, farewell: signal.Signals) -> None:
    async with holder(data) as (first, theirs), embedded_postgres(data) as ours:
        assert theirs == ours
        await ask(ours, "create table kept as select 'lamp' as word")
        old = postmaster(data)
        first.send_signal(farewell)
        await first.wait()
        assert await ask_patiently(ours, "select word from kept") == "lamp"
        async with asyncio.timeout(10):
            while postmaster(data) == old:
                await asyncio.sleep(0.05)
    assert running(data) == set()


async def test_a_very_long_path_has_its_socket_elsewhere_and_leaves_nothing_there(data: Path) -> None:
    deep = data.joinpath(*["a folder with a long name, and a comma"] * 4)
    async with embedded_postgres(deep) as dsn:
        assert await ask(dsn, "select 1") == 1
        elsewhere = _cluster.Cluster(deep).socket_folder
        assert elsewhere.stat().st_mode & 0o077 == 0
        assert str(elsewhere) in dsn.replace("%2F", "/")
    assert not elsewhere.exists()


@pytest.mark.parametrize("name", ["with space", "h%41sh#?&=", "päth'\"", "$(touch x);"])
async def test_odd_names_of_folders_are_just_names(data: Path, name: str) -> None:
    async with embedded_postgres(data / name) as dsn:
        assert await ask(dsn, "select 1") == 1


async def test_a_socket_folder_that_somebody_else_may_enter_is_refused(data: Path) -> None:
    deep = data.joinpath(*["a folder with a long name"] * 5)
    elsewhere = _cluster.Cluster(deep).socket_folder
    elsewhere.mkdir(mode=0o700)
    elsewhere.chmod(0o777)
    try:
        with pytest.raises(EmbeddedError, match="belongs to somebody else"):
            async with embedded_postgres(deep):
                pass
    finally:
        elsewhere.rmdir()


async def test_a_first_start_that_was_killed_halfway_leaves_no_half_cluster(data: Path) -> None:
    (data / "postgres.new" / "base").mkdir(parents=True)
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    (data / "postgres").mkdir()
    async with embedded_postgres(data) as dsn:
        assert await ask(dsn, "select 1") == 1
    assert not (data / "postgres.new").exists()


async def test_killed_at_any_moment_of_the_first_start_the_next_one_succeeds(data: Path) -> None:
    for pause in (0.2, 0.35, 0.5):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOLDER, str(data), cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
        )
        await asyncio.sleep(pause)
        process.kill()
        await process.wait()
    async with embedded_postgres(data) as dsn:
        assert await ask(dsn, "select 1") == 1


async def test_a_cluster_of_another_version_is_refused_with_a_sentence_and_left_as_it_is(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 15 and this is \d+.*DATABASE_URL") as refusal:
        async with embedded_postgres(data):
            pass
    assert refusal.value.sentence.endswith(".")
    assert (data / "postgres" / "PG_VERSION").read_text() == "15\n"


async def test_a_folder_of_something_else_is_refused_and_left_as_it_is(data: Path) -> None:
    (data / "postgres").mkdir(parents=True)
    (data / "postgres" / "letters.txt").write_text("dear")
    with pytest.raises(EmbeddedError, match="not a PostgreSQL folder"):
        async with embedded_postgres(data):
            pass
    assert (data / "postgres" / "letters.txt").read_text() == "dear"


async def test_a_server_that_cannot_start_says_why_and_where_to_look(data: Path) -> None:
    async with embedded_postgres(data):
        pass
    with (data / "postgres" / "postgresql.conf").open("a") as file:
        file.write("\nwal_level = nonsense\n")
    with pytest.raises(EmbeddedError, match=r"did not start \(.*\): see .*postgres.log, or set DATABASE_URL"):
        async with embedded_postgres(data):
            pass


async def test_a_data_folder_that_is_a_file_is_refused_with_a_sentence(data: Path) -> None:
    data.write_text("")
    with pytest.raises(EmbeddedError, match="cannot be written"):
        async with embedded_postgres(data):
            pass


async def test_a_long_log_is_put_aside_at_the_start(data: Path) -> None:
    data.mkdir()
    (data / "postgres.log").write_bytes(b"x" * (_cluster.LOG_ROOM + 1))
    async with embedded_postgres(data):
        pass
    assert (data / "postgres.log.1").stat().st_size > _cluster.LOG_ROOM
    assert (data / "postgres.log").stat().st_size < _cluster.LOG_ROOM


async def test_variables_meant_for_another_server_are_not_obeyed(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGDATA", "PGPORT", "PGHOST", "PGOPTIONS", "PGUSER", "LC_ALL", "LANG", "TZ"):
        monkeypatch.setenv(name, "nonsense")
    for name in ("PGSERVICE", "PGPASSFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("PGOPTIONS")
    async with embedded_postgres(data) as dsn:
        assert await ask(dsn, "select current_user") == "porchlight"


@as_root
async def test_root_under_a_folder_only_root_may_enter_makes_no_account_and_opens_no_folder(data: Path) -> None:
    closed = data / "closed"
    closed.mkdir(parents=True, mode=0o700)
    accounts = Path("/etc/passwd").read_bytes()
    async with embedded_postgres(closed / "site" / "data") as dsn:
        assert await ask(dsn, "select 1") == 1
        owner = Path(f"/proc/{postmaster(closed / 'site' / 'data')}").stat().st_uid
        assert owner == 0  # seen from outside it is this user still; inside it has another number
    assert closed.stat().st_mode & 0o777 == 0o700
    assert Path("/etc/passwd").read_bytes() == accounts


@as_root
async def test_root_in_a_folder_of_somebody_else_runs_the_server_as_them_and_leaves_them_the_files(data: Path) -> None:
    home = data / "home"
    home.mkdir(parents=True, mode=0o700)
    for folder in (session_root(data), data, home):
        os.chown(folder, 4711, 4711)
    try:
        async with embedded_postgres(home / "site" / "data") as dsn:
            assert await ask(dsn, "select 1") == 1
            assert Path(f"/proc/{postmaster(home / 'site' / 'data')}").stat().st_uid == 4711
        made = [home / "site", home / "site" / "data", *(home / "site" / "data").iterdir()]
        assert {path.name for path in made} == {"site", "data", "postgres", "postgres.lock", "postgres.log"}
        assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {(4711, 4711)}
    finally:
        os.chown(session_root(data), 0, 0)


@as_root
async def test_where_namespaces_are_refused_root_is_pointed_to_a_server_of_their_own(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refusing = tmp_path / "child.py"
    refusing.write_text(f"import sys\nsys.exit({_cluster._child.NO_NAMESPACE})\n")
    monkeypatch.setattr(_cluster._child, "__file__", str(refusing))
    with pytest.raises(EmbeddedError, match=r"does not run as root.*set DATABASE_URL"):
        async with embedded_postgres(data):
            pass
