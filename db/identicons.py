"""A small pixel creature for everybody without a picture: the same seed gives the same bytes, here and in Discord."""

import struct
import zlib
from functools import lru_cache
from hashlib import blake2b

GRID = 8
BACKGROUND, BODY, MARKING, EYE = range(4)  # the four colours of a picture, two bits a pixel

# The left half, mirrored. `#` is always body, `?` is decided by the seed, `e` and `E` are the two places for the eye.
HALF = (
    ".???",
    ".???",
    "?###",
    "?#e#",
    "?#E#",
    "?###",
    ".?##",
    ".??.",
)
MARKABLE = tuple((x, y) for y in (2, 5, 6) for x in (1, 2, 3))

# (background, body, marking): lamp light, brick, moss, dusk. Tests hold body and eyes to a contrast of 3.
PALETTES = (
    ("#f6e3c0", "#a3402f", "#d9724a"),
    ("#f3d9b1", "#7a3fa0", "#b98ad6"),
    ("#fbe8c8", "#1f6b3a", "#6fae5a"),
    ("#efe0d0", "#8a4b00", "#d99a3c"),
    ("#f8dcc4", "#2f5d7c", "#6fa3bf"),
    ("#f1e6cf", "#a3203a", "#e0788a"),
    ("#f7e6b5", "#4a3b73", "#8b78bd"),
    ("#e9ddc3", "#5b5a1f", "#a3a14a"),
    ("#3a2a4d", "#f2b84b", "#b9742a"),
    ("#2f3b46", "#ef8a5b", "#b4533a"),
    ("#33402c", "#d9d06b", "#8f9a3f"),
    ("#4d2633", "#f4b6a6", "#c9705f"),
    ("#2b2f52", "#9cc2e5", "#5b82b8"),
    ("#40312a", "#e6c79c", "#a9835a"),
    ("#2a4446", "#7fd1b0", "#3f9a86"),
    ("#4a2a4f", "#d9a0e8", "#9d5fb3"),
)
EYES = ("#2b2135", "#fffaf0")  # on light bodies, on dark bodies; chosen by the background, which is the other way round


@lru_cache(maxsize=4096)
def identicon(seed: str, size: int = 128) -> bytes:
    """A square, opaque PNG of about `size` pixels (the next lower multiple of 8, 8 to 1,024), some 160 bytes."""
    bits = int.from_bytes(blake2b(seed.encode("utf-8", "replace"), digest_size=8).digest())
    bits, choice = divmod(bits, len(PALETTES))
    background, body, marking = (_rgb(colour) for colour in PALETTES[choice])
    eye = _rgb(EYES[sum(background) > 3 * 128])
    scale = min(max(size // GRID, 1), 1024 // GRID)
    return _png(_creature(bits), scale, b"".join((background, body, marking, eye)))


def _creature(bits: int) -> list[list[int]]:
    """Eight rows of eight colours, mirrored, as the bits say: the low ones are taken first."""
    bits, low_eye = divmod(bits, 2)
    half = [[BACKGROUND] * (GRID // 2) for _ in range(GRID)]
    for y, row in enumerate(HALF):
        for x, cell in enumerate(row):
            if cell == "?":
                bits, filled = divmod(bits, 2)
                half[y][x] = BODY if filled else BACKGROUND
            elif cell != ".":
                half[y][x] = EYE if cell == "eE"[low_eye] else BODY
    for x, y in MARKABLE:
        bits, marked = divmod(bits, 2)
        if marked and half[y][x] == BODY:
            half[y][x] = MARKING
    _drop_crumbs(half)
    return [row + row[::-1] for row in half]


def _drop_crumbs(half: list[list[int]]) -> None:
    """Ears and feet need something to hold on to: what hangs in the air falls away."""
    for y, neighbour in ((1, 2), (0, 1), (7, 6)):
        for x in range(GRID // 2):
            if half[neighbour][x] == BACKGROUND:
                half[y][x] = BACKGROUND


def _rgb(colour: str) -> bytes:
    return bytes.fromhex(colour[1:])


def _png(rows: list[list[int]], scale: int, palette: bytes) -> bytes:
    """A palette PNG with two bits a pixel; every cell becomes `scale` by `scale` pixels (PNG specification, 11)."""
    side = GRID * scale
    lines = b"".join((b"\0" + _packed(row, scale)) * scale for row in rows)
    header = struct.pack(">IIBBBBB", side, side, 2, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _packed(row: list[int], scale: int) -> bytes:
    """One line of pixels, four to a byte, the leftmost in the high bits; 8 cells always fill whole bytes."""
    pixels = 0
    for colour in row:
        for _ in range(scale):
            pixels = pixels << 2 | colour
    return pixels.to_bytes(GRID * scale * 2 // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
