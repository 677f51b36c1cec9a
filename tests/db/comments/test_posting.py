"""Who is heard at once, who waits and why, and who is told to slow down."""

import asyncio
from datetime import timedelta

import pytest

from db import cases, comments, posts, rooms
from db.comments import Trap
from db.config import Comments
from db.errors import Forbidden, Refused, TooOften
from db.limits import Limits
from db.moderators import Moderator
from db.sanctions import Caller
from tests.members import NOON
from tests.posted import a_post, later


async def state_of(store, comment):
    return (await comments.get(store.pool, comment.id)).state


async def test_the_owner_is_heard_at_once_and_a_first_comment_waits_until_it_is_approved(
    store, owner, ada, brought, read
):
    said = await brought(owner, "welcome")
    first = await brought(ada, "my first")
    assert (said.state, said.held_for) == ("approved", None)
    assert (first.state, first.held_for, first.content) == ("waiting", "first", "my first")
    assert await read() == [("welcome", [])]
    assert [one.content for one in await comments.waiting_of(store.pool, first.post_id, ada.id)] == ["my first"]
    await comments.decide(store, first.id, "approve", owner, NOON)
    store.limits = Limits()
    assert (await brought(ada, "my second")).state == "approved"
    assert await read() == [("welcome", []), ("my first", []), ("my second", [])]
    assert await store.pool.fetchval("select said from rooms where kind = 'comments'") == 3


@pytest.mark.parametrize(
    ("settings", "why"), [(Comments(moderation="all"), "all"), (Comments(moderation="none"), None)]
)
async def test_moderation_is_for_everybody_or_for_nobody(ada, brought, why):
    comment = await brought(ada, "hello")
    assert (comment.held_for, comment.state) == (why, "waiting" if why else "approved")


HELD = [
    ("links", "http://a.example www.b.example https://c.example"),
    ("words", "Buy CHEAP   pills, now!"),
    ("words", "\uff23\uff21\uff33\uff29\uff2e\uff2f nights"),
    (None, "casinos and cheap, pills: http://a.example https://b.example"),
]


@pytest.mark.parametrize("settings", [Comments(moderation="none", words=("casino", "cheap pills now"))])
@pytest.mark.parametrize(("why", "content"), HELD)
async def test_many_links_and_words_that_are_looked_out_for_make_it_wait(ada, brought, why, content):
    assert (await brought(ada, content)).held_for == why


@pytest.mark.parametrize("settings", [Comments(moderation="none")])
async def test_what_a_machine_would_send_is_held_and_never_lost(store, post, ada, brought, settings):
    def stamped(seconds, of=post.id):
        return comments.stamp(store.secret_key, of, later(-seconds))

    traps = [
        Trap("http://spam.example", stamped(60)),
        Trap("", stamped(1)),
        Trap("", ""),
        Trap("", stamped(60)[:-1] + "x"),
        Trap("", stamped(60, of=post.id + 1)),
    ]
    for number, trap in enumerate(traps):
        store.limits = Limits()
        comment = await brought(ada, f"words {number}", trap=trap)
        assert (comment.state, comment.held_for, comment.content) == ("waiting", "trap", f"words {number}")
    store.limits = Limits()
    assert (await brought(ada, "from a page", trap=Trap("", stamped(3)))).state == "approved"


@pytest.mark.parametrize("settings", [Comments(moderation="none")])
async def test_the_same_words_are_refused_here_and_wait_elsewhere(store, owner, ada, bob, brought):
    await brought(ada, "Nice post, visit my   shop soon")
    with pytest.raises(Refused, match="said that here already"):
        await brought(ada, "nice post, visit my shop SOON")
    store.limits = Limits()
    assert (await brought(bob, "Nice post, visit my shop soon")).held_for == "repeat"
    other = await a_post(store, owner, "second-light")
    assert (await brought(ada, "Nice post, visit my shop soon", under=other)).held_for == "repeat"
    assert (await brought(bob, "thanks!")).state == "approved"
    store.limits = Limits()
    assert (await brought(ada, "thanks!")).state == "approved"  # so short that two may well say it
    store.limits = Limits()
    assert (
        await brought(bob, "Nice post, visit my shop soon", under=other, at=NOON + timedelta(days=2))
    ).state == "approved"


async def test_the_same_form_twice_or_at_once_is_one_comment(store, owner, brought, read):
    both = await asyncio.gather(*(brought(owner, "once", nonce="same") for _ in range(2)))
    again = await brought(owner, "once", nonce="same")
    assert len({one.id for one in (*both, again)}) == 1
    await brought(owner, "another, from a page that was kept", nonce="same")
    assert await read() == [("once", []), ("another, from a page that was kept", [])]


