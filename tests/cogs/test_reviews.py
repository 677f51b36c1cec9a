"""Comments come to the moderators' channel once, in full, and the owner decides on them there."""

import asyncio
import itertools
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import accounts, comments, people, roles
from db.accounts import DiscordUser
from db.comments import Trap, _notices
from db.moderators import Moderator
from practice import porch as ids
from tests.cogs.conftest import until
from tests.posted import a_post

turns = itertools.count(1)


@pytest.fixture
def porch_config(porch_config):
    discord = msgspec.structs.replace(porch_config.discord, mod_channel_id=ids.MOD)
    return msgspec.structs.replace(porch_config, discord=discord)


@pytest.fixture
async def owner(porch, monkeypatch):
    """The owner, once nothing waits for long any more; discord.py loads cogs anew, so it is told to these."""
    monkeypatch.setattr(_notices, "FIRST_WAIT", timedelta(seconds=0.1))
    monkeypatch.setattr(sys.modules["cogs.reviews"], "LOOK_EVERY", 0.2)
    monkeypatch.setattr(sys.modules["cogs._noticing"], "SETTLE", 0.1)
    return await accounts.enter_owner(porch.store, DiscordUser(ids.OWNER, "robin", "Robin"), datetime.now(UTC))


@pytest.fixture
async def post(porch, owner):
    return await a_post(porch.store, owner, title="Lamps & moths")


@pytest.fixture
def brought(porch, post):
    async def bring(content, name="Ada"):
        turn = next(turns)
        person = await people.add_visitor(porch.store.pool, name)
        drawn = Trap("", comments.stamp(porch.store.secret_key, post.id, datetime.now(UTC) - timedelta(seconds=60)))
        now, network = datetime.now(UTC), f"198.51.{turn}.1"
        return await comments.post(porch.store, person, post, content, f"n{turn}", now, network=network, trap=drawn)

    return bring


def there(porch):
    return porch.practice.messages("mod")


def buttons(message):
    return [(one["label"], one["custom_id"]) for row in message.components for one in row["components"]]


def facts(message):
    return {one["name"]: one["value"] for one in message.embeds[0]["fields"]}


async def shows(porch, words, place=0):
    """Waits until the message says that the comment's state is this; returns it."""
    await until(lambda: len(there(porch)) > place and words in facts(there(porch)[place])["State"])
    return there(porch)[place]


async def test_a_comment_arrives_in_full_and_mentions_nobody(porch, post, brought):
    words = "**Hello** @everyone <@1100000000000000302>\n" + "x" * 1900
    await brought(words, name="A*d*a")
    message = await shows(porch, "waiting for you")
    [embed] = message.embeds
    assert embed["author"]["name"] == "A*d*a (visitor)"
    assert (embed["title"], embed["url"]) == (
        "On Lamps & moths",
        "https://porch.example/blog/first-light#comments",
    )
    assert embed["description"].replace("\\", "") == words
    assert r"\*\*Hello" in embed["description"]
    assert facts(message)["Waits"] == "because nothing of theirs was approved before"
    assert [label for label, _ in buttons(message)] == ["Approve", "Delete", "Spam", "Ban author"]
    assert porch.practice.pings == []


async def test_approving_by_the_button_shows_who_decided_and_twice_does_no_harm(porch, post, brought):
    comment = await brought("hello")
    message = await shows(porch, "waiting for you")
    press = porch.practice.press
    await asyncio.gather(*(press(message, f"comment:approve:{comment.id}") for _ in range(2)))
    message = await shows(porch, "approved by Robin, <t:")
    page = await comments.thread(porch.store.pool, post, None, datetime.now(UTC))
    assert [one.message.content for one in page.comments] == ["hello"]
    assert message.embeds[0]["url"].endswith(
        f"/blog/first-light?comment={page.comments[0].message.id}#comment-{page.comments[0].message.id}"
    )
    assert [label for label, _ in buttons(message)] == ["Delete", "Spam", "Ban author"]
    await porch.practice.press(message, f"comment:delete:{comment.id}")
    message = await shows(porch, "deleted by Robin")
    assert [label for label, _ in buttons(message)] == ["Ban author"]


