"""The benchmarks run and tell what they promise to; what they measure is printed, never asserted."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import blog, visits
from bench._readers import Reader
from bench._verdict import difference
from bench.logins import guessing
from tests.conftest import Databases

ROOT = Path(__file__).parents[1]


def bench(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bench", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_the_list_names_every_benchmark_and_what_it_is_and_answers_an_unknown_one() -> None:
    told, unknown = bench("--list"), bench("nonsense")
    assert [line.split()[0] for line in told.stdout.splitlines()] == [
        "blog",
        "fanout",
        "latency",
        "logins",
        "rooms",
        "storm",
        "sustained",
        "visits",
    ]
    assert all(len(line.split()) > 5 for line in told.stdout.splitlines())
    assert told.stdout == unknown.stdout
    assert (told.returncode, unknown.returncode) == (0, 2)


def test_the_fan_out_tells_ratios_for_both_patterns_and_that_a_stuck_socket_was_closed() -> None:
    told = bench("fanout", "--sockets", "8", "--messages", "32", "--rounds", "1")
    assert told.stderr == ""
    assert [line.split()[0] for line in told.stdout.splitlines() if "aim" in line] == ["spaced", "burst"]
    for name in ("porchlight", "bare", "send_str"):
        assert sum(line.split()[0] == name for line in told.stdout.splitlines()) == 2
    assert "the stuck one was closed with 1013" in told.stdout


def test_the_latency_is_told_for_every_way() -> None:
    told = bench("latency", "--count", "5")
    assert told.stderr == ""
    ways = [line.partition(" median ")[0].strip() for line in told.stdout.splitlines() if " median " in line]
    assert ways == ["Discord to page", "send to ack", "send to Discord"]


def test_the_log_ins_of_members_and_of_nobody_are_told_apart_or_not() -> None:
    told = bench("logins", "--count", "5")
    assert (told.stderr, told.returncode) == ("", 0)
    lines = told.stdout.splitlines()
    assert [line.split()[0] for line in lines if " median " in line] == ["member", "nobody"]
    assert "difference of the medians" in lines[-2]
    assert "told apart" in lines[-1]


@pytest.mark.parametrize(
    ("member", "nobody", "right"), [([3, 4], [1, 2], 1.0), ([1, 2], [3, 4], 0.0), ([1, 2], [1, 2], 0.5)]
)
def test_guessing_by_time_is_right_when_times_differ(member: list[float], nobody: list[float], right: float) -> None:
    assert guessing(member, nobody) == right


def test_the_sustained_talk_is_joined_and_arrives_whole_and_in_order_under_discords_limits() -> None:
    told = bench("sustained", "--seconds", "3", "--visitors", "4")
    assert (told.stderr, told.returncode) == ("", 0), told.stdout
    verdict = told.stdout.splitlines()[-1]
    assert verdict == "KEPT: every message is in Discord once, in the order of the room, and in time"
    letters = next(int(line.split()[0]) for line in told.stdout.splitlines() if "hold them" in line)
    assert letters < 30, "neighbours were joined"


@pytest.mark.parametrize(
    ("wanted", "found", "words"),
    [
        ([1, 2, 3], [1, 3], "1 missing [2], 0 too many []"),
        ([1, 2], [1, 2, 2], "0 missing [], 1 too many [2]"),
        ([1, 2, 3], [1, 3, 2], "the order differs from place 1 on"),
    ],
)
def test_what_is_lost_doubled_or_disordered_is_told_apart(wanted: list[int], found: list[int], words: str) -> None:
    assert difference(wanted, found) == words


@pytest.mark.parametrize("cut", range(1, 12))
def test_the_readers_count_whole_frames_however_they_are_cut(cut: int) -> None:
    reader = object.__new__(Reader)  # without a server: only its parsing
    reader.frames, reader.closing, reader._unread = 0, None, bytearray()
    stream = b"\x81\x02hi" + b"\x81\x7e\x00\xc8" + bytes(200) + b"\x88\x02\x03\xf5"
    for start in range(0, len(stream), cut):
        reader._unread += stream[start : start + cut]
        reader._parse()
    assert (reader.frames, reader.closing) == (2, 1013)


def test_a_long_chat_and_a_short_one_are_opened_in_every_way_and_compared() -> None:
    told = bench("rooms", "--count", "3", "--long", "300")
    assert (told.stderr, told.returncode) == ("", 0)
    lines = [line for line in told.stdout.splitlines() if " ratio " in line]
    assert [line.partition(" 100 messages ")[0].strip() for line in lines] == [
        "page",
        "socket",
        "newest page",
        "oldest page",
        "what waits",
    ]


async def test_a_large_blog_and_a_small_one_are_read_on_every_page_and_compared(
    databases: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    urls = (await databases.take(), await databases.take())
    await blog.measure(200, 1, urls)
    for url in urls:
        await databases.give_back(url)
    lines = capsys.readouterr().out.splitlines()
    assert all(" drawn " in line and " kept " in line for line in lines[1:-1])
    assert [line[:12].strip() for line in lines[1:]] == [
        "list",
        "last page",
        "tag",
        "archive",
        "search",
        "common word",
        "not found",
        "feed",
        "post",
        "sitemap",
        "memory",
    ]


async def test_a_counted_page_and_a_bare_one_are_compared_and_visits_are_shown(
    databases: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    urls = (await databases.take(), await databases.take())
    await visits.measure_views(5, 1, urls)
    await visits.measure_shown(500, 1, urls[1])
    for url in urls:
        await databases.give_back(url)
    said = capsys.readouterr().out
    for words in ("bare page", "counting", "writing one alone", "summing a day", "500 visits", "90 days: queries"):
        assert words in said
