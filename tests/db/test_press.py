"""The press holds out: whatever is brought is drawn or refused with a sentence, and the house goes on meanwhile."""

import asyncio
import io
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from db.config import Blog
from db.errors import Refused, Unavailable
from db.press import NAME, Press
from db.press import _press as sizes
from tests.articles import EVERYTHING, HOSTILE, ID, PICTURE
from tests.programs import children, until

STALLS = "```perl\n" + "$x = s{a}{" * 15_000 + "\n```" + "[a" * 20_000
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def press():
    press = Press(Blog())
    yield press
    await press.close()
    assert children("press/_child.py") == []


async def at_work(press, body=STALLS):
    """Somebody who waits for a text that never comes, once a process is at it."""
    task = asyncio.create_task(press.print(body, {}))
    await until(lambda: press._busy)
    return task


class Steps:
    """How long the house was held up at most, in seconds: the processor time of this thread between two of its steps,
    for what others do on this machine is not the press's doing.
    """

    def __init__(self):
        self.longest = 0.0

    async def __aenter__(self):
        self.task = asyncio.create_task(self.walk())
        return self

    async def __aexit__(self, *_):
        self.task.cancel()

    async def walk(self):
        before = time.thread_time()
        while True:
            await asyncio.sleep(0.001)
            now = time.thread_time()
            self.longest = max(self.longest, now - before)
            before = now


async def test_a_text_is_drawn_with_its_pictures_and_all_that_is_told_of_it(press):
    printed = await press.print(EVERYTHING, {ID: PICTURE})
    assert "<h2" in printed.html
    assert printed.pictures == (ID,)
    assert [heading.text for heading in printed.contents] == ["A heading", "One below it"]
    assert NAME.startswith("press-")


async def test_whatever_is_brought_is_drawn_or_refused_and_the_house_goes_on(press, monkeypatch):
    monkeypatch.setattr(sizes, "WAITING_MAX", len(HOSTILE))
    await asyncio.gather(press.print("a", {}), press.print("b", {}))  # both processes are there
    async with Steps() as steps:
        answers = await asyncio.gather(
            *(press.print(body, {}, patience=0.1) for body in HOSTILE.values()), return_exceptions=True
        )
    assert steps.longest < 0.05
    refusals = [answer for answer in answers if isinstance(answer, Exception)]
    assert {type(refusal) for refusal in refusals} == {Refused}
    assert {(refusal.code, refusal.sentence[-1]) for refusal in refusals} == {("bad_markdown", ".")}
    assert "<em>well</em>" in (await press.print("all is *well*", {})).html


async def test_a_text_that_takes_too_long_is_refused_and_its_process_ended(press, caplog):
    with pytest.raises(Refused, match="takes too long"):
        await press.print(STALLS, {}, patience=0.1)
    assert children("press/_child.py") == []
    assert "given up after 0.1 s" in caplog.text
    assert (await press.print("next", {})).html == "<p>next</p>"


async def test_a_process_that_is_killed_at_work_is_a_refusal_and_the_next_two_texts_are_fine(press, caplog):
    first = await at_work(press)
    os.kill(*children("press/_child.py"), signal.SIGKILL)
    with pytest.raises(Refused, match="cannot be drawn"):
        await first
    assert "ended the process" in caplog.text
    answers = await asyncio.gather(press.print("one", {}), press.print("two", {}))
    assert [printed.html for printed in answers] == ["<p>one</p>", "<p>two</p>"]


async def test_a_process_that_was_killed_at_rest_is_nobodys_loss(press):
    await press.print("a", {})
    os.kill(*children("press/_child.py"), signal.SIGKILL)
    assert (await press.print("b", {})).html == "<p>b</p>"


async def test_whoever_is_cancelled_leaves_no_answer_to_the_next_one(press):
    first = await press.print("first", {})
    for after in (0.0, 0.001, 0.01):
        task = asyncio.create_task(press.print(EVERYTHING * 20, {}))
        await asyncio.sleep(after)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await press.print("first", {})) == first


async def test_a_process_does_many_texts_and_then_another_takes_its_place(press, monkeypatch):
    monkeypatch.setattr(sizes, "JOBS_MAX", 3)
    seen = []
    for _ in range(4):
        await press.print("a", {})
        seen.append(tuple(children("press/_child.py")))
    assert seen[0] == seen[1] != ()
    assert seen[2] == ()
    assert seen[3] not in {seen[0], ()}


async def test_two_at_once_a_few_wait_and_the_rest_are_told_to_come_back(press, monkeypatch):
    monkeypatch.setattr(sizes, "WAITING_MAX", 3)
    answers = await asyncio.gather(*(press.print(f"{n}", {}) for n in range(7)), return_exceptions=True)
    assert [type(answer) for answer in answers].count(Unavailable) == 2
    assert [answer.html for answer in answers[:5]] == [f"<p>{n}</p>" for n in range(5)]
    assert len(children("press/_child.py")) == 2


async def test_who_has_nothing_to_do_goes_after_a_while(press, monkeypatch):
    monkeypatch.setattr(sizes, "IDLE", 0.01)
    await press.print("a", {})
    await until(lambda: children("press/_child.py") == [])
    assert (await press.print("b", {})).html == "<p>b</p>"


async def test_a_press_that_is_closed_has_no_process_and_takes_no_text():
    press = Press(Blog())
    await press.print("a", {})
    task = await at_work(press)
    await press.close()
    with pytest.raises(Unavailable):
        await task
    assert children("press/_child.py") == []
    with pytest.raises(Unavailable):
        await press.print("b", {})


async def test_a_process_has_none_of_our_secrets_and_little_memory(press, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "s3cret")
    await press.print("a", {})
    [process] = [Path(f"/proc/{child}") for child in children("press/_child.py")]
    assert b"s3cret" not in (process / "environ").read_bytes()
    limits = {line[:26].strip(): line[26:].split()[1] for line in (process / "limits").read_text().splitlines()}
    assert (limits["Max address space"], limits["Max core file size"]) == ("1073741824", "0")
    assert limits["Max file size"] == "0"


PARENT = """
import asyncio
from db.config import Blog
from db.press import Press

asyncio.run(Press(Blog()).print("[a" * 50_000, {}, patience=60))
"""


async def test_a_process_does_not_outlive_a_parent_that_is_killed():
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, cwd=ROOT)
    await until(lambda: children("press/_child.py", parent.pid))
    [child] = children("press/_child.py", parent.pid)
    await until(lambda: b"1073741824" in Path(f"/proc/{child}/limits").read_bytes())
    parent.kill()
    await parent.wait()
    await until(lambda: not Path(f"/proc/{child}").exists(), 5)


# Cards


@pytest.mark.parametrize(
    ("title", "by"),
    [
        ("Hello, world", "Robin"),
        ("A title that goes on for quite a while, and then a while more, and ends only " * 3, "R" * 80),
        ("W" * 200, ""),
        ("Привет, мир — “как дела” 🎉", "Робин"),
        ("漢字の話", "ロビン"),
        ("مرحبا \u202e\x00\ud7ff", "🎉"),
        ("", ""),
    ],
)
async def test_a_card_is_made_of_every_title(cards, title, by):
    card = await cards.card(title, by, "Porchlight")
    picture = Image.open(io.BytesIO(card))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(card) < 30_000
    inked = picture.convert("L").point(lambda value: 255 * (value > 150))
    left, top, right, bottom = inked.getbbox()
    assert left >= 60
    assert top >= 60
    assert right <= 1140
    assert bottom <= 590


@pytest.fixture(scope="module")
async def cards():
    press = Press(Blog())
    yield press
    await press.close()
