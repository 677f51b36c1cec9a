"""The program is killed while posts come out, are announced and get their threads, and while comments are approved.
Afterwards each is done once: never half, and never twice.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import accounts, comments, people, posts
from db.accounts import DiscordUser
from db.comments import Trap
from db.opening import open_store
from db.posts import Draft
from practice import Practice
from practice import porch as ids
from tests.programs import Program, until

KILLS = 3
POSTS = 2 * KILLS + 1
CHANNELS = {
    "DISCORD_ANNOUNCE_CHANNEL_ID": str(ids.NEWS),
    "DISCORD_MOD_CHANNEL_ID": str(ids.MOD),
    "DISCORD_COMMENTS_CHANNEL_ID": str(ids.COMMENTS),
}


@pytest.fixture
def config(config):
    """The same channels as the program's, in the process that does what visitors do."""
    discord = msgspec.structs.replace(
        config.discord,
        token="t" * 30,
        announce_channel_id=ids.NEWS,
        mod_channel_id=ids.MOD,
        comments_channel_id=ids.COMMENTS,
    )
    return msgspec.structs.replace(config, discord=discord)


async def drafted(store, owner, number):
    now = datetime.now(UTC)
    return await posts.create(store, owner, Draft(f"Post {number}", "Words"), now, source="web")


async def published(practice, post):
    """By the command, in the program that is about to die."""
    with suppress(Exception):  # it died in the middle
        await asyncio.wait_for(practice.command("post publish", {"post": post.slug}, who=ids.OWNER), 3)


async def approved(practice, comment_id):
    wanted = f"comment:approve:{comment_id}"
    for message in practice.messages("mod"):
        if wanted in str(message.components):
            with suppress(Exception):
                await asyncio.wait_for(practice.press(message, wanted), 3)


async def a_round(store, practice, under, owner, chance, number):
    """One post comes out by itself and one by the owner, two comments wait and are approved, some of it too late."""
    now = datetime.now(UTC)
    later, at_once = [await drafted(store, owner, f"{number} {place}") for place in ("later", "now")]
    await posts.publish(store, owner, later.id, now, at=now + timedelta(seconds=chance.random()))
    ada = await people.add_visitor(store.pool, f"Ada {number}")
    for place in range(2):
        mark = f"{number}-{place}"
        await comments.post(store, ada, under, f"words {mark}", mark, now, network="", trap=Trap())
    waiting = await store.pool.fetch("select id from comments where state = 'waiting'")
    asked = [published(practice, at_once), *(approved(practice, row["id"]) for row in waiting for _ in range(2))]
    return [asyncio.create_task(one) for one in asked]


async def is_settled(store, practice):
    """Everything is out, told, and has its thread."""
    notices = await store.pool.fetch("select kind, state from post_notices")
    waiting = await store.pool.fetchval("select count(*) from comments where notice_state <> 'sent'")
    counted = Counter((row["kind"], row["state"]) for row in notices)
    return counted == {("announcement", "sent"): POSTS, ("thread", "sent"): POSTS} and waiting == 0


async def killed_while_it_works(store, practice, program, owner):
    chance, under = random.Random(5), await drafted(store, owner, "to comment on")
    under = await posts.publish(store, owner, under.id, datetime.now(UTC))
    for number in range(KILLS):
        doing = await a_round(store, practice, under, owner, chance, number)
        await asyncio.sleep(chance.random())
        await program.kill()
        await asyncio.gather(*doing)
        await program.start()
        await program.is_serving()


async def the_rest_done(store, practice):
    """What was asked for too late is asked for again."""
    for row in await store.pool.fetch("select slug from posts where state = 'draft'"):
        await practice.command("post publish", {"post": row["slug"]}, who=ids.OWNER)
    for row in await store.pool.fetch("select id from comments where state = 'waiting' order by id"):
        await until(lambda one=row["id"]: f"comment:approve:{one}" in str(practice.messages("mod")), 30)
        await approved(practice, row["id"])
    await until(lambda: is_settled(store, practice), 30)


@pytest.mark.timeout(150)
async def test_whenever_it_is_killed_posts_come_out_once_and_comments_are_said_once(config, database_url, tmp_path):
    async with Practice() as practice, open_store(config) as store:
        program = Program(tmp_path, {**practice.environment, **CHANNELS, "DATABASE_URL": database_url})
        await program.start()
        try:
            await program.is_serving()
            store.owner_id = ids.OWNER
            owner = await accounts.enter_owner(store, DiscordUser(ids.OWNER, "robin", "Robin"), datetime.now(UTC))
            await killed_while_it_works(store, practice, program, owner)
            await the_rest_done(store, practice)
        finally:
            await program.kill()
        announced = Counter(embed["url"] for message in practice.messages("news") for embed in message.embeds)
        assert (len(announced), set(announced.values())) == (POSTS, {1})
        threads = [one.name for one in practice.world.channels.values() if one.parent_id == ids.COMMENTS]
        assert sorted(threads) == [row["title"] for row in await store.pool.fetch("select title from posts order by 1")]
        said = Counter(row["content"] for row in await store.pool.fetch("select content from messages"))
        assert said == {f"words {number}-{place}": 1 for number in range(KILLS) for place in range(2)}
