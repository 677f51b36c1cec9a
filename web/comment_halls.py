"""The halls of posts: whoever has a post open is told of its comments as they come, change and go.

Nobody speaks here: comments come by form. What is told is drawn once for all who sit here, as a stranger sees it;
nothing is asked or drawn while nobody comments. Opened by web/porch.py with the first socket, closed behind the last.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from db import comments, messages, posts
from db.errors import NotFound
from db.events import Changed
from db.feeds import following
from db.loops import again_and_again, doing, taken
from db.messages import Message
from db.posts import Post

from . import _comment_shapes, frames, keys
from ._incoming import PingOnly
from .audience import Audience, Seat
from .hall import Hall, whole_number

TOGETHER = 0.1  # seconds; what is said at once is drawn at once
MISSED_MAX = 100  # changes that a page is told one by one when it comes back


class CommentHall(Hall):
    incoming = PingOnly

    def __init__(self, app: web.Application, post: Post, room_id: int, audience: Audience) -> None:
        super().__init__(app[keys.STORE], room_id, audience)
        self._app = app
        self._post = post
        self._changes: list[Changed] = []
        self._look = asyncio.Event()

    async def hello(self, seat: Seat, after: str) -> frames.Frame:
        """`changes` are what has changed since the page was drawn; with `reset` they are too many to tell."""
        del seat
        since = whole_number(after)
        seq, found = await messages.changed_after(self.store.pool, self.room_id, since or 0, MISSED_MAX)
        reset = since is None or since > seq or len(found) > MISSED_MAX
        changes = [] if reset else await self._drawn(found)
        return {"type": "hello", "seq": seq, "changes": changes, "reset": reset}

    def tell(self, event: Changed) -> None:
        """The feed's follower: notes what is to be told."""
        self._changes.append(event)
        self._look.set()

    async def keep_up(self) -> None:
        while True:
            async with taken(self._look, TOGETHER):
                changes = list(self._changes)
                latest = {event.message.id: event.message for event in changes}
                drawn = await self._drawn(list(latest.values()))
                if changes:
                    self.audience.tell_drawn(changes[-1].seq, drawn)
                del self._changes[: len(changes)]

    async def _drawn(self, found: list[Message]) -> list[frames.Frame]:
        """A frame for each message that is a comment, and how many there are now."""
        said = [one for one in found if one.kind == "said"]
        if not said:
            return []
        tops = await comments.tops_of(self.store.pool, self.room_id, [one.id for one in said])
        post = await posts.get(self.store.pool, self._post.id)
        if post is None or not posts.is_out(post, datetime.now(UTC)):
            return []  # it was taken back: whoever still has it open hears no more of it
        drawn = [_comment_shapes.told(self._app, post, one, tops.get(one.id, one.id)) for one in said]
        return [*drawn, {"type": "count", "count": post.comments}]


@asynccontextmanager
async def open_comments(app: web.Application, post_id: int) -> AsyncIterator[Hall]:
    """Raises NotFound for a post without comments."""
    store = app[keys.STORE]
    post = await posts.get(store.pool, post_id)
    if post is None or post.room_id is None:
        raise NotFound
    async with following(store, post.room_id) as feed:
        hall = CommentHall(app, post, post.room_id, Audience(feed.seq))
        with feed.followed_by(hall.tell), store.live.listening(hall.hear):
            async with doing(again_and_again("Telling of comments", hall.keep_up), f"comments of post {post_id}"):
                yield hall
