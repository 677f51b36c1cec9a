"""The pictures of stickers, drawn from their id: a PNG, one that moves, a GIF, or the JSON of a Lottie animation.
Sources: the PNG specification (third edition, section 11.3), the GIF89a specification, Lottie's format."""

import hashlib
import struct
import zlib

import msgspec

from practice import pictures
from practice.model import Sticker, StickerFormat

SIDE = pictures.GRID * pictures.SCALE
KINDS = {StickerFormat.LOTTIE: "application/json", StickerFormat.GIF: "image/gif"}


def drawn(sticker: Sticker) -> tuple[str, bytes]:
    """The content type and the bytes."""
    seed = str(sticker.id)
    makers = {StickerFormat.APNG: apng, StickerFormat.LOTTIE: lottie, StickerFormat.GIF: gif}
    return KINDS.get(sticker.format, "image/png"), makers.get(sticker.format, pictures.picture)(seed)


def apng(seed: str) -> bytes:
    """Two frames, half a second each, for ever."""
    frames = [zlib.compress(pictures.pixels(f"{seed} {n}")) for n in range(2)]
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    control = [struct.pack(">IIIIIHHBB", number, SIDE, SIDE, 0, 0, 1, 2, 0, 0) for number in (0, 1)]
    parts = [
        (b"IHDR", head),
        (b"acTL", struct.pack(">II", 2, 0)),
        (b"fcTL", control[0]),
        (b"IDAT", frames[0]),
        (b"fcTL", control[1]),
        (b"fdAT", struct.pack(">I", 2) + frames[1]),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(pictures.chunk(kind, data) for kind, data in parts)


def gif(seed: str) -> bytes:
    """Two frames of four big squares in four colours, half a second each, for ever."""
    digest = hashlib.sha256(seed.encode()).digest()
    head = b"GIF89a" + struct.pack("<HHBBB", SIDE, SIDE, 0xF1, 0, 0) + b"\x26\x1f\x1a" + digest[:9]
    again = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return head + again + gif_frame(0) + gif_frame(2) + b";"


def gif_frame(turned: int) -> bytes:
    half = SIDE // 2
    cells = [(2 * (y // half) + x // half + turned) % 4 for y in range(SIDE) for x in range(SIDE)]
    control = b"\x21\xf9\x04" + struct.pack("<BHB", 4, 50, 0) + b"\x00"
    place = b"," + struct.pack("<HHHHB", 0, 0, SIDE, SIDE, 0)
    packed = uncompressed(cells)
    blocks = [packed[at : at + 255] for at in range(0, len(packed), 255)]
    return control + place + b"\x02" + b"".join(bytes([len(each)]) + each for each in blocks) + b"\x00"


def uncompressed(cells: list[int]) -> bytes:
    """LZW codes of three bits that never grow, because the table is cleared after every second pixel."""
    codes = [4]
    for at in range(0, len(cells), 2):
        codes += [*cells[at : at + 2], 4]
    bits = sum(code << 3 * index for index, code in enumerate([*codes, 5]))
    return bits.to_bytes((3 * len(codes) + 3 + 7) // 8, "little")


def lottie(seed: str) -> bytes:
    """A square that turns once in two seconds."""
    digest = hashlib.sha256(seed.encode()).digest()
    still = {"a": 0, "k": [160, 160, 0]}
    turning = {"a": 1, "k": [{"t": 0, "s": [0], "e": [360]}, {"t": 120}]}
    square = {"ty": "rc", "p": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [160, 160]}, "r": {"a": 0, "k": 16}}
    colour = {"ty": "fl", "c": {"a": 0, "k": [part / 255 for part in digest[:3]] + [1]}, "o": {"a": 0, "k": 100}}
    place = {"ty": "tr", "p": {"a": 0, "k": [0, 0]}, "a": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [100, 100]}}
    layer = {
        "ty": 4,
        "nm": "square",
        "ip": 0,
        "op": 120,
        "st": 0,
        "ks": {"p": still, "r": turning},
        "shapes": [{"ty": "gr", "it": [square, colour, place]}],
    }
    return msgspec.json.encode(
        {"v": "5.5.2", "fr": 60, "ip": 0, "op": 120, "w": 320, "h": 320, "layers": [layer], "assets": []}
    )
