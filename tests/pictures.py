"""Pictures for the tests: honest ones, and such as nobody should bring."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

from PIL import ExifTags, Image, ImageCms


def packed(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def white(mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.new("I;16", (8, 8), 65_535)
    return Image.new("RGBA" if mode == "LA" else "RGB", (8, 8), "white").convert(mode)


def glass() -> Image.Image:
    return Image.new("RGBA", (8, 8), (255, 0, 0, 64))


def exif(orientation: int, maker: str) -> Image.Exif:
    data = Image.Exif()
    data[ExifTags.Base.Orientation] = orientation
    data[ExifTags.Base.Make] = maker
    return data


def profile() -> bytes:
    """Of colours that are not a screen's: sRGB with its red and green changed places."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return data.replace(b"rXYZ", b"tmp ").replace(b"gXYZ", b"rXYZ").replace(b"tmp ", b"gXYZ")


def still(kind: str = "PNG", size: tuple[int, int] = (64, 48), colour: str = "teal", **options: Any) -> bytes:
    return packed(Image.new("RGB", size, colour), kind, **options)


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3))


def moving(kind: str, frames: int = 3, size: tuple[int, int] = (32, 24)) -> bytes:
    first, *rest = [Image.new("RGB", size, (number * 7 % 256, number % 256, 99)) for number in range(frames)]
    return packed(first, kind, save_all=True, append_images=rest, duration=80, loop=0)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *extra: bytes, data: bytes | None = None) -> bytes:
    """A PNG by hand: what the header says need not be what follows."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes((1 + width * 3) * height)) if data is None else data
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


SCRIPT = b"<script>alert(1)</script>"


@cache
def bomb() -> bytes:
    """100 kB that unpack to 100 MB."""
    return zlib.compress(bytes(100_000_000), 9)


def many_scans(scans: int = 500) -> bytes:
    """A progressive JPEG whose last scan comes again and again; each costs a walk over the whole picture."""
    once = packed(Image.new("RGB", (4000, 4000), "teal"), "JPEG", progressive=True)
    last = once.rindex(b"\xff\xda")
    return once[:-2] + once[last:-2] * scans + once[-2:]


# Everything that must be refused, by what it is; made when it is wanted, for some of it takes long.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "20,000 by 20,000 by its header": lambda: png(20_000, 20_000, data=bomb()),
    "20,000 by 20,000 in truth": lambda: packed(Image.new("1", (20_000, 20_000)), "PNG"),
    "a long strip": lambda: png(9_000, 10),
    "a GIF canvas of 65,535": lambda: b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + still("GIF")[10:],
    "a WebP canvas of 16,384": lambda: b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xff\x3f\0\xff\x3f\0ANIM\0\0\0\0",
    "text that unpacks to 100 MB": lambda: png(8, 8, chunk(b"zTXt", b"Comment\0\0" + bomb())),
    "a profile that unpacks to 100 MB": lambda: png(8, 8, chunk(b"iCCP", b"icc\0\0" + bomb())),
    "too many small texts": lambda: png(8, 8, *[chunk(b"zTXt", b"C\0\0" + zlib.compress(bytes(900_000)))] * 100),
    "a truncated PNG": lambda: packed(noise((64, 64)), "PNG")[:-3000],
    "a truncated JPEG": lambda: packed(noise((64, 64)), "JPEG")[:-800],
    "a truncated WebP": lambda: packed(noise((64, 64)), "WEBP")[:-800],
    "a truncated GIF": lambda: moving("GIF", 2)[:40],
    "a header alone": lambda: still("PNG")[:33],
    "a broken PNG": lambda: still("PNG").replace(b"IDAT", b"IDAX"),
    "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "PDF": lambda: b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF",
    "ZIP": lambda: b"PK\x03\x04" + bytes(60),
    "HTML": lambda: b"<!doctype html>" + SCRIPT,
    "TIFF": lambda: still("TIFF"),
    "BMP": lambda: still("BMP"),
    "PostScript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "a JPEG of 500 scans": many_scans,
    "101 frames": lambda: moving("GIF", 101),
    "100 large frames": lambda: moving("WEBP", 100, (800, 800)),
}
