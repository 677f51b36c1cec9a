"""The one script: what it starts, what it installs and when. Python and pip are stood in for; the shell is real."""

import os
import shutil
import signal
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# All that the script asks of a system; nothing else is on its PATH here.
TOOLS = ("basename", "cat", "cksum", "cp", "dirname", "flock", "mkdir", "rm", "sleep")

# Answers for every interpreter: notes what it is asked, makes an environment, "installs", or becomes the program.
PYTHON = """#!/bin/sh
echo "$(basename "$0") $*" >>"$NOTES"
case "$*" in
    -V) echo "Python ${FAKE_VERSION:-3.11.2}" ;;
    -c*version_info*) [ -z "${TOO_OLD-}" ] ;;
    "-m venv "*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *ensurepip*) [ -z "${NO_PIP-}" ] ;;
    *pip*--version) [ -z "${NO_PIP-}" ] ;;
    *install*) sleep "${SLOW-0}"; exit "${BROKEN-0}" ;;
    *sleep*) exec sleep 30 ;;
    *) exit "${ENDS_WITH-0}" ;;
esac
"""


@dataclass
class Clone:
    folder: Path
    commands: Path
    notes: Path

    def run(self, *arguments: str, cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.folder / "run"), *arguments],
            check=False,
            cwd=cwd or self.folder,
            env=self.environ(environ),
            capture_output=True,
            text=True,
            timeout=30,
        )

    def environ(self, more: dict[str, str]) -> dict[str, str]:
        return {"PATH": str(self.commands), "NOTES": str(self.notes), **more}

    def asked(self, text: str) -> list[str]:
        """The command lines so far that contain the text."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [line for line in lines if text in line]


def executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    folder = tmp_path / "a clone with spaces"
    commands = tmp_path / "commands"
    commands.mkdir()
    folder.mkdir()
    shutil.copy(ROOT / "run", folder / "run")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("one\n")
    for name in ("python3", "python3.13", "python3.12", "python3.11", "python"):
        executable(commands / name, PYTHON)
    for name in TOOLS:
        (commands / name).symlink_to(shutil.which(name) or name)
    executable(commands / "chromium", "#!/bin/sh\n")
    return Clone(folder, commands, tmp_path / "notes")


def test_without_a_word_it_installs_by_hash_and_serves(clone: Clone) -> None:
    assert clone.run().returncode == 0
    [install] = clone.asked(" install ")
    assert "--require-hashes -r requirements.txt" in install
    assert clone.asked("bot.py") == ["python bot.py"]


def test_a_second_start_installs_nothing_and_a_changed_lock_installs_again(clone: Clone) -> None:
    clone.run("setup")
    clone.run("setup")
    assert len(clone.asked(" install ")) == 1
    (clone.folder / "requirements.txt").write_text("two\n")
    clone.run("setup")
    assert len(clone.asked(" install ")) == 2


def test_another_python_in_the_environment_installs_again(clone: Clone) -> None:
    clone.run("setup")
    clone.run("setup", FAKE_VERSION="3.13.1")
    assert len(clone.asked(" install ")) == 2


def test_an_environment_whose_python_is_gone_is_made_again(clone: Clone) -> None:
    clone.run("setup")
    (clone.folder / ".venv" / "bin" / "python").unlink()
    assert clone.run("demo").returncode == 0
    assert len(clone.asked("-m venv ")) == 2
    assert clone.asked("practice.demo") == ["python -m practice.demo"]


@pytest.mark.parametrize("word", ["test", "check"])
def test_tests_and_checks_install_their_own_lock_which_holds_the_other(clone: Clone, word: str) -> None:
    assert clone.run(word).returncode == 0
    assert clone.run("setup").returncode == 0
    [install] = clone.asked(" install ")
    assert "-r requirements-dev.txt" in install


def test_an_installation_that_failed_is_said_and_done_again(clone: Clone) -> None:
    failed = clone.run("demo", BROKEN="1")
    assert failed.returncode != 0
    assert "did not succeed" in failed.stderr
    assert clone.asked("practice.demo") == []
    assert clone.run("demo").returncode == 0
    assert len(clone.asked(" install ")) == 2


def test_an_installation_that_was_killed_is_done_again(clone: Clone) -> None:
    process = subprocess.Popen(
        [str(clone.folder / "run"), "setup"], env=clone.environ({"SLOW": "20"}), start_new_session=True
    )
    for _ in range(200):
        if clone.asked(" install "):
            break
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert clone.run("setup").returncode == 0
    assert len(clone.asked(" install ")) == 2


def test_two_at_once_install_once(clone: Clone) -> None:
    command, environ = [str(clone.folder / "run"), "setup"], clone.environ({"SLOW": "0.5"})
    both = [subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert len(clone.asked(" install ")) == 1


def test_uv_is_used_when_it_is_there_and_pip_when_it_fails(clone: Clone) -> None:
    executable(clone.commands / "uv", '#!/bin/sh\necho "uv $*" >>"$NOTES"\nexit "${UV_ENDS-0}"\n')
    clone.run("setup")
    [install] = clone.asked(" install ")
    assert install.startswith("uv pip install")
    assert "--require-hashes" in install
    (clone.folder / "requirements.txt").write_text("two\n")
    assert clone.run("setup", UV_ENDS="2").returncode == 0
    assert clone.asked("-m pip install")


def test_without_pip_it_says_what_to_install(clone: Clone) -> None:
    missing = clone.run("setup", NO_PIP="1")
    assert missing.returncode != 0
    assert "neither pip nor uv" in missing.stderr


def test_a_python_that_is_too_old_gets_a_sentence(clone: Clone) -> None:
    old = clone.run(TOO_OLD="1")
    assert old.returncode != 0
    assert "needs Python 3.11 or newer" in old.stderr
    assert not clone.asked("venv")


def test_it_may_be_started_from_anywhere_and_config_is_meant_from_there(clone: Clone, tmp_path: Path) -> None:
    executable(clone.commands / "python3", PYTHON.replace("*) exit", '*) echo "at $PWD, $CONFIG" >>"$NOTES"; exit'))
    assert clone.run("demo", cwd=tmp_path, CONFIG="mine.toml").returncode == 0
    assert f"at {clone.folder}, {tmp_path}/mine.toml" in clone.notes.read_text()


def test_what_the_program_ends_with_is_what_the_script_ends_with(clone: Clone) -> None:
    assert clone.run(ENDS_WITH="2").returncode == 2
    assert clone.run("demo", ENDS_WITH="7").returncode == 7


def test_a_signal_reaches_the_program_itself(clone: Clone) -> None:
    clone.run("setup")
    process = subprocess.Popen([str(clone.folder / "run"), "serve", "sleep"], env=clone.environ({}))
    for _ in range(200):
        if clone.asked("sleep"):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == -signal.SIGTERM


def test_all_three_checks_run_and_one_that_fails_is_enough(clone: Clone) -> None:
    assert clone.run("check").returncode == 0
    assert [clone.asked(word) != [] for word in ("ruff format --check", "ruff check", "mypy")] == [True] * 3
    clone.notes.unlink()
    assert clone.run("check", ENDS_WITH="1").returncode == 1
    assert clone.asked("mypy")


def test_what_follows_test_goes_to_pytest(clone: Clone) -> None:
    clone.run("test", "tests/db", "-k", "two words")
    assert clone.asked("pytest") == ["python -m pytest -n 3 --dist worksteal tests/db -k two words"]


def test_what_follows_bench_goes_to_the_benchmarks(clone: Clone) -> None:
    clone.run("bench", "fanout", "--sockets", "10")
    assert clone.asked("bench") == ["python -m bench fanout --sockets 10"]


def test_without_a_chromium_root_gets_one_and_is_told_so(clone: Clone) -> None:
    (clone.commands / "chromium").unlink()
    executable(clone.commands / "id", "#!/bin/sh\necho 0\n")
    executable(
        clone.commands / "apt-get",
        f'#!/bin/sh\necho "apt-get $*" >>"$NOTES"\n[ "$1" = update ] || cp /bin/true "{clone.commands}/chromium"\n',
    )
    told = clone.run("test")
    assert "installing it with apt-get" in told.stderr
    assert any(line.endswith("chromium") for line in clone.asked("apt-get"))
    assert clone.asked("pytest") == ["python -m pytest -n 3 --dist worksteal"]


def test_without_a_chromium_others_are_told_what_will_fail_and_how_to_have_one(clone: Clone) -> None:
    (clone.commands / "chromium").unlink()
    executable(clone.commands / "id", "#!/bin/sh\necho 1000\n")
    told = clone.run("test")
    assert "will fail" in told.stderr
    assert "sudo apt-get install chromium" in told.stderr
    assert clone.asked("pytest") == ["python -m pytest -n 3 --dist worksteal"]


def test_a_word_it_does_not_know_shows_those_it_does(clone: Clone) -> None:
    unknown = clone.run("dance")
    assert unknown.returncode == 2
    assert "./run demo" in unknown.stderr
    assert clone.run("help").stdout == unknown.stderr
    assert not clone.notes.exists()


def test_the_image_gets_every_file_that_it_is_told_to_copy() -> None:
    let_through = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        word
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert copied == let_through
    assert all((ROOT / name).exists() for name in copied)
