"""What the owner decides, however often and whatever else happens meanwhile; and what authors may still change."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from cogs._review_words import embed
from db import cases, comments, messages, sanctions
from db.comments import _deciding
from db.config import Comments
from db.errors import Forbidden, NotFound, Refused
from db.events import Changed, NoticeDue
from db.limits import Limits
from db.moderators import Moderator
from tests.members import NOON
from tests.posted import a_post, later


async def test_approving_many_times_at_once_says_it_once_and_tells_those_who_read(store, owner, ada, brought, read):
    comment = await brought(ada, "hello")
    heard = []
    with store.live.listening(heard.append):
        decided = await asyncio.gather(*(comments.decide(store, comment.id, "approve", owner, NOON) for _ in range(4)))
    assert {one.message_id for one in decided} == {decided[0].message_id}
    assert await read() == [("hello", [])]
    assert [event.kind for event in heard if isinstance(event, Changed)] == ["create"]
    assert any(isinstance(event, NoticeDue) for event in heard)
    assert (decided[0].decided_by, decided[0].decided_at, decided[0].content) == ("Robin", NOON, "hello")
    assert await store.pool.fetchval("select content from comments") == ""


async def test_what_dies_while_it_is_approved_still_waits_and_nothing_is_said(
    store, owner, ada, brought, read, monkeypatch
):
    comment = await brought(ada, "hello")

    async def die(*args):
        raise ConnectionError

    heard = []
    with store.live.listening(heard.append), monkeypatch.context() as cut:
        cut.setattr(_deciding, "tell_anew", die)  # the last step: the message is inserted and the comment settled
        with pytest.raises(ConnectionError):
            await comments.decide(store, comment.id, "approve", owner, NOON)
    assert (await read(), heard) == ([], [])
    assert (await comments.get(store.pool, comment.id)).state == "waiting"
    await comments.decide(store, comment.id, "approve", owner, NOON)
    assert await read() == [("hello", [])]


async def test_deleting_wipes_it_and_spam_can_still_be_approved(store, owner, ada, bob, brought, read):
    gone, mistaken = await brought(ada, "gone"), await brought(bob, "mistaken")
    for comment, decision in ((gone, "approve"), (gone, "delete"), (gone, "approve"), (gone, "spam")):
        last = await comments.decide(store, comment.id, decision, owner, NOON)
    assert (last.state, last.content) == ("deleted", "")
    assert not await store.pool.fetchval("select exists (select from messages where content = 'gone')")
    for decision in ("approve", "spam"):
        last = await comments.decide(store, mistaken.id, decision, owner, NOON)
    assert (last.state, last.content, await read()) == ("spam", "mistaken", [])
    last = await comments.decide(store, mistaken.id, "approve", owner, NOON)
    assert (last.state, await read()) == ("approved", [("mistaken", [])])
    assert await store.pool.fetchval("select said from rooms where kind = 'comments'") == 1


async def test_from_where_it_came_is_forgotten_with_a_comment_and_kept_of_one_that_may_be_banned(
    store, owner, post, ada, brought
):
    """An unban lifts the network's ban too, though the comment does not know it any more."""

    async def networks():
        return [
            row["network"] is not None for row in await store.pool.fetch("select network from comments order by id")
        ]

    said = []
    for number in range(5):
        store.limits = Limits()
        said.append(await brought(ada, f"number {number}", network="203.0.113.0/24"))
    for one in said[1:]:
        await comments.decide(store, one.id, "approve", owner, NOON)
    await comments.decide(store, said[4].id, "spam", owner, NOON)
    assert await networks() == [True] * 5
    await comments.delete(store, ada, said[0].id, later(30))
    await comments.delete(store, ada, said[1].id, later(30))
    await comments.decide(store, said[2].id, "delete", owner, NOON)
    message_id = (await comments.get(store.pool, said[3].id)).message_id
    await store.pool.execute("update messages set discord_id = 77 where id = $1", message_id)
    room_id = await store.pool.fetchval("select room_id from posts where id = $1", post.id)
    await messages.hear_deletions(store, room_id, [77], later(60))
    assert await networks() == [False] * 4 + [True]
    await comments.decide(store, said[4].id, "ban", owner, NOON)
    assert await store.pool.fetchval("select count(*) from sanctions where network is not null") == 1
    await comments.decide(store, said[4].id, "delete", owner, NOON)
    await comments.decide(store, said[4].id, "unban", owner, NOON)
    assert await store.pool.fetchval("select count(*) from sanctions") == 0


