import asyncio
import logging
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from db.config import Media
from db.darkroom import Darkroom
from db.errors import Refused, Unavailable
from tests import pictures
from tests.programs import children, until

EXIF = pictures.exif(orientation=6, maker="Secret Cameras")


async def develop(picture, limits=None):
    """The report and the files by name."""
    async with Darkroom(limits or Media()).developed(picture) as developed:
        return developed.report, {path.name: path.read_bytes() for path in developed.folder.iterdir()}


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path, monkeypatch):
    """Other programs on this machine may have darkrooms of their own just now."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)  # asked for anew


def worked():
    """Seconds of processor time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def rooms():
    return list(Path(tempfile.gettempdir()).iterdir())


@pytest.mark.parametrize("kind", pictures.HOSTILE)
async def test_what_nobody_should_bring_is_refused_with_a_sentence_in_under_a_second(kind):
    """A second of work: how long others keep the processor busy meanwhile is not the darkroom's doing."""
    picture, before = pictures.HOSTILE[kind](), worked()
    with pytest.raises(Refused) as refusal:
        await develop(picture)
    took = worked() - before
    assert refusal.value.sentence.endswith(".")
    assert refusal.value.code == "bad_picture"
    assert took < 1.0


@pytest.mark.parametrize(
    ("kind", "content_type", "ext"),
    [("PNG", "image/png", "png"), ("JPEG", "image/jpeg", "jpg"), ("WEBP", "image/webp", "webp"),
     ("GIF", "image/gif", "gif")],
)  # fmt: skip
async def test_each_kind_stays_what_it_is(kind, content_type, ext):
    report, files = await develop(pictures.still(kind))
    assert (report.content_type, report.ext, report.width, report.height) == (content_type, ext, 64, 48)
    assert pictures.opened(files["full"]).format == kind


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
async def test_what_is_hidden_behind_or_inside_a_picture_is_gone(kind):
    picture = pictures.still(kind, comment=pictures.SCRIPT) if kind in {"GIF", "JPEG"} else pictures.still(kind)
    _, files = await develop(picture + pictures.SCRIPT + b"PK\x03\x04")
    assert pictures.SCRIPT not in files["full"]
    assert b"PK\x03\x04" not in files["full"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_picture_stands_upright_and_tells_nothing_of_its_maker(kind):
    report, files = await develop(pictures.still(kind, (40, 20), exif=EXIF))
    assert (report.width, report.height) == (20, 40)
    made = pictures.opened(files["full"])
    assert dict(made.getexif()) == {}
    assert b"Secret Cameras" not in files["full"]
    assert not {"exif", "icc_profile", "comment", "xmp"} & made.info.keys()


async def test_texts_in_a_png_are_gone():
    note = pictures.chunk(b"tEXt", b"Author\0Ada Lovelace")
    _, files = await develop(pictures.png(8, 8, note))
    assert b"Lovelace" not in files["full"]


async def test_colours_by_a_profile_become_those_of_every_screen():
    swapped = pictures.still("PNG", colour="#20c040", icc_profile=pictures.profile())
    _, files = await develop(swapped)
    made = pictures.opened(files["full"])
    assert "icc_profile" not in made.info
    assert made.getpixel((1, 1))[:3] != (0x20, 0xC0, 0x40)


async def test_a_profile_that_is_nonsense_is_left_out():
    _, files = await develop(pictures.still("PNG", colour="#20c040", icc_profile=b"nonsense" * 20))
    assert pictures.opened(files["full"]).getpixel((1, 1))[:3] == (0x20, 0xC0, 0x40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
async def test_every_sort_of_png_is_taken_and_keeps_its_brightness(mode):
    _, files = await develop(pictures.packed(pictures.white(mode), "PNG"))
    assert pictures.opened(files["full"]).convert("L").getpixel((3, 3)) == 255


async def test_what_is_see_through_stays_so():
    report, files = await develop(pictures.packed(pictures.glass(), "PNG"))
    assert pictures.opened(files["full"]).getpixel((3, 3)) == (255, 0, 0, 64)
    assert report.ext == "png"


async def test_a_print_picture_in_cmyk_is_taken():
    _, files = await develop(pictures.packed(pictures.white("RGB").convert("CMYK"), "JPEG"))
    assert pictures.opened(files["full"]).mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
async def test_what_moves_goes_on_moving_and_has_no_narrower_copies(kind):
    report, files = await develop(pictures.moving(kind, 100, (400, 30)))
    made = pictures.opened(files["full"])
    assert (report.animated, report.widths, made.n_frames, made.info["loop"]) == (True, (), 100, 0)
    made.seek(1)
    made.load()
    assert made.info["duration"] == 80


async def test_the_limits_are_those_of_the_configuration():
    picture = pictures.still("PNG", (60, 50))
    for limits in (Media(pixels_max=2999), Media(side_max=59)):
        with pytest.raises(Refused, match="megapixels"):
            await develop(picture, limits)
    await develop(picture, Media(pixels_max=3000, side_max=60))
    with pytest.raises(Refused, match="3 frames"):
        await develop(pictures.moving("GIF", 4), Media(frames_max=3))


async def test_the_largest_picture_that_is_taken_is_ready_in_time():
    report, files = await develop(pictures.still("JPEG", (6000, 4000)))
    assert report.widths == (320, 800, 1600)
    assert pictures.opened(files["1600"]).size == (1600, 1067)


async def test_a_picture_too_large_for_discord_is_packed_tighter():
    heavy = pictures.packed(pictures.noise((2000, 2000)), "PNG")
    report, files = await develop(heavy)
    assert len(heavy) > 10 * 1024**2 > len(files["full"])
    assert (report.ext, pictures.opened(files["full"]).format) == ("jpg", "JPEG")


async def test_a_child_that_is_killed_is_a_refusal_and_the_next_picture_is_fine(caplog):
    darkroom = Darkroom(Media())

    async def bring():
        async with darkroom.developed(pictures.packed(pictures.noise((1700, 1500)), "PNG")) as developed:
            return developed.report

    first = asyncio.create_task(bring())
    await until(lambda: children("darkroom/_child.py"))
    for process in children("darkroom/_child.py"):
        os.kill(process, signal.SIGKILL)
    with pytest.raises(Refused, match="A smaller one will do"):
        await first
    assert "status -9" in caplog.text
    assert (await bring()).width == 1700


async def test_a_child_that_takes_too_long_is_killed(caplog):
    caplog.set_level(logging.WARNING)
    with pytest.raises(Refused, match="A smaller one will do"):
        async with Darkroom(Media(), patience=0.05).developed(pictures.still()):
            pass
    assert children("darkroom/_child.py") == []
    assert "given up" in caplog.text


@pytest.mark.parametrize("after", [0.0, 0.001, 0.003, 0.006, 0.01, 0.03])
async def test_whoever_is_cancelled_leaves_no_child_and_no_file(after):
    async def bring():
        async with Darkroom(Media()).developed(pictures.packed(pictures.noise((300, 300)), "PNG")):
            await asyncio.sleep(5)

    task = asyncio.create_task(bring())
    await asyncio.sleep(after)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children("darkroom/_child.py") == []
    assert rooms() == []


async def test_two_at_once_a_few_wait_and_the_rest_are_told_to_come_back():
    darkroom = Darkroom(Media())
    most = 0

    async def bring():
        async with darkroom.developed(pictures.still()) as developed:
            return developed.report

    async def count():
        nonlocal most
        while True:
            most = max(most, len(children("darkroom/_child.py")))
            await asyncio.sleep(0.005)

    counting = asyncio.create_task(count())
    answers = await asyncio.gather(*(bring() for _ in range(12)), return_exceptions=True)
    counting.cancel()
    assert [type(answer) for answer in answers].count(Unavailable) == 4
    assert most <= 2
    assert (await bring()).width == 64


async def test_a_child_has_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "s3cret")

    async def bring():
        async with Darkroom(Media()).developed(pictures.packed(pictures.noise((1700, 1500)), "PNG")):
            pass

    task = asyncio.create_task(bring())
    await until(lambda: children("darkroom/_child.py"))
    environs = [Path(f"/proc/{process}/environ").read_bytes() for process in children("darkroom/_child.py")]
    await task
    assert environs
    assert b"s3cret" not in b"".join(environs)


async def test_the_memory_of_a_child_is_limited():
    task = asyncio.create_task(develop(pictures.packed(pictures.noise((1700, 1500)), "PNG")))
    [process] = await asyncio.wait_for(first_child(), 5)
    await until(lambda: "1073741824" in Path(f"/proc/{process}/limits").read_text() or task.done())
    limits = Path(f"/proc/{process}/limits").read_text()
    await task
    assert [line.split()[-2] for line in limits.splitlines() if line.startswith("Max address space")] == ["1073741824"]
    assert [line.split()[4] for line in limits.splitlines() if line.startswith("Max core")] == ["0"]


async def first_child():
    await until(lambda: children("darkroom/_child.py"))
    return children("darkroom/_child.py")


PARENT = """
import asyncio, sys
from pathlib import Path
from db.config import Media
from db.darkroom import Darkroom

async def main():
    async with Darkroom(Media()).developed(Path(sys.argv[1])):
        pass

asyncio.run(main())
"""


async def test_a_child_does_not_outlive_a_parent_that_is_killed(tmp_path):
    """The picture comes from a pipe that nobody writes to, so the child would wait for ever."""
    os.mkfifo(tmp_path / "picture")
    writer = os.open(tmp_path / "picture", os.O_RDWR)
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(tmp_path / "picture"))
    try:
        await until(lambda: children("darkroom/_child.py", parent.pid))
        [child] = children("darkroom/_child.py", parent.pid)
        await until(lambda: b"1073741824" in Path(f"/proc/{child}/limits").read_bytes())
        await asyncio.sleep(0.2)  # from the limits to the next line
        parent.kill()
        await parent.wait()
        await until(lambda: not Path(f"/proc/{child}").exists())
    finally:
        os.close(writer)
    assert rooms(), "what this looked at was there"
