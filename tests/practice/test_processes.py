"""The practice Discord as a process of its own: what it remembers, and how the demo starts, refuses and ends."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from practice import Practice, demo, memory, payloads, porch
from practice._children import start
from practice.pictures import picture


async def test_what_was_said_is_remembered_over_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "new" / "practice.json"
    async with Practice() as first, memory.kept(first.world, path):
        said = first.say("Mika", "remember me", files=[("cat.png", picture("cat"))])
        first.react("Teo", said.id, "👋")
    second = Practice()
    assert memory.load(second.world, path)
    assert second.messages() == [said]
    assert second.world.files[said.attachments[0].id].data == picture("cat")
    assert second.say("Mika", "later").id > said.id


async def test_all_that_hangs_on_messages_and_who_is_here_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "practice.json"
    async with Practice() as first, memory.kept(first.world, path):
        first.join("Ines")
        first.boost("Ines")
        said = first.say("Ines", "<@1100000000000000302>", stickers=["moth"], files=[("SPOILER_a.png", picture("a"))])
        first.add_sticker("firefly")
        first.pin("owner", said.id)
        first.start_thread("Ines", "Apart", message_id=said.id)
        forwarded = first.forward("Teo", said.id)
        poll = first.poll("Ines", "Tea?", ["Yes", ("No", "👎")])
        first.vote("Teo", poll.id, 2)
        first.voice("Ines", 2)
        first.leave("Teo")
        address = payloads.attachment(first.world, said.attachments[0])["url"]
        before = first.messages()
    second = Practice()
    assert memory.load(second.world, path)
    assert second.messages() == before
    assert second.pins() == [said]
    assert second.member("Ines").premium_since is not None
    assert second.sticker("firefly")
    with pytest.raises(LookupError):
        second.member("Teo")
    assert second.world.files[forwarded.snapshots[0].attachments[0].id].data == picture("a")
    assert [payloads.message(second.world, each)["id"] for each in before]
    path_of, _, query = address.removeprefix(first.cdn_base).partition("?")
    signed = dict(part.split("=") for part in query.strip("&").split("&"))
    assert second.world.opens(path_of, signed["ex"], signed["is"], signed["hm"])


@pytest.mark.parametrize("content", [None, b"", b"{not json", b'{"messages": 5}'])
async def test_a_memory_that_cannot_be_read_is_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "practice.json"
    if content is not None:
        path.write_bytes(content)
    assert not memory.load(Practice().world, path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def run(*arguments: str, **variables: str) -> asyncio.subprocess.Process:
    environ = {**os.environ, **variables}
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def test_the_process_prints_where_to_point_a_client_and_ends_when_told() -> None:
    port = str(free_port())
    process = await run("-m", "practice", "--port", port)
    assert process.stdout is not None
    lines = [await process.stdout.readline() for _ in range(8)]
    assert f"export DISCORD_API_BASE=http://127.0.0.1:{port}/api/v10\n".encode() in lines
    process.terminate()
    async with asyncio.timeout(5):
        await process.communicate()
    assert process.returncode == 0


async def test_a_taken_port_is_one_sentence() -> None:
    async with Practice() as practice:
        process = await run("-m", "practice", "--port", str(practice.port))
        _, said = await process.communicate()
        assert (process.returncode, said.count(b"\n")) == (1, 1)
        variables = {"WEB_PORT": str(free_port()), "PRACTICE_PORT": str(practice.port)}
        process = await run("-m", "practice.demo", **variables)
        _, said = await process.communicate()
    assert process.returncode == 1
    sentence = f"Port {practice.port} for the practice Discord is taken by another program: stop that, or set"
    assert said.decode() == f"{sentence} PRACTICE_PORT to a free port.\n"


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none_is_refused_with_a_sentence(port: str) -> None:
    with pytest.raises(demo.DemoError, match="WEB_PORT must be a port"):
        demo.read_port({"WEB_PORT": port}, "WEB_PORT", 8080)


def test_the_demo_never_reaches_a_real_discord_or_a_real_database() -> None:
    real = {
        "DISCORD_TOKEN": "real",
        "DISCORD_TOKEN_FILE": "/x",
        "DATABASE_URL": "postgresql://",
        "REDIS_URL": "redis://",
    }
    variables = demo.environment({**real, "PATH": "/bin", "SITE_NAME": "Mine"}, 1, 2)
    assert not {"DISCORD_TOKEN_FILE", "DATABASE_URL", "REDIS_URL"} & set(variables)
    assert (variables["DISCORD_TOKEN"], variables["PATH"], variables["SITE_NAME"]) == (porch.TOKEN, "/bin", "Mine")


async def test_a_child_that_does_not_listen_is_ended_with_all_it_started(tmp_path: Path) -> None:
    grandchild = tmp_path / "pid"
    script = (
        "import pathlib, signal, subprocess, sys, time;"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"pathlib.Path({str(grandchild)!r}).write_text(str(child.pid));"
        "time.sleep(60)"
    )
    child = await start("A deaf one", "-c", script, environ=os.environ)
    async with asyncio.timeout(10):
        while not grandchild.exists() or not grandchild.read_text():
            await asyncio.sleep(0.01)
    await child.stop(0.2)
    assert child.has_ended
    async with asyncio.timeout(5):  # it has been killed; the kernel takes a moment to end it
        while is_running(int(grandchild.read_text())):
            await asyncio.sleep(0.01)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
async def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    parent = (
        "import asyncio, os, pathlib\n"
        "from practice._children import start\n"
        "async def main():\n"
        "    child = await start('A child', '-c', 'import time; time.sleep(60)', environ=os.environ)\n"
        f"    pathlib.Path({str(pid)!r}).write_text(str(child.process.pid))\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    process = await run("-c", parent)
    async with asyncio.timeout(10):
        while not pid.exists() or not pid.read_text():
            await asyncio.sleep(0.01)
        process.kill()
        await process.communicate()
        while is_running(int(pid.read_text())):
            await asyncio.sleep(0.01)


def is_running(pid: int) -> bool:
    """A process that has ended and only waits to be noticed (Z) counts as ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