async def test_banning_and_lifting_it_again(porch, brought):
    comment = await brought("bad words")
    message = await shows(porch, "waiting for you")
    await porch.practice.press(message, f"comment:ban:{comment.id}")
    message = await shows(porch, "spam by Robin")
    assert facts(message)["Author"] == "banned"
    assert [label for label, _ in buttons(message)] == ["Approve", "Delete", "Lift the ban"]
    await porch.practice.press(message, f"comment:unban:{comment.id}")
    await until(lambda: "Author" not in facts(there(porch)[0]))
    assert await porch.store.pool.fetchval("select count(*) from sanctions") == 0


async def test_who_does_not_moderate_is_told_so_kindly_and_who_holds_the_role_decides(porch, owner, brought):
    comment = await brought("hello")
    message = await shows(porch, "waiting for you")
    answer = await porch.practice.press(message, f"comment:approve:{comment.id}", who="Mika")
    assert "Only the owner and moderators" in answer.followups[-1].content
    assert (await comments.get(porch.store.pool, comment.id)).state == "waiting"
    await roles.add(porch.store, Moderator(owner), ids.KEEPERS, "Keepers", datetime.now(UTC))
    porch.practice.give_role("Mika", ids.KEEPERS)
    await porch.practice.press(message, f"comment:approve:{comment.id}", who="Mika")
    await shows(porch, "approved by Mika")


async def test_what_is_decided_on_the_site_shows_in_the_message(porch, owner, brought):
    comment = await brought("hello")
    await shows(porch, "waiting for you")
    await comments.decide(porch.store, comment.id, "approve", owner, datetime.now(UTC))
    await shows(porch, "approved by Robin")


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_send_of_unknown_outcome_is_looked_for_and_comes_once(porch, brought, when):
    porch.practice.faults.cut("/channels/[0-9]+/messages", method="POST", when=when)
    await brought("once")
    await shows(porch, "waiting for you")
    await brought("twice", name="Bea")
    await shows(porch, "waiting for you", place=1)
    assert [one.embeds[0]["description"] for one in there(porch)] == ["once", "twice"]


async def test_a_stop_in_the_middle_of_sending_is_picked_up_by_the_next_start(porch_config, opened, practice):
    """Killed after the claim was committed: with and without the message in the channel."""
    async with opened(porch_config) as porch:
        await porch.is_on()
        owner = await accounts.enter_owner(porch.store, DiscordUser(ids.OWNER, "robin", "Robin"), datetime.now(UTC))
        post = await a_post(porch.store, owner)
        for name in ("Ada", "Bea"):
            person = await people.add_visitor(porch.store.pool, name)
            await comments.post(
                porch.store, person, post, f"by {name}", name, datetime.now(UTC), network="", trap=Trap()
            )
        await shows(porch, "waiting for you", place=1)
    async with opened(porch_config) as porch:
        last = there(porch)[1].id  # the one is found again in the channel, the other Discord knows by its nonce
        await porch.store.pool.execute(
            """update comments set notice_state = 'sending', notice_id = null,
                notice_after = notice_id - 1 + notice_id / $1""",
            last,
        )

        async def all_known():
            return await porch.store.pool.fetchval("select bool_and(notice_state = 'sent') from comments")

        await until(all_known)
        assert sorted(one.embeds[0]["description"] for one in there(porch)) == ["by Ada", "by Bea"]
        message = there(porch)[0]
        known = await porch.store.pool.fetchval("select id from comments where notice_id = $1", message.id)
        await practice.press(message, f"comment:approve:{known}")
        await shows(porch, "approved by Robin")


async def test_a_channel_that_is_shut_is_tried_again_and_nothing_is_lost(porch, brought, caplog):
    porch.practice.faults.status(403, "/channels/[0-9]+/messages", times=2)
    await brought("patient")
    await shows(porch, "waiting for you")
    assert "They wait on the site, too" in caplog.text
    assert len(there(porch)) == 1


async def test_a_button_below_words_that_were_changed_since_approves_nothing(porch, post, brought):
    comment = await brought("harmless")
    message = await shows(porch, "waiting for you")
    await porch.store.pool.execute("update comments set content = 'abuse'")  # Discord has not been told yet
    await porch.practice.press(message, f"comment:approve:{comment.id}")
    told = porch.practice.world.whispers
    await until(lambda: any("while you were reading" in one.content for one in told.values()))
    assert await porch.store.pool.fetchval("select state from comments") == "waiting"