async def test_what_is_deleted_in_discord_is_gone_here_and_its_moderators_are_to_be_told(
    store, owner, ada, brought, read
):
    comment = await comments.decide(store, (await brought(ada, "hello")).id, "approve", owner, NOON)
    await store.pool.execute("update comments set notice_state = 'sent'")
    room_id = await store.pool.fetchval(
        "update messages set discord_id = 77 where id = $1 returning room_id", comment.message_id
    )
    heard = []
    for _ in range(2):
        with store.live.listening(heard.append):
            await messages.hear_deletions(store, room_id, [77], later(60))
    assert [event for event in heard if isinstance(event, NoticeDue)] == [NoticeDue()]
    notice = await comments.next_notice(store.pool, later(60))
    assert (notice.comment.id, notice.comment.state, notice.comment.decided_by) == (comment.id, "deleted", None)
    assert (notice.comment.decided_at, notice.comment.content, await read()) == (later(60), "", [])
    shown = embed(store.config, notice)["fields"]
    assert any(one["value"].startswith("deleted in Discord, ") for one in shown)


async def test_approving_and_deleting_at_once_leaves_one_of_the_two(store, owner, ada, brought, read):
    comment = await brought(ada, "either")
    both = (comments.decide(store, comment.id, what, owner, NOON) for what in ("approve", "delete"))
    await asyncio.gather(*both)
    state = (await comments.get(store.pool, comment.id)).state
    assert (state, await read()) == ("deleted", [])


async def test_only_the_owner_decides(store, ada, bob, brought):
    comment = await brought(ada, "hello")
    with pytest.raises(Forbidden, match="Only the owner"):
        await comments.decide(store, comment.id, "approve", bob, NOON)
    with pytest.raises(Refused):
        await comments.decide(store, comment.id, "burn", None, NOON)
    with pytest.raises(NotFound):
        await comments.decide(store, comment.id + 1, "approve", None, NOON)


async def test_an_author_changes_and_takes_back_what_waits_and_what_is_said_for_a_while(
    store, owner, ada, bob, brought, read
):
    waiting = await brought(ada, "draf")
    assert (await comments.edit(store, ada, waiting.id, "draft", later(60))).content == "draft"
    await comments.decide(store, waiting.id, "approve", owner, later(120))
    assert (await comments.edit(store, ada, waiting.id, "done", later(900))).content == "done"
    assert await read() == [("done", [])]
    for act in (
        comments.edit(store, ada, waiting.id, "late", later(901)),
        comments.delete(store, ada, waiting.id, later(901)),
    ):
        with pytest.raises(Refused, match="too long ago"):
            await act
    with pytest.raises(NotFound):
        await comments.edit(store, bob, waiting.id, "not mine", later(60))
    assert (await comments.delete(store, ada, waiting.id, later(60))).state == "deleted"
    assert await read() == []
    with pytest.raises(NotFound):
        await comments.delete(store, ada, waiting.id, later(61))


@pytest.mark.parametrize("settings", [Comments(moderation="none", words=("casino",))])
async def test_what_would_have_had_to_wait_does_not_come_in_by_an_edit(store, ada, brought, read):
    said = await brought(ada, "harmless")
    with pytest.raises(Refused, match="another comment instead"):
        await comments.edit(store, ada, said.id, "the best casino", NOON)
    assert await read() == [("harmless", [])]


