"""`python bot.py check`, and starts that are refused: a sentence each, which says what to do. What it finds is asked of
this process, but once where all is well and once where next to nothing is: there its owner runs it.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import asyncpg
import pytest

from cogs import doctor
from db.config import load
from practice import Practice, permissions, porch, sources
from practice.sources import Fault
from tests.programs import Program, Valkey, free_port
from web import undrawable


@pytest.fixture
async def valkey(session_folder: Path) -> AsyncIterator[Valkey]:
    folder = session_folder / f"check-{time.monotonic_ns()}"
    folder.mkdir()
    async with Valkey(folder) as valkey:
        yield valkey


async def run(folder: Path, environ: Mapping[str, str], *arguments: str) -> tuple[int, list[str]]:
    """The exit status of the program, and what it said, line by line."""
    program = Program(folder, environ)
    await program.start(*arguments)
    status = await program.ended(30)
    assert "Traceback" not in program.words, program.words
    return status, program.words.splitlines()


def findings_in(lines: list[str]) -> dict[str, str]:
    """The finding on each subject with its mark: `{"Redis": "ok not used..."}`."""
    findings = {}
    for line in lines:
        if line.startswith(("ok  ", "TODO")):
            subject, _, sentence = line[5:].partition(": ")
            findings[subject] = f"{line[:4].strip()} {sentence}"
    return findings


Check = Callable[[Mapping[str, str]], Awaitable[tuple[int, dict[str, str]]]]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Gives the exit status, and the findings."""

    async def check(environ: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        config = load({"DATA_DIR": str(tmp_path / "data"), "WEB_BASE_URL": "https://porch.example", **environ})
        status = await doctor.check(config, undrawable)
        findings = findings_in(capsys.readouterr().out.splitlines())
        assert (status == 0) == all(finding.startswith("ok ") for finding in findings.values())
        return status, findings

    return check


async def test_the_doctor_finds_nothing_to_do_where_all_is_well(
    practice: Practice, valkey: Valkey, database_url: str, tmp_path: Path
) -> None:
    places = {"DISCORD_ANNOUNCE_CHANNEL_ID": str(porch.NEWS), "DISCORD_MOD_CHANNEL_ID": str(porch.MOD)}
    appeal = {"MOD_APPEAL": "Write to robin@porch.example."}
    environ = {**practice.environment, **places, **appeal, "DATABASE_URL": database_url, "REDIS_URL": valkey.url}
    status, lines = await run(tmp_path, {"WEB_BASE_URL": "https://porch.example", **environ}, "check")
    assert status == 0, lines
    findings = findings_in(lines)
    channels = {"Channel": "#hangout", "News": "#news", "Moderators": "#mod", "Comments": "#comments"}
    cards = ["lanyard", "lastfm", "wakatime", "github", "mastodon", "bluesky", "weather"]
    looked_at = [
        "Database",
        "Redis",
        *(f"Card {card}" for card in cards),
        "Token",
        "Intents",
        "Sign in with Discord",
        *channels,
        "Public URL",
        "Appeals",
    ]
    assert list(findings) == looked_at
    assert {subject: findings[subject].split()[1].rstrip(",") for subject in channels} == channels
    assert practice.gateway.identified == 0, "it only asks"


@pytest.mark.parametrize(
    ("secret", "finding"),
    [
        (porch.CLIENT_SECRET, "ok on; the redirect in the portal must be https://porch.example/auth/discord/callback"),
        ("not-the-secret", "TODO Discord does not know this client"),
        ("", "TODO client_id and client_secret go together"),
    ],
)
async def test_the_doctor_looks_whether_members_could_come_in_through_discord(
    practice: Practice, database_url: str, check: Check, secret: str, finding: str
) -> None:
    environ = {**practice.environment, "DISCORD_CLIENT_SECRET": secret, "DATABASE_URL": database_url}
    _, findings = await check(environ)
    assert findings["Sign in with Discord"].startswith(finding)
    assert "not-the-secret" not in " ".join(findings.values())


async def test_the_doctor_asks_each_source_that_is_on_and_says_what_came_of_it(
    practice: Practice, database_url: str, check: Check
) -> None:
    practice.sources.always["mastodon"] = Fault(status=401)
    practice.sources.always["weather"] = Fault(status=500)
    environ = {**practice.environment, **sources.environment(practice.base), "LASTFM_API_KEY": "wrong"}
    status, findings = await check({**environ, "WAKATIME_API_KEY": "", "DATABASE_URL": database_url})
    assert findings["Appeals"].startswith("TODO tell nobody how to reach you: write an address into [mod] appeal")
    assert status == 1
    assert findings["Card bluesky"] == findings["Card github"] == "ok on; it answers"
    assert "secure mode" in findings["Card mastodon"]
    assert findings["Card weather"] == "TODO asked just now: It has trouble of its own (500)."
    assert findings["Card lastfm"].startswith("TODO asked just now: ")
    assert findings["Card wakatime"].startswith("ok off")
    assert {name for name, *_ in practice.sources.requests} >= {"lanyard", "lastfm", "weather"}
    assert "wakatime" not in {name for name, *_ in practice.sources.requests}


async def test_the_doctor_goes_on_past_what_is_away(practice: Practice, check: Check) -> None:
    environ = {
        **practice.environment,
        "DISCORD_TOKEN": "not-the-token-of-anybody",
        "DATABASE_URL": "postgresql://house:a-secret-word@127.0.0.1:1/house",
        "REDIS_URL": "redis://:another-secret@127.0.0.1:1/0",
    }
    status, findings = await check(environ)
    assert status == 1
    assert findings["Database"].startswith("TODO")
    assert "[database] url" in findings["Database"]
    assert findings["Redis"].startswith("TODO")
    assert "[redis] url" in findings["Redis"]
    assert findings["Token"].startswith("TODO Discord answers 401: copy a fresh one")
    told = " ".join(findings.values())
    for secret in ("not-the-token", "a-secret-word", "another-secret"):
        assert secret not in told


async def test_the_doctor_names_the_intent_and_the_permissions_that_are_missing(
    practice: Practice, database_url: str, check: Check
) -> None:
    practice.faults.withdraw_intents(porch.MESSAGE_CONTENT)
    without = permissions.MANAGE_WEBHOOKS | permissions.READ_MESSAGE_HISTORY | permissions.MANAGE_THREADS
    practice.set_bot_permissions(without=without)
    status, findings = await check({**practice.environment, "DATABASE_URL": database_url})
    assert status == 1
    assert findings["Intents"].startswith("TODO switch on Message Content Intent")
    assert findings["Permissions"].startswith("TODO")
    assert "Read Message History" in findings["Permissions"]
    assert "Manage Webhooks" in findings["Permissions"]
    assert "Send Messages" not in findings["Permissions"]
    assert "Manage Threads" in findings["Comments"]
    assert "Manage Threads" not in findings["Permissions"]


@pytest.mark.parametrize("channel_id", ["", "42", str(porch.MOD)])
async def test_the_doctor_says_when_there_is_no_channel_to_speak_in(
    practice: Practice, database_url: str, check: Check, channel_id: str
) -> None:
    practice.world.channels[porch.MOD].overwrites.pop()  # the one that lets the bot in
    named = {"DISCORD_CHANNEL_ID": channel_id, "DISCORD_MOD_CHANNEL_ID": str(porch.MOD)}
    environ = {**practice.environment, **named, "DATABASE_URL": database_url}
    status, findings = await check(environ)
    assert status == 1
    assert findings["Channel"].startswith("TODO")
    assert "mod_channel_id" in findings["Moderators"]


async def test_the_doctor_asks_for_a_token_and_a_public_address(database_url: str, tmp_path: Path) -> None:
    status, lines = await run(tmp_path, {"DATABASE_URL": database_url, "WEB_BASE_URL": ""}, "check")
    findings = findings_in(lines)
    assert status == 1
    assert "'Connect Discord'" in findings["Discord"]
    assert "[web] base_url" in findings["Public URL"]
    assert findings["Redis"].startswith("ok ")


async def test_the_doctor_says_when_discord_does_not_answer(
    practice: Practice, database_url: str, check: Check
) -> None:
    practice.faults.away()
    status, findings = await check({**practice.environment, "DATABASE_URL": database_url})
    assert status == 1
    assert findings["Discord"].startswith("TODO cannot be reached")


async def test_an_unknown_key_ends_the_start_before_anything_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[web]\nprot = 8080\n")
    status, lines = await run(tmp_path, {"CONFIG": str(file)})
    assert (status, lines) == (2, ["mine.toml has an unknown key [web] prot (did you mean port?)."])
    assert not (tmp_path / "data").exists()


async def test_a_database_of_a_newer_program_is_left_alone(database_url: str, check: Check, tmp_path: Path) -> None:
    conn = await asyncpg.connect(database_url)
    await conn.execute("insert into migrations (number, name, checksum) values (999, '0999_from_the_future', 'x')")
    await conn.close()
    status, lines = await run(tmp_path, {"DATABASE_URL": database_url})
    assert status == 1
    assert "The database is at version 999" in lines[-1]
    assert "start the newer program" in lines[-1]
    status, findings = await check({"DATABASE_URL": database_url})
    assert findings["Database"].startswith("TODO The database is at version 999")


@pytest.fixture
async def guest(database_url: str) -> AsyncIterator[str]:
    """A user of the server to whom nothing belongs."""
    conn = await asyncpg.connect(database_url)
    await conn.execute("create role guest login")
    yield "guest"
    await conn.execute("drop role guest")
    await conn.close()


@pytest.mark.parametrize("what", ["no server", "no such machine", "no such database", "no such user"])
async def test_a_database_that_cannot_be_used_is_said_without_its_password(
    database_url: str, check: Check, tmp_path: Path, what: str
) -> None:
    server = database_url.partition("?")[2]
    address = {
        "no server": f"postgresql://house:a-secret-word@127.0.0.1:{free_port()}/house",
        "no such machine": "postgresql://house:a-secret-word@nowhere.invalid/house",
        "no such database": f"postgresql://porchlight:a-secret-word@/nothing?{server}",
        "no such user": f"postgresql://nobody:a-secret-word@/postgres?{server}",
    }[what]
    status, lines = await run(tmp_path, {"DATABASE_URL": address})
    assert status == 1
    assert "[database] url" in lines[-1]
    assert "a-secret-word" not in " ".join(lines)
    assert len(lines) == 1
    _, findings = await check({"DATABASE_URL": address})
    assert findings["Database"].startswith("TODO")
    assert "a-secret-word" not in " ".join(findings.values())


async def test_a_database_that_belongs_to_somebody_else_is_said_in_a_sentence(
    database_url: str, guest: str, tmp_path: Path
) -> None:
    address = database_url.replace("//", f"//{guest}@", 1).replace("porchlight@", "", 1)
    status, lines = await run(tmp_path, {"DATABASE_URL": address})
    assert (status, len(lines)) == (1, 1)
    assert "permission denied for schema public" in lines[0]
    assert "make us the database's owner" in lines[0]
