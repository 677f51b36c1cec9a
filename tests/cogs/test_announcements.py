"""What comes out on the blog is announced in Discord: once, whatever happens on the way."""

import sys
from datetime import UTC, datetime, timedelta

import pytest

from db import accounts, notices, posts
from db.accounts import DiscordUser
from db.events import NoticeDue
from db.posts import Draft
from practice import permissions
from practice import porch as ids
from tests.cogs.conftest import until

DRAFT = Draft(title="Lamps & moths", body="# Light\n\nThey *come*.", summary="Why they come.", tags=("night", "lamps"))


@pytest.fixture
def porch(wiped):
    return wiped


@pytest.fixture
async def owner(porch, monkeypatch):
    """The owner, once nothing waits for long any more; discord.py loads cogs anew, so it is told to these."""
    monkeypatch.setattr(notices, "SOON", timedelta(seconds=0.1))
    for name, value in {"LOOK_EVERY": 0.2, "LOOK_AGAIN": 0.2}.items():
        monkeypatch.setattr(sys.modules["cogs.announcements"], name, value)
    monkeypatch.setattr(sys.modules["cogs._announcing"], "SETTLE", 0.1)
    return await accounts.enter_owner(porch.store, DiscordUser(ids.OWNER, "robin", "Robin"), datetime.now(UTC))


async def written(porch, owner):
    return await posts.create(porch.store, owner, DRAFT, datetime.now(UTC), source="web")


async def published(porch, owner):
    post = await written(porch, owner)
    return await posts.publish(porch.store, owner, post.id, datetime.now(UTC))


def news(porch):
    return porch.practice.messages("news")


def said(porch):
    return [(one.embeds[0]["title"], one.embeds[0]["url"]) for one in news(porch)]


async def row(porch):
    return await porch.store.pool.fetchrow("select state, message_id, shown, reason, tries from post_notices")


async def is_in(porch, state):
    async def check():
        return (await row(porch))["state"] == state

    await until(check)


async def test_a_post_that_comes_out_is_announced_once_with_all_that_an_embed_can_show(porch, owner):
    post = await published(porch, owner)
    await until(lambda: news(porch))
    await is_in(porch, "sent")
    [message] = news(porch)
    [embed] = message.embeds
    assert embed["title"] == "Lamps & moths"
    assert embed["url"] == "https://porch.example/blog/lamps-and-moths"
    assert embed["description"] == "Why they come."
    assert embed["author"] == {"name": "Robin", "url": "https://porch.example/people/robin"}
    assert embed["footer"] == {"text": "#night #lamps"}
    assert embed["image"]["url"].startswith("https://porch.example/blog/lamps-and-moths/card.png?v=")
    assert datetime.fromisoformat(embed["timestamp"]) == post.published_at
    assert (await row(porch))["message_id"] == message.id
    assert porch.practice.pings == []


async def test_a_second_publication_and_other_changes_announce_nothing_more(porch, owner):
    post = await published(porch, owner)
    await is_in(porch, "sent")
    await posts.publish(porch.store, owner, post.id, datetime.now(UTC))
    porch.store.live.announce(NoticeDue())
    other = await posts.create(porch.store, owner, Draft(title="Second", body="x"), datetime.now(UTC), source="web")
    await posts.publish(porch.store, owner, other.id, datetime.now(UTC))
    await until(lambda: len(news(porch)) == 2)
    assert said(porch) == [
        ("Lamps & moths", "https://porch.example/blog/lamps-and-moths"),
        ("Second", "https://porch.example/blog/second"),
    ]


async def test_an_edit_of_the_post_edits_its_announcement_and_a_new_address_too(porch, owner):
    post = await published(porch, owner)
    await is_in(porch, "sent")
    draft = Draft(title="Moths", body="Other words", slug="moths")
    await posts.save(porch.store, owner, post.id, draft, datetime.now(UTC), source="web")
    await until(lambda: said(porch) == [("Moths", "https://porch.example/blog/moths")])
    assert news(porch)[0].edited_timestamp


@pytest.mark.parametrize("act", ["unpublish", "delete", "unlist"])
async def test_what_is_taken_back_goes_from_the_channel(porch, owner, act):
    post = await published(porch, owner)
    await is_in(porch, "sent")
    await getattr(posts, act)(porch.store, owner, post.id, datetime.now(UTC))
    await until(lambda: not news(porch))
    await is_in(porch, "gone")


async def test_a_post_that_comes_out_again_is_announced_again(porch, owner):
    post = await published(porch, owner)
    await is_in(porch, "sent")
    await posts.unpublish(porch.store, owner, post.id, datetime.now(UTC))
    await is_in(porch, "gone")
    await posts.publish(porch.store, owner, post.id, datetime.now(UTC))
    await until(lambda: len(news(porch)) == 1)
    await is_in(porch, "sent")