async def test_one_heart_a_person(store, owner, post, ada, bob, brought):
    said = await brought(owner, "like me")

    async def press(person, *, on):
        message = await comments.like(store, person, post, said.message_id, NOON, on=on, network="192.0.2.1")
        return comments.hearts(message)

    assert [await press(ada, on=True), await press(ada, on=True), await press(bob, on=True)] == [1, 1, 2]
    page = await comments.thread(store.pool, post, ada.id, NOON)
    assert page.comments[0].liked
    assert await press(ada, on=False) == 1
    await comments.decide(store, said.id, "delete", owner, NOON)
    with pytest.raises(NotFound):
        await press(ada, on=True)


async def test_a_comment_brought_twice_does_not_begin_to_wait_behind_its_own_lock(store, ada, brought):
    """Posting and deciding take their locks in one order: many of both at once come through."""
    store.limits = Limits()
    first = await brought(ada, "hello")
    acts = [
        comments.decide(store, first.id, what, None, NOON + timedelta(seconds=1)) for what in ("approve", "spam") * 3
    ]
    await asyncio.gather(*acts, brought(ada, "meanwhile"))
    assert (await comments.get(store.pool, first.id)).state in {"approved", "spam"}


@pytest.mark.parametrize("settings", [Comments(moderation="all")])
async def test_where_every_comment_waits_none_is_changed_after_it_was_approved(store, owner, ada, brought, read):
    said = await brought(ada, "harmless")
    await comments.decide(store, said.id, "approve", owner, NOON)
    with pytest.raises(Refused, match="another comment instead"):
        await comments.edit(store, ada, said.id, "abuse", later(30))
    assert await read() == [("harmless", [])]


@pytest.mark.parametrize("settings", [Comments(moderation="none")])
async def test_who_is_banned_changes_nothing_of_what_they_said_any_more(store, owner, ada, brought, read):
    kept, bad = await brought(ada, "harmless"), await brought(ada, "a bad one")
    await comments.decide(store, bad.id, "ban", owner, NOON)
    with pytest.raises(Forbidden):
        await comments.edit(store, ada, kept.id, "abuse", later(30))
    assert await read() == [("harmless", [])]


async def test_what_was_spam_is_remembered_when_its_author_takes_it_back(store, owner, post, ada, brought):
    spam = await brought(ada, "buy lamps")
    await comments.decide(store, spam.id, "spam", owner, NOON)
    assert (await comments.delete(store, ada, spam.id, later(30))).content == ""
    assert await comments.waiting_of(store.pool, post.id, ada.id) == []
    assert (await brought(ada, "harmless")).held_for == "spam"
    with pytest.raises(Refused, match="taken it back"):
        await comments.decide(store, spam.id, "approve", owner, NOON)


async def test_nobody_approves_words_that_they_have_not_seen(store, owner, ada, brought, read):
    comment = await brought(ada, "harmless")
    seen = comments.mark_of("harmless")
    await comments.edit(store, ada, comment.id, "abuse", later(30))
    with pytest.raises(Refused, match="while you were reading"):
        await comments.decide(store, comment.id, "approve", owner, NOON, seen=seen)
    assert await read() == []
    await comments.decide(store, comment.id, "approve", owner, NOON, seen=comments.mark_of("abuse"))
    assert await read() == [("abuse", [])]


async def test_a_post_without_a_thread_is_to_get_one_with_its_next_comment_and_only_one(store, owner, ada, brought):
    discord = msgspec.structs.replace(store.config.discord, token="t", comments_channel_id=77)
    store.config = msgspec.structs.replace(store.config, discord=discord)
    first, second = await brought(ada, "one"), await brought(ada, "two")
    notices = "select kind, channel_id, state from post_notices"
    assert await store.pool.fetch(notices) == []
    for one in (first, second):
        await comments.decide(store, one.id, "approve", owner, NOON)
    assert [tuple(row) for row in await store.pool.fetch(notices)] == [("thread", 77, "due")]