@pytest.mark.parametrize("settings", [Comments(moderation="none", per_minute=2)])
async def test_two_in_a_minute_are_taken_of_a_person_and_of_the_networks_around_them(
    store, owner, ada, bob, eve, brought
):
    for number in range(2):
        await brought(ada, f"words {number}")
    with pytest.raises(TooOften, match=r"wait \d+ s"):
        await brought(ada, "a third")
    await brought(bob, "one", network="203.0.113.7")
    await brought(eve, "two", network="203.0.113.8")
    with pytest.raises(TooOften):
        await brought(bob, "three", network="203.0.113.9")
    for number in range(4):
        await brought(owner, f"I answer {number}", network="203.0.113.7")
    for number in range(2):  # who seem to come from this very machine come from a proxy that is not trusted
        await brought(eve if number else bob, f"from a proxy {number}", network="127.0.0.1")


async def test_a_closed_post_takes_no_more(store, owner, brought):
    for days, age in ((0, 0), (3, 4)):
        at = NOON - timedelta(days=age)
        closed = await a_post(store, owner, f"post-{days}", comments_days=days, published_at=at)
        with pytest.raises(Refused, match="comments here are closed"):
            await brought(owner, "hello?", under=closed)
    page = await a_post(store, owner, "about", kind="page")
    draft = await a_post(store, owner, "draft", state="draft")
    due = await a_post(store, owner, "due", state="scheduled", published_at=NOON, room_id=None)
    for one in (page, draft):
        with pytest.raises(Refused):
            await brought(owner, "hello?", under=one)
    assert (await brought(owner, "there you are", under=due)).state == "approved"


async def test_an_answer_needs_what_it_answers(store, owner, post, brought, read):
    said = await brought(owner, "ask me")
    await brought(owner, "yes", reply_to=said.message_id)
    elsewhere = await brought(owner, "other", under=await a_post(store, owner, "second-light"))
    for wrong in (elsewhere.message_id, 10**9):
        with pytest.raises(Refused, match="not here any more"):
            await brought(owner, "what?", reply_to=wrong)
    assert await read() == [("ask me", ["yes"])]


async def test_who_is_banned_writes_and_likes_no_more_and_nor_does_their_network(
    store, owner, post, ada, bob, eve, brought
):
    said = await brought(owner, "like me")
    bad = await brought(ada, "bad words", network="203.0.113.7")
    other = await brought(ada, "more of them")
    await comments.decide(store, bad.id, "ban", owner, NOON)
    assert [await state_of(store, one) for one in (bad, other)] == ["spam", "spam"]
    for person, network in ((ada, "192.0.2.1"), (bob, "203.0.113.7")):
        with pytest.raises(Forbidden, match="You are banned from here"):
            await brought(person, "me again", network=network)
        with pytest.raises(Forbidden):
            await comments.like(store, person, post, said.message_id, NOON, on=True, network=network)
    assert (await brought(eve, "a neighbour", network="203.0.113.8")).state == "waiting"
    assert store.sanctions.find(Caller(bob, "203.0.113.7"), NOON + timedelta(days=31)) is None
    kinds = [case.kind for case in await cases.latest(store.pool, person_id=ada.id)]
    assert kinds == ["ban"]
    [evidence] = (await cases.latest(store.pool, person_id=ada.id))[0].evidence
    assert (evidence["id"], evidence["content"]) == (bad.id, "bad words")
    await comments.decide(store, bad.id, "unban", owner, NOON)
    store.limits = Limits()
    assert (await brought(ada, "sorry", network="203.0.113.7")).held_for == "spam"
    with pytest.raises(Refused, match="cannot be banned"):
        await comments.decide(store, said.id, "ban", owner, NOON)


async def test_a_post_that_was_taken_back_while_somebody_wrote_takes_no_comment(store, owner, post, ada, brought):
    await posts.unpublish(store, owner, post.id, NOON)
    with pytest.raises(Refused, match="closed"):
        await brought(ada, "hello", under=post)  # as it was when they opened it
    assert await store.pool.fetchval("select count(*) from comments") == 0


async def test_what_a_moderator_has_locked_takes_no_comment_no_edit_and_no_heart_until_it_is_opened(
    store, owner, ada, post, brought, read
):
    said, waits = await brought(owner, "welcome"), await brought(ada, "my first")
    await rooms.lock(store, Moderator(owner), post.room_id, NOON, on=True)
    for person, one in ((owner, said), (ada, waits)):
        store.limits = Limits()
        for act in (
            brought(person, "one more"),
            comments.edit(store, person, one.id, "other words", NOON),
            comments.like(store, person, post, said.message_id, NOON, on=True, network="192.0.2.1"),
        ):
            with pytest.raises(Forbidden, match="closed the comments here for now") as refused:
                await act
            assert refused.value.code == "room_locked"
    assert await read() == [("welcome", [])]
    await rooms.lock(store, Moderator(owner), post.room_id, NOON, on=False)
    store.limits = Limits()
    assert (await brought(ada, "one more")).state == "waiting"
