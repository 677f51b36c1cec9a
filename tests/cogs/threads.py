"""A post with its comments for the tests of threads, as the acts of posts and comments leave them."""

import secrets
from datetime import UTC, datetime

from db import messages, people
from db.events import NoticeDue
from practice.model import SYSTEM
from tests.cogs.conftest import until


class Talk:
    """The comments of one post, and what happens to it and them."""

    def __init__(self, porch, post_id, room_id):
        self.porch, self.store, self.practice = porch, porch.store, porch.practice
        self.post_id, self.room_id = post_id, room_id
        self.thread_id = 0

    async def has_thread(self, seconds=10.0):
        """Waits until the thread is there, and one with the comments."""

        async def bridged():
            self.thread_id = await self.store.pool.fetchval("select channel_id from rooms where id = $1", self.room_id)
            return self.thread_id

        await until(bridged, seconds)
        return self

    @property
    def thread(self):
        return self.practice.channel(self.thread_id)

    @property
    def first(self):
        return self.practice.find(self.thread_id)

    def in_discord(self):
        """What was said in the thread, but for what it began with."""
        listed = self.practice.messages(self.thread_id)
        return [one for one in listed if one.id != self.thread_id and one.type not in SYSTEM]

    def words_in_discord(self):
        return [one.content for one in self.in_discord()]

    async def comment(self, content, name="Ada", reply_to=None):
        person, now = await self.porch.person(name), datetime.now(UTC)
        nonce = secrets.token_hex(8)
        return await messages.say(
            self.store, self.room_id, person, content, nonce, now, network=nonce, reply_to=reply_to
        )

    def reply(self, who, words, **more):
        return self.practice.say(who, words, channel=self.thread_id, **more)

    async def comments(self):
        return (await messages.newest(self.store.pool, self.room_id, 1000))[1]

    async def are(self, *words, seconds=10.0):
        """Waits until these are the comments, and returns them."""

        async def so():
            return [one.content for one in await self.comments()] == list(words)

        await until(so, seconds)
        return await self.comments()

    async def change(self, **columns):
        """An edit of the post, as far as Discord shows it."""
        for name, value in columns.items():
            await self.store.pool.execute(f"update posts set {name} = $2 where id = $1", self.post_id, value)
        await self.store.pool.execute("update posts set revision = revision + 1 where id = $1", self.post_id)
        self.store.live.announce(NoticeDue())

    async def notice(self):
        return await self.store.pool.fetchrow("select * from post_notices where post_id = $1", self.post_id)


async def published(porch, channel_id, title="Lamps", slug="lamps", *, notice=True):
    """A post that has come out, in whose comments nobody has said anything yet."""
    now, pool = datetime.now(UTC), porch.store.pool
    room_id = await pool.fetchval("insert into rooms (kind) values ('comments') returning id")
    author = await people.add_visitor(pool, "Robin")
    post_id = await pool.fetchval(
        """insert into posts
            (slug, author_id, state, title, summary, body, created_at, published_at, updated_at, room_id)
        values ($1, $2, 'published', $3, 'What they *are* for', '', $4, $4, $4, $5) returning id""",
        slug, author.id, title, now, room_id,
    )  # fmt: skip
    await pool.execute("insert into slugs (slug, post_id) values ($1, $2)", slug, post_id)
    talk = Talk(porch, post_id, room_id)
    if notice:
        await ask_for_thread(talk, channel_id)
    return talk


async def ask_for_thread(talk, channel_id):
    await talk.store.pool.execute(
        "insert into post_notices (post_id, kind, channel_id) values ($1, 'thread', $2)", talk.post_id, channel_id
    )
    talk.store.live.announce(NoticeDue())
