"""Folders into which somebody has written what no export of ours says."""

import json

from db import comments, moving, posts
from db.comments import Trap
from db.posts import Draft
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
