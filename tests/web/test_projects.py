"""The portfolio: cards from the file and from Discord, and pictures that stand beside the file and nowhere else."""

from pathlib import Path

import msgspec
import pytest

import web.projects
from db import projects, projects_file
from db.config import Blog
from db.projects_file import Unreadable, picture_path, read
from tests import pictures
from tests.members import NOON, member
from web import make_app

FILE = """
[[project]]
name = "Porch <light>"
text = "First line."
picture = "shots/porch.png"
alt = "A porch"
links = { "Source" = "https://example.org/", "Here" = "/blog" }

[[project]]
name = "Second"
picture = "../outside.png"
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "kept"
    (folder / "shots").mkdir(parents=True)
    (folder / "shots" / "porch.png").write_bytes(pictures.still())
    (tmp_path / "outside.png").write_bytes(pictures.still())
    (folder / "shots" / "link.png").symlink_to(tmp_path / "outside.png")
    (folder / "projects.toml").write_text(FILE)
    return folder


@pytest.fixture
def config(config, folder):
    return msgspec.structs.replace(config, blog=Blog(projects=str(folder / "projects.toml")))


@pytest.fixture
async def reader(store, aiohttp_client):
    return await aiohttp_client(make_app(store))


async def test_the_page_has_the_cards_of_the_file_and_those_added_from_discord(store, reader):
    owner = await member(store, "robin", owner=True)
    assert "Second" in await (await reader.get("/projects")).text()
    await projects.add(store, owner, "From Discord", "Some words.", ["Site https://example.org/x"], NOON)
    page = await (await reader.get("/projects")).text()
    assert ("Porch &lt;light&gt;" in page, "First line." in page, "Some words." in page) == (True, True, True)
    assert ('src="/projects/shots/porch.png"' in page, 'alt="A porch"' in page) == (True, True)
    assert ('href="https://example.org/x"' in page, "outside" in page) == (True, False)
    assert page.index("From Discord") < page.index("Porch &lt;light&gt;")


async def test_pictures_are_those_that_a_card_names_and_that_stand_beside_the_file(reader, folder):
    answer = await reader.get("/projects/shots/porch.png")
    assert (answer.status, answer.content_type) == (200, "image/png")
    again = await reader.get("/projects/shots/porch.png", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    for path in ("../outside.png", "%2e%2e/outside.png", "shots/other.png", "projects.toml", "shots/link.png"):
        assert (await reader.get(f"/projects/{path}")).status == 404, path
    assert picture_path(folder / "projects.toml", "shots/link.png") is None


async def test_a_file_that_cannot_be_read_costs_its_cards_and_a_line_in_the_log(store, reader, folder, caplog):
    for text in (
        "[[project",
        "[[project]]\nname = 5",
        '[[project]]\nname = "x"\nlinks = { a = "javascript:alert(1)" }',
    ):
        (folder / "projects.toml").write_text(text)
        with pytest.raises(Unreadable, match=r"projects\.toml"):
            read(folder / "projects.toml")
    assert (await reader.get("/projects")).status == 200
    assert "projects.toml" in caplog.text


async def test_the_file_is_not_read_for_each_view_and_its_fault_is_told_once(reader, folder, caplog, monkeypatch):
    (folder / "projects.toml").write_text("[[project")
    asked = []
    monkeypatch.setattr(projects_file, "read", lambda path: asked.append(path) or read(path))
    for _ in range(3):
        assert (await reader.get("/")).status == 200
    assert len(asked) == 1
    monkeypatch.setattr(web.projects, "LOOK", 0.0)
    for _ in range(3):
        await reader.get("/")
    assert (len(asked), caplog.text.count("projects.toml")) == (4, 1)
    (folder / "projects.toml").write_text(FILE)
    assert "Porch &lt;light&gt;" in await (await reader.get("/")).text()


def test_no_file_is_no_cards() -> None:
    assert read(Path("/nowhere/projects.toml")) == []
