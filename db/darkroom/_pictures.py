"""What the darkroom's child does with a picture: looks at its header, decodes it, and encodes it anew by Pillow."""

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp", "GIF": "gif"}
SIZE_MAX = 10 * 1024**2  # bytes that Discord takes in one file
LARGE = 4_000_000  # pixels from which time matters more than the last percent of size
UNREADABLE = "That is no picture that can be read here. PNG, JPEG, WebP and GIF are."
JPEG_SCAN, SCANS_MAX = b"\xff\xda", 100  # the marker before each scan (ITU-T T.81, B.1.1.3); cameras write ten or so
TOO_HARD = "That picture takes too much to unpack. A smaller one will do."
TOO_HEAVY = "That picture stays too large, however it is packed. A smaller one will do."


class Unfit(Exception):
    """The picture is refused; the text is a sentence for whoever brought it."""


@dataclass(frozen=True, slots=True)
class Limits:
    pixels: int
    side: int
    frames: int


def develop(folder: Path, limits: Limits, widths: Sequence[int], square: int = 0, small: int = 0) -> dict[str, object]:
    """Reads stdin and writes `full` and a file for each narrower width into the folder; with `square` only its middle,
    still, at most so many pixels wide and high; with `small` all of it, so. Raises Unfit, or anything.
    """
    Image.MAX_IMAGE_PIXELS = limits.pixels
    scans = sys.stdin.buffer.read().count(JPEG_SCAN)
    sys.stdin.buffer.seek(0)
    try:
        picture = Image.open(sys.stdin.buffer, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(too_wide(limits)) from None
    check(picture, limits)
    kind = "JPEG" if picture.format == "MPO" else str(picture.format)
    if kind == "JPEG" and scans > SCANS_MAX:  # each goes over the whole picture again
        raise Unfit(TOO_HARD)
    if square:
        return develop_square(plain(picture), kind, square, folder / "full")
    if small:
        return develop_small(plain(picture), small, folder / "full")
    if kind in {"GIF", "WEBP"} and getattr(picture, "is_animated", False):
        size = develop_moving(picture, kind, limits, folder / "full")
        return report(kind, size, [], animated=True)
    still = plain(picture)
    kind = write_whole(still, kind, folder / "full")
    made = [width for width in widths if width < still.width]
    for width, variant in narrower(still, made):
        (folder / str(width)).write_bytes(encode(variant, kind))
    return report(kind, still.size, made, animated=False)


def develop_square(still: Image.Image, kind: str, side: int, path: Path) -> dict[str, object]:
    """What stands in the middle. A smaller picture is not blown up."""
    side = min(side, *still.size)
    middle = ImageOps.fit(still, (side, side), Image.Resampling.LANCZOS)
    kind = write_whole(middle, "PNG" if kind == "GIF" else kind, path)
    return report(kind, middle.size, [], animated=False)


def develop_small(still: Image.Image, side: int, path: Path) -> dict[str, object]:
    """All of it, for a place where it is small. A smaller picture is not blown up."""
    still.thumbnail((side, side), Image.Resampling.LANCZOS)
    return report(write_whole(still, "WEBP", path), still.size, [], animated=False)


def report(kind: str, size: tuple[int, int], widths: list[int], *, animated: bool) -> dict[str, object]:
    about = {"content_type": Image.MIME[kind], "ext": ENDINGS[kind], "width": size[0], "height": size[1]}
    return {**about, "animated": animated, "widths": widths}


def too_wide(limits: Limits) -> str:
    return (
        f"A picture may have {limits.pixels / 1e6:g} megapixels and {limits.side} pixels along a side; that has more."
    )


def check(picture: Image.Image, limits: Limits) -> None:
    """By what the header says, before a pixel is unpacked."""
    if max(picture.size) > limits.side or picture.width * picture.height > limits.pixels:
        raise Unfit(too_wide(limits))


def plain(picture: Image.Image) -> Image.Image:
    """The pixels alone: upright, in sRGB, 8 bits a channel, with nothing else attached."""
    profile = picture.info.get("icc_profile")
    picture.load()
    picture = ImageOps.exif_transpose(picture)
    picture = in_srgb(picture, profile) if profile else picture
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value / 257).convert("L")
    has_alpha = picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info
    mode = "RGBA" if has_alpha else "L" if picture.mode in {"1", "L", "I", "F"} else "RGB"
    clean = picture.convert(mode)
    clean.info.clear()
    return clean


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """By the picture's own profile; one that makes no sense is left out."""
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    if picture.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return picture
    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode: Any = "RGBA" if picture.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
        return converted or picture
    return picture


def write_whole(still: Image.Image, kind: str, path: Path) -> str:
    """Returns the format in which it was small enough. Raises Unfit when it is in none."""
    for candidate, quality in ((kind, 85), ("WEBP" if still.mode == "RGBA" else "JPEG", 80)):
        packed = encode(still, candidate, quality)
        if len(packed) <= SIZE_MAX:
            path.write_bytes(packed)
            return candidate
    raise Unfit(TOO_HEAVY)


def encode(still: Image.Image, kind: str, quality: int = 85) -> bytes:
    is_large = still.width * still.height > LARGE
    options: dict[str, Any] = {
        "PNG": {"compress_level": 3 if is_large else 6},
        "JPEG": {"quality": quality, "optimize": not is_large, "progressive": not is_large},
        "WEBP": {"quality": quality, "method": 1 if is_large else 4},
        "GIF": {},
    }[kind]
    buffer = io.BytesIO()
    still.save(buffer, kind, **options)
    return buffer.getvalue()


def narrower(still: Image.Image, widths: Sequence[int]) -> Iterator[tuple[int, Image.Image]]:
    """Each made from the next wider one, which is quicker by much and looks the same."""
    for width in sorted(widths, reverse=True):
        height = max(1, round(still.height * width / still.width))
        still = still.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        yield width, still


def develop_moving(picture: Image.Image, kind: str, limits: Limits, path: Path) -> tuple[int, int]:
    """All frames, drawn whole and encoded anew; how long each is shown and how often all is, are kept."""
    most = limits.pixels // (picture.width * picture.height)
    loop, frames, durations = picture.info.get("loop"), [], []
    for number, frame in enumerate(ImageSequence.Iterator(picture), 1):
        if number > min(most, limits.frames):
            raise Unfit(f"A picture that moves may have {limits.frames} frames, fewer if it is large; that has more.")
        clean = frame.convert("RGBA")
        durations.append(min(60_000, max(20, int(frame.info.get("duration") or 100))))
        clean.info.clear()
        frames.append(clean)
    options: dict[str, Any] = {"duration": durations, "loop": loop} if loop is not None else {"duration": durations}
    if kind == "WEBP":
        options |= {"quality": 75, "method": 0}
    else:
        options |= {"disposal": 2 if any(is_see_through(frame) for frame in frames) else 1}
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], **options)
    if buffer.tell() > SIZE_MAX:
        raise Unfit(TOO_HEAVY)
    path.write_bytes(buffer.getvalue())
    return picture.size


def is_see_through(frame: Image.Image) -> bool:
    return frame.getchannel("A").getextrema() != (255, 255)