async def test_a_comment_that_a_moderator_removes_as_a_message_is_deleted_and_the_owner_is_told(
    store, owner, ada, brought, read
):
    comment = await comments.decide(store, (await brought(ada, "buy this")).id, "approve", owner, NOON)
    heard = []
    with store.live.listening(heard.append):
        case = await messages.remove(store, Moderator(owner), comment.message_id, NOON)
    found = await comments.get(store.pool, comment.id)
    assert (found.state, found.content, found.decided_by, await read()) == ("deleted", "", "Robin", [])
    assert (case.subject.comment_id, case.evidence[0]["content"]) == (comment.id, "buy this")
    assert NoticeDue() in heard


async def test_what_is_approved_and_what_is_spam_is_on_record_once(store, owner, ada, bob, brought):
    good, bad = await brought(ada, "hello"), await brought(bob, "buy this")
    for comment, decision in ((good, "approve"), (good, "approve"), (bad, "spam"), (bad, "spam"), (bad, "ban")):
        await comments.decide(store, comment.id, decision, owner, NOON)
    [ban, spam, release] = await cases.latest(store.pool)
    assert (release.kind, release.subject.comment_id, release.hidden) == ("release", good.id, True)
    assert (spam.kind, spam.details, spam.evidence[0]["content"]) == ("remove", {"spam": True}, "buy this")
    assert (ban.kind, ban.subject.comment_id) == ("ban", bad.id)


async def test_whoever_is_banned_by_whichever_door_has_nothing_waiting_any_more(store, owner, ada, brought):
    comment = await brought(ada, "buy this")
    heard = []
    with store.live.listening(heard.append):
        await sanctions.ban(store, Moderator(owner), ada.id, NOON)
    found = await comments.get(store.pool, comment.id)
    assert (found.state, found.decided_by, NoticeDue() in heard) == ("spam", "Robin", True)


async def test_a_deleted_comment_is_a_case_with_its_words_unless_its_author_deletes_it(store, owner, ada, brought):
    theirs, own = await brought(ada, "buy this"), await brought(owner, "never mind")
    for comment in (theirs, theirs, own):
        await comments.decide(store, comment.id, "delete", owner, NOON)
    [case] = await cases.latest(store.pool)
    assert (case.kind, case.subject.person_id, case.subject.comment_id) == ("remove", ada.id, theirs.id)
    assert (case.by_name, [one["content"] for one in case.evidence]) == ("Robin", ["buy this"])


@pytest.mark.parametrize("decision", ["delete", "spam", "ban"])
async def test_what_an_author_wrote_only_the_owner_takes_away(store, owner, ada, bob, brought, read, decision):
    await store.pool.execute("update people set role = 'author' where id = $1", ada.id)
    await store.pool.execute("insert into moderator_roles (role_id, name, added_at) values (5, 'x', $1)", NOON)
    comment = await brought(ada, "hello")
    await comments.decide(store, comment.id, "approve", owner, NOON)
    with pytest.raises(Refused):
        await comments.decide(store, comment.id, decision, Moderator(bob, frozenset({5})), NOON)
    assert await read() == [("hello", [])]
    if decision != "ban":
        await comments.decide(store, comment.id, decision, owner, NOON)
        assert await read() == []


async def test_a_ban_and_decisions_on_other_comments_of_theirs_do_not_wait_for_each_other(
    store, owner, ada, post, brought
):
    posts = [post, await a_post(store, owner, "second"), await a_post(store, owner, "third")]
    for turn in range(4):
        waiting = []
        for one in posts:
            store.limits = Limits()
            waiting.append(await brought(ada, f"hello {turn}", under=one))
        decisions = zip(waiting, ("ban", "delete", "ban"), strict=True)
        await asyncio.gather(*(comments.decide(store, one.id, decision, owner, NOON) for one, decision in decisions))
        await comments.decide(store, waiting[0].id, "unban", owner, NOON)
