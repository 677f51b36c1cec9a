"""Identicons: valid PNG, the same for the same seed, mirrored, and different for different seeds."""

import struct
import zlib

import pytest

from db.identicons import identicon

PICTURE_OF_ADA = [
    "..#..#..",
    "..####..",
    "########",
    "########",
    ".#@##@#.",
    ".oo##oo.",
    "..####..",
    "..#..#..",
]


def read(png: bytes) -> tuple[int, list[bytes], list[list[int]]]:
    """Side, palette, and rows of palette indices of a two-bit palette PNG; every checksum is verified."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    side, height, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (side, rest) == (height, [2, 3, 0, 0, 0])
    lines, width = zlib.decompress(chunks[b"IDAT"]), side // 4 + 1
    assert len(lines) == width * side
    rows = [lines[y * width + 1 : (y + 1) * width] for y in range(side)]
    palette = [chunks[b"PLTE"][i : i + 3] for i in range(0, 12, 3)]
    return side, palette, [[byte >> shift & 3 for byte in row for shift in (6, 4, 2, 0)] for row in rows]


def luminance(colour: bytes) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in (c / 255 for c in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: bytes, other: bytes) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("seed", ["1", "2", "Ada", "", "\U0001f98a", "\ud800", "x" * 10_000])
def test_a_picture_is_a_small_mirrored_png_with_two_eyes(seed):
    png = identicon(seed)
    side, _, rows = read(png)
    assert side == 128
    assert len(png) < 220
    assert all(row == row[::-1] for row in rows)
    assert sum(row.count(3) for row in rows) == 2 * 16 * 16


@pytest.mark.parametrize(("size", "side"), [(8, 8), (32, 32), (100, 96), (0, 8), (-5, 8), (10**9, 1024)])
def test_any_size_gives_a_picture(size, side):
    assert read(identicon("Ada", size))[0] == side


def test_the_same_seed_gives_the_same_picture_in_every_release():
    first = identicon("Ada")
    identicon.cache_clear()
    assert identicon("Ada") == first
    small = read(identicon("Ada", 8))[2]
    assert ["".join(".#o@"[cell] for cell in row) for row in small] == PICTURE_OF_ADA


def test_a_thousand_people_look_different():
    assert len({identicon(str(number)) for number in range(1000)}) > 990


def test_creature_and_eyes_stand_out_from_their_ground():
    palettes = {tuple(read(identicon(str(number), 8))[1]) for number in range(500)}
    assert len(palettes) == 16
    for background, body, marking, eye in palettes:
        assert contrast(background, body) >= 3
        assert contrast(body, eye) >= 3
        assert marking not in {background, body, eye}
