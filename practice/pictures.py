"""Small PNG pictures made from a number, for avatars and emoji; and the size of pictures that are handed in. What
moves is in practice.stickers."""

import hashlib
import struct
import zlib

GRID = 5
SCALE = 16


def picture(seed: str) -> bytes:
    """A 80 by 80 PNG, symmetric, the same for the same seed."""
    return png(GRID * SCALE, GRID * SCALE, pixels(seed))


def pixels(seed: str) -> bytes:
    digest = hashlib.sha256(seed.encode()).digest()
    ink = bytes((96 + digest[0] % 128, 96 + digest[1] % 128, 96 + digest[2] % 128))
    paper = b"\x2b\x24\x1f"
    rows = bytearray()
    for y in range(GRID):
        cells = [digest[3 + y * 3 + min(x, GRID - 1 - x)] % 2 for x in range(GRID)]
        row = b"\x00" + b"".join((ink if cell else paper) * SCALE for cell in cells)
        rows += row * SCALE
    return bytes(rows)


LAMP = """
..####..
.######.
.#....#.
.#.**.#.
.#.**.#.
.#....#.
.######.
..####..
"""
COLOURS = {".": b"\x26\x1f\x1a", "#": b"\xb9\xa4\x8c", "*": b"\xf0\xb3\x5a"}


def lamp() -> bytes:
    """A porch lamp, 80 by 80 pixels: the guild's own emoji."""
    lines = LAMP.split()
    rows = b"".join((b"\x00" + b"".join(COLOURS[cell] * 10 for cell in line)) * 10 for line in lines)
    return png(80, 80, rows)


def png(width: int, height: int, rows: bytes) -> bytes:
    """A truecolour PNG from rows that each begin with their filter byte. Source: PNG specification, sections 5 and
    11."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def size_of(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF, JPEG or WebP; None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:4] == b"GIF8" and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return webp_size(data)
    return jpeg_size(data) if data[:2] == b"\xff\xd8" else None


def webp_size(data: bytes) -> tuple[int, int] | None:
    """Source: RFC 9649, sections 2.5 to 2.7, and RFC 6386, section 9.1."""
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", data[26:30])
    return (width & 0x3FFF, height & 0x3FFF) if kind == b"VP8 " else None


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= kind <= 0xCF and kind not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None
