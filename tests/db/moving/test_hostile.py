"""Folders into which somebody has written what no export of ours says."""

import json

import pytest

from db import comments, moving, posts
from db.comments import Trap
from db.posts import Draft
from db.visits import roll_up
from tests.glimpses import glimpse, noted, sums
from tests.members import NOON, member

HOSTILE = {
    "a post after which none has a number": ("history", lambda held: held.update(id=2**63 - 1)),
    "a number that is none": ("history", lambda held: held.update(id=2**70)),
    "a state that there is not": ("history", lambda held: held.update(state="everywhere")),
    "a day of which no page can tell": ("history", lambda held: held.update(published_at="0001-01-01T00:00:00Z")),
    "a revision twice": ("history", lambda held: held["revisions"].append(held["revisions"][0])),
    "a zero among the letters": ("comments", lambda held: held["comments"][0].update(content="a\0b")),
    "a comment longer than any": ("comments", lambda held: held["comments"][0].update(content="a" * 99_999)),
    "files that are none": ("comments", lambda held: held["comments"][0].update(attachments=[1], extras={"poll": 1})),
}


async def two_posts(store, folder):
    owner = await member(store, "robin", "Robin", owner=True)
    ada = await member(store, "ada", "Ada")
    for title in ("First", "Second"):
        post = await posts.create(store, owner, Draft(title, "Words."), NOON, source="web")
        post = await posts.publish(store, owner, post.id, NOON)
        said = await comments.post(store, ada, post, title, title, NOON, network="", trap=Trap())
        await comments.decide(store, said.id, "approve", owner, NOON)
    await moving.export_to(store, folder)
    await store.pool.execute("delete from posts; delete from rooms where slug is null; delete from people")


async def test_what_does_not_fit_is_left_out_and_the_other_posts_come_all_the_same(store, tmp_path):
    await two_posts(store, tmp_path)
    kept = {path: path.read_text() for path in (tmp_path / "posts" / "first").glob("*.json")}
    for words, (name, change) in HOSTILE.items():
        path = tmp_path / "posts" / "first" / f"{name}.json"
        held = json.loads(kept[path])
        change(held)
        path.write_text(json.dumps(held))
        report = await moving.import_from(store, tmp_path, NOON)
        assert (report.posts, report.known, len(report.said)) == (
            int(words == next(iter(HOSTILE))),
            int(words != next(iter(HOSTILE))),
            1,
        ), words
        path.write_text(kept[path])
    report = await moving.import_from(store, tmp_path, NOON)
    assert (report.posts, report.said, await posts.count(store.pool, NOON)) == (1, [], 2)
    assert (await posts.create(store, await member(store, "bob", owner=True), Draft("a", "b"), NOON, source="web")).id


HEAD = "day,kind,key,views,visitors,confirmed\r\n"
GOOD = "2026-05-01,path,/,1,1,1\r\n"
TABLES = {
    "something else": ("name,password\r\n", "it does not begin with the columns day"),
    "nothing": ("", "it does not begin with the columns day"),
    "a day that there is not": (f"{HEAD}{GOOD}2026-02-30,path,/,1,1,1\r\n", "line 3 is no row of visitor numbers"),
    "a day to come": (f"{HEAD}9999-01-01,path,/,1,1,1\r\n", "line 2 is no row"),
    "a kind that there is not": (f"{HEAD}2026-05-01,password,/,1,1,1\r\n", "line 2 is no row"),
    "an hour that no clock has": (f"{HEAD}2026-05-01,hour,x,1,1,1\r\n", "line 2 is no row"),
    "a key without an end": (f"{HEAD}{GOOD}2026-05-01,path,{'x' * 301},1,1,1\r\n", "line 3 is no row"),
    "less than nothing": (f"{HEAD}2026-05-01,path,/,-1,1,1\r\n", "line 2 is no row"),
    "more than fits": (f"{HEAD}2026-05-01,path,/,9999999999,1,1\r\n", "line 2 is no row"),
    "too few": (f"{HEAD}2026-05-01\r\n", "line 2 is no row"),
    "an open quote": (f'{HEAD}2026-05-01,path,"/,1,1,1\r\n', "line 2 is no row"),
    "other letters": (b"\xff\xfe", "it is not written in UTF-8"),
}


@pytest.mark.parametrize(("table", "sentence"), TABLES.values(), ids=TABLES)
async def test_a_table_of_visitors_that_is_none_is_left_out_whole_with_a_sentence(store, tmp_path, table, sentence):
    await moving.export_to(store, tmp_path)
    (tmp_path / "visits.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    report = await moving.import_from(store, tmp_path, NOON)
    assert len(report.said) == 1
    assert report.said[0].startswith(f"visits.csv: {sentence}")
    assert await store.pool.fetchval("select count(*) from visit_days") == 0


async def test_a_zero_among_the_letters_of_a_table_is_none_in_the_database(store, tmp_path):
    await moving.export_to(store, tmp_path)
    (tmp_path / "visits.csv").write_text(f"{HEAD}2026-05-01,path,/a\0\x1b[2J,1,1,1\r\n")
    await moving.import_from(store, tmp_path, NOON)
    assert await store.pool.fetchval("select key from visit_days") == "/a\ufffd\ufffd[2J"


async def test_what_is_counted_here_on_the_day_of_the_move_takes_nothing_from_what_was_counted_there(store, tmp_path):
    (tmp_path / "visits.csv").write_text(f"{HEAD}2026-05-01,total,,9,5,2\r\n2026-05-01,path,/old,9,5,2\r\n")
    (tmp_path / "porchlight.json").write_text('{"format": 1}')
    await moving.import_from(store, tmp_path, NOON)
    await noted(store, glimpse(0, "/new"))
    await roll_up(store)
    assert (await sums(store, "total"), set(await sums(store, "path"))) == ({"": (9, 5, 2)}, {"/old", "/new"})
