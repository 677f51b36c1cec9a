"""What becomes of posts, likes, comments and bans when people go, or turn out to be one."""

import asyncio
from datetime import UTC, datetime

import msgspec

from db import accounts, people, posts
from db.accounts import DiscordUser
from db.events import NoticeDue
from db.posts import Draft
from tests.members import NOON

WAITS = """select exists (select from pg_stat_activity
    where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0)"""


async def post_of(store, person, title="Lamp oil"):
    post = await posts.create(store, person, Draft(title, "It burns."), NOON, source="web")
    return await posts.publish(store, person, post.id, NOON)


async def comment(store, post, person, words="waits"):
    await store.pool.execute(
        """insert into comments (post_id, author_id, nonce, content, network, created_at)
        values ($1, $2, $3, $3, $4, $5)""",
        post.id,
        person.id,
        words,
        b"n" * 32,
        NOON,
    )


async def test_an_authors_posts_stay_under_nobodys_name_and_their_likes_and_waiting_comments_go(store, owner, author):
    theirs, house = await post_of(store, author), await post_of(store, owner, "House")
    await posts.like(store, author, house, on=True)
    await comment(store, house, author)
    await store.pool.execute(
        "insert into sanctions (person_id, network, created_at) values ($1, null, $2)", author.id, NOON
    )
    await accounts.delete(store, author, datetime.now(UTC))
    kept = await posts.get(store.pool, theirs.id)
    assert (kept.body, kept.author.name, kept.author.username) == ("It burns.", "former member", None)
    assert [one.by for one in await posts.revisions(store.pool, theirs.id)] == ["former member"]
    assert (await posts.get(store.pool, house.id)).likes == 0
    assert dict(await store.pool.fetchrow("select state, content, network from comments")) == {
        "state": "deleted",
        "content": "",
        "network": None,
    }
    assert await store.pool.fetchval("select count(*) from sanctions") == 0


async def test_the_moderators_channel_forgets_the_words_of_who_is_gone_but_not_what_was_let_in(store, owner, author):
    post = await post_of(store, owner)
    for state in ("waiting", "spam", "approved"):
        await comment(store, post, author, state)
    await store.pool.execute(
        "update comments set state = nonce, notice_state = 'sent', notice_id = id, notice_channel = 5, digest = $1",
        b"d" * 32,
    )
    heard = []
    with store.live.listening(heard.append):
        await accounts.delete(store, author, datetime.now(UTC))
    rows = await store.pool.fetch("select state, notice_state, content, digest from comments order by id")
    assert [tuple(row) for row in rows] == [
        ("deleted", "due", "", None),
        ("deleted", "due", "", None),
        ("approved", "sent", "", None),
    ]
    assert NoticeDue() in heard


async def test_two_who_turn_out_to_be_one_have_one_like_and_all_their_posts_and_comments(store, owner, ada):
    known = await store.pool.fetchval("insert into people (name, discord_id) values ('Ada L', 77) returning id")
    shell = await people.get(store.pool, known)
    post, other = await post_of(store, owner), await post_of(store, owner, "Other")
    for person in (ada, shell):
        await posts.like(store, person, post, on=True)
    await posts.like(store, shell, other, on=True)
    await comment(store, post, shell)
    await store.pool.execute("update posts set author_id = $1 where id = $2", known, other.id)
    await store.pool.execute("insert into sanctions (person_id, created_at) values ($1, $2)", known, NOON)
    await accounts.link(store, ada, DiscordUser(77, "ada.l", "Ada L"))
    assert [(await posts.get(store.pool, one.id)).likes for one in (post, other)] == [1, 1]
    for statement in (
        "select author_id from posts where title = 'Other'",
        "select author_id from comments",
        "select person_id from sanctions",
        "select person_id from post_likes where post_id = (select max(id) from posts)",
    ):
        assert await store.pool.fetchval(statement) == ada.id, statement


async def test_a_member_takes_their_posts_comments_and_likes_along(store, author):
    post = await post_of(store, author)
    await comment(store, post, author)
    await posts.like(store, author, post, on=True)
    pieces = [piece async for piece in await accounts.export(store, author, 0.0, NOON)]
    taken = msgspec.json.decode(b"".join(pieces))
    assert [(one["slug"], one["body"], one["state"]) for one in taken["posts"]] == [
        ("lamp-oil", "It burns.", "published")
    ]
    assert [(one["post"], one["content"], one["state"]) for one in taken["comments"]] == [
        ("lamp-oil", "waits", "waiting")
    ]
    assert [one["post"] for one in taken["likes"]] == ["lamp-oil"]


async def test_who_is_joined_while_somebody_comments_waits_for_them_and_not_they_for_the_other(store, owner, ada):
    known = await store.pool.fetchval("insert into people (name, discord_id) values ('Ada L', 77) returning id")
    post = await post_of(store, owner)
    for person in (ada, await people.get(store.pool, known)):
        await posts.like(store, person, post, on=True)
    await store.pool.execute("insert into channels (id) values (5)")
    await store.pool.execute("update rooms set channel_id = 5 where id = $1", post.room_id)
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute("select from posts where id = $1 for no key update", post.id)
        joining = asyncio.create_task(accounts.link(store, ada, DiscordUser(77, "ada.l", "Ada L")))
        async with asyncio.timeout(5):
            while not await store.pool.fetchval(WAITS):
                assert not joining.done()
        await conn.execute("select from rooms where id = $1 for no key update", post.room_id)
    await joining
    assert (await posts.get(store.pool, post.id)).likes == 1
