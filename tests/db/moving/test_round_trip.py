"""Moving out and in again: what comes back is what there was, byte for byte."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import media, moving, posts
from db.posts import Draft, Gone, Moved
from tests import pictures
from tests.members import NOON, member
from tests.visited import counted

KEYS = ("/plain", "=SUM(1)", "'=SUM(1)", "'", "\t-1", 'quo"te,comma', "two\nlines", "", "/bl\u00f6g", "x" * 300)
LATER = NOON + timedelta(hours=1)
TABLES = (
    "posts",
    "slugs",
    "revisions",
    "messages",
    "comments",
    "media",
    "rooms",
    "people",
    "reactions",
    "post_pictures",
)


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def counts(store):
    return [await store.pool.fetchval(f"select count(*) from {table}") for table in TABLES]


async def wipe(store):
    await store.pool.execute(
        "delete from posts; delete from rooms where slug is null; delete from media; delete from people; "
        "delete from visit_days"
    )


async def said(store, post, person, words, reply_to=None, deleted_at=None):
    seq = await store.pool.fetchval("update rooms set seq = seq + 1 where id = $1 returning seq", post.room_id)
    if deleted_at is None:
        await store.pool.execute("update rooms set said = said + 1 where id = $1", post.room_id)
    return await store.pool.fetchval(
        """insert into messages (room_id, seq, author_id, source, nonce, content, created_at, reply_to_id, deleted_at)
        values ($1, $2, $3, 'web', 'n' || $4, $4, $5, $6, $7) returning id""",
        post.room_id,
        seq,
        person.id,
        words,
        NOON + timedelta(minutes=seq),
        reply_to,
        deleted_at,
    )


async def lived_in(store):
    """A site with something of everything."""
    owner = await member(store, "robin", "Robin", owner=True, discord_id=1)
    ann = await member(store, "ann", "Ann", role="author")
    twins = [await member(store, f"bob{number}", "Bob") for number in (1, 2)]
    shown, cover, old = [
        await media.add(store, owner, pictures.still("JPEG" if c == "red" else "PNG", colour=c), c, NOON)
        for c in ("red", "teal", "gold")
    ]
    body = f'# Hi\n\n![a]({shown.url} "x")\n\n    ---\n\nSee `{old.url}`, https://example.org{shown.url}'
    post = await posts.create(store, owner, Draft('Oil: "a" story', f"![o]({old.url})"), NOON, source="discord")
    draft = Draft("Oil 2", body, "Sum", ("oil", "2020"), "second", cover.id, "A lamp", pinned=True, comments_days=9)
    post = await posts.save(store, owner, post.id, draft, LATER, source="web")
    post = await posts.publish(store, owner, post.id, LATER)
    await posts.like(store, ann, post, on=True)
    first = await said(store, post, twins[0], "First!")
    await said(store, post, ann, "Second", first)
    await said(store, post, owner, "To nobody", await said(store, post, twins[0], "", deleted_at=LATER))
    await said(store, post, ann, "Deleted", deleted_at=LATER)
    for person in twins:
        await store.pool.execute("insert into reactions values ($1, 'heart', $2, 'web', $3)", first, person.id, NOON)
    hearts = [{"emoji": "heart", "count": 2}]
    await store.pool.execute("update messages set reactions = $2 where id = $1", first, hearts)
    await store.pool.execute(
        "insert into comments (post_id, author_id, nonce, content, created_at) values ($1, $2, 'n', 'Let me in', $3)",
        post.id,
        twins[1].id,
        NOON,
    )
    page = await posts.create(store, owner, Draft("About", "Me.", kind="page"), NOON, source="web")
    await posts.unlist(store, owner, page.id, NOON)
    theirs = await posts.create(store, ann, Draft("Soon", "Wait."), NOON, source="web")
    await posts.publish(store, ann, theirs.id, NOON, at=datetime.now(UTC) + timedelta(days=3))
    deleted = await posts.create(store, owner, Draft("Gone", "Away."), NOON, source="web")
    await posts.publish(store, owner, deleted.id, NOON)
    await posts.delete(store, owner, deleted.id, LATER)
    await posts.create(store, owner, Draft("Sketch", ""), NOON, source="web")
    await counted(store, [(NOON.date(), "path", key, 3, 2, 1) for key in KEYS])
    return post


async def test_export_wipe_import_and_export_are_the_same_byte_for_byte(store, tmp_path):
    post = await lived_in(store)
    first = await moving.export_to(store, tmp_path / "one")
    assert (first.posts, first.pictures, first.said) == (4, 3, [])
    await wipe(store)
    back = await moving.import_from(store, tmp_path / "one", NOON)
    assert (back.posts, back.pictures, back.numbers, back.said) == (4, 3, len(KEYS), [])
    await moving.export_to(store, tmp_path / "two")
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
    assert {row["key"] for row in await store.pool.fetch("select key from visit_days")} == set(KEYS)
    again = await posts.get(store.pool, post.id)
    assert (again.body, again.html, again.cover, again.likes, again.comments) == (
        post.body,
        post.html,
        post.cover,
        1,
        3,
    )
    assert await posts.find(store.pool, "oil-a-story") == Moved("second")
    assert await posts.find(store.pool, "gone") == Gone()
    assert await store.pool.fetchval("select count(*) from post_notices") == 0
    assert await store.pool.fetchval("select count(*) from messages where relay <> 'none'") == 0
    assert await media.read(store, await media.get(store.pool, post.cover.media))
    new = await posts.create(store, await member(store, "new", role="author"), Draft("New", "x"), NOON, source="web")
    assert new.id > post.id


async def test_an_export_names_pictures_as_the_files_beside_it(store, tmp_path):
    await lived_in(store)
    await moving.export_to(store, tmp_path / "one")
    folder = tmp_path / "one/posts/second"
    text = (folder / "index.md").read_text()
    [shown] = folder.glob("*.jpg")
    assert f"![a]({shown.name} " in text
    assert "https://example.org/media/" in text


async def test_importing_twice_changes_nothing(store, tmp_path):
    await lived_in(store)
    await moving.export_to(store, tmp_path / "one")
    await wipe(store)
    await moving.import_from(store, tmp_path / "one", NOON)
    before = await counts(store)
    report = await moving.import_from(store, tmp_path / "one", LATER)
    assert (report.posts, report.known, report.numbers, report.said) == (0, 5, 0, [])
    assert await counts(store) == before


async def test_what_is_broken_is_left_out_with_a_sentence_and_leaves_no_picture(store, tmp_path):
    await lived_in(store)
    one = tmp_path / "one"
    await moving.export_to(store, one)
    await wipe(store)
    (one / "pages/about/history.json").write_text("{}")
    (one / "posts/soon/index.md").unlink()
    next((one / "posts/second").glob("*.jpg")).write_bytes(b"no picture")
    (one / "posts/sketch/index.md").unlink()
    (one / "posts/sketch/index.md").symlink_to("/etc/hostname")
    report = await moving.import_from(store, one, NOON)
    assert report.posts == 1
    assert [line.partition(": ")[2] for line in report.said if "jpg" not in line] == [
        "it is a link to somewhere else.",
        "index.md is not there.",
        "it is not as an export has it.",
    ]
    assert len([line for line in report.said if "jpg" in line]) == 1


async def test_the_commands_say_what_came_of_them(config, store, tmp_path, capsys):
    await lived_in(store)
    assert await moving.run(config, "export", tmp_path / "one") == 0
    assert capsys.readouterr().out == "4 posts and 3 pictures.\n"
    assert await moving.run(config, "export", tmp_path / "one") == 1
    assert "something in that folder" in capsys.readouterr().err
    assert await moving.run(config, "import", tmp_path / "one") == 0
    assert capsys.readouterr().out == "0 posts and 0 pictures, 5 were here already.\n"


async def test_an_export_goes_into_an_empty_folder_only(store, tmp_path):
    (tmp_path / "x").write_text("mine")
    with pytest.raises(Exception, match="something in that folder"):
        await moving.export_to(store, tmp_path)
    assert tree(tmp_path)["x"] == b"mine"


def test_the_same_values_make_the_same_json():
    from db.moving._shape import encode

    assert encode({"b": 1, "a": [msgspec.UNSET] * 0}) == encode({"a": [], "b": 1})