async def test_an_announcement_that_somebody_deletes_in_discord_does_not_come_back(porch, owner):
    post = await published(porch, owner)
    await is_in(porch, "sent")
    porch.practice.delete(news(porch)[0].id)
    await posts.save(porch.store, owner, post.id, Draft(title="New", body="New"), datetime.now(UTC), source="web")
    await is_in(porch, "gone")
    assert news(porch) == []


@pytest.mark.parametrize("kind", ["status", "cut"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_send_of_unknown_outcome_is_looked_for_and_never_doubled(porch, owner, kind, when):
    status = {"status": 500} if kind == "status" else {}
    fault = getattr(porch.practice.faults, kind)
    fault(method="POST", path=f"/channels/{ids.NEWS}/messages", when=when, **status)
    await published(porch, owner)
    await is_in(porch, "sent")
    assert len(news(porch)) == 1
    assert (await row(porch))["message_id"] == news(porch)[0].id


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_a_killed_process_had_begun_is_finished_once_under_its_old_address_too(porch, owner, is_there):
    """As it stands after a kill between the request and the record of its outcome, or before the request."""
    post = await published(porch, owner)
    await is_in(porch, "sent")
    message = news(porch)[0]
    if not is_there:
        porch.practice.delete(message.id)
        porch.practice.world.nonces.clear()
    await porch.store.pool.execute(
        "update post_notices set state = 'sending', message_id = null, after_id = $1, next_at = now() + interval '1 h'",
        message.id - 1,
    )
    draft = Draft(title="Moths", body="Other words", slug="moths")
    await posts.save(porch.store, owner, post.id, draft, datetime.now(UTC), source="web")
    await porch.store.pool.execute("update post_notices set next_at = now()")
    await until(lambda: said(porch) == [("Moths", "https://porch.example/blog/moths")])
    await is_in(porch, "sent")
    assert (news(porch)[0].id == message.id) is is_there


async def test_a_failed_edit_and_a_failed_removal_are_tried_again(porch, owner):
    post = await published(porch, owner)
    await is_in(porch, "sent")
    porch.practice.faults.status(500, method="PATCH", path="/messages/")
    await posts.save(porch.store, owner, post.id, Draft(title="New", body="New"), datetime.now(UTC), source="web")
    await until(lambda: said(porch)[0][0] == "New")
    porch.practice.faults.cut(method="DELETE", path="/messages/", when="after")
    await posts.delete(porch.store, owner, post.id, datetime.now(UTC))
    await is_in(porch, "gone")
    assert news(porch) == []


async def test_a_rate_limit_is_waited_for(porch, owner):
    porch.practice.faults.rate_limit(0.3, method="POST", path=f"/channels/{ids.NEWS}/messages")
    await published(porch, owner)
    await is_in(porch, "sent")
    assert len(news(porch)) == 1


async def test_a_channel_that_the_bot_may_not_use_is_told_to_the_owner_once_and_used_when_it_may(porch, owner, caplog):
    """Without a look at what was said, nobody could tell whether it was announced."""
    porch.practice.set_bot_permissions(without=permissions.READ_MESSAGE_HISTORY)
    await published(porch, owner)

    async def has_tried_again():
        return (await row(porch))["tries"] >= 2

    await until(has_tried_again)
    told = await row(porch)
    assert (told["state"], news(porch)) == ("due", [])
    assert "Read Message History" in told["reason"]
    assert caplog.text.count("Posts cannot be announced") == 1
    porch.practice.set_bot_permissions(add=permissions.READ_MESSAGE_HISTORY)
    await until(lambda: len(news(porch)) == 1)


async def test_a_post_whose_time_comes_is_announced_and_one_that_came_out_long_ago_is_not(porch, owner):
    now = datetime.now(UTC)
    post = await written(porch, owner)
    await posts.publish(porch.store, owner, post.id, now, at=now + timedelta(seconds=0.3))
    old = await posts.create(porch.store, owner, Draft(title="Old", body="x"), now, source="import")
    await posts.publish(porch.store, owner, old.id, now, at=now - timedelta(days=400))
    assert await posts.come_due(porch.store, now) == []
    assert await posts.come_due(porch.store, now + timedelta(seconds=1)) == [post.id]
    await until(lambda: news(porch))
    assert [one[0] for one in said(porch)] == ["Lamps & moths"]


async def test_what_discord_refuses_for_good_is_given_up_until_the_post_comes_out_again(porch, owner, caplog):
    porch.practice.faults.status(400, method="POST", path=f"/channels/{ids.NEWS}/messages")
    post = await published(porch, owner)
    await is_in(porch, "failed")
    assert caplog.text.count("Discord refuses the announcement") == 1
    await posts.unpublish(porch.store, owner, post.id, datetime.now(UTC))
    await is_in(porch, "gone")
    await posts.publish(porch.store, owner, post.id, datetime.now(UTC))
    await is_in(porch, "sent")
    assert len(news(porch)) == 1
