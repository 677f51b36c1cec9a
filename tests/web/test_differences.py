"""What is different between two texts: told by lines, and within lines by words."""

import time

import pytest

from web._differences import differences

TEXT = "\n".join(f"line {number}" for number in range(20))


def told(lines):
    return [f"{line.kind} {''.join(words for words, _ in line.pieces) or line.skipped}" for line in lines]


def test_two_that_are_the_same_have_none():
    assert differences(TEXT, TEXT) == []


def test_a_changed_line_stands_among_its_neighbours_and_its_words_are_marked():
    lines = differences(TEXT, TEXT.replace("line 9\n", "line nine\n"))
    assert told(lines) == [
        "skipped 7", "same line 7", "same line 8", "gone line 9", "new line nine", "same line 10", "same line 11",
        "skipped 8",
    ]  # fmt: skip
    assert [line.pieces for line in lines if line.kind in {"gone", "new"}] == [
        (("line ", False), ("9", True)),
        (("line ", False), ("nine", True)),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "a", ["gone 0", "new a"]),
        ("a\nb", "a\nx\nb", ["same a", "new x", "same b"]),
        ("a\nb\na", "a", ["same a", "gone b", "gone a"]),
        ("a", "a\n", ["same a", "new 0"]),
    ],
)
def test_lines_come_and_go(before, after, expected):
    assert told(differences(before, after)) == expected


@pytest.mark.parametrize("texts", [("a\n" * 20_000, "b\n" * 20_000), ("a\nb\n" * 700, "b\na\n" * 700)])
def test_long_texts_without_anything_in_common_do_not_take_long(texts):
    began = time.process_time()
    assert 0 < len(differences(*texts)) <= 2001
    assert time.process_time() - began < 5.0


def test_few_words_said_again_and_again_do_not_keep_a_thread_for_minutes():
    before = "\n".join(f"{'a ' * 199}{number}" for number in range(60))
    after = "\n".join(f"{'a b ' * 99}{number}" for number in range(60))
    began = time.process_time()
    assert {line.kind for line in differences(before, after)} == {"gone", "new"}
    assert time.process_time() - began < 3
