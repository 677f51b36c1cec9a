"""Links to a post that is not out yet, for whom its author shows it to. Signed, so that nobody can make one up."""

import hashlib
import hmac
import re

from db.errors import NotFound
from db.posts import _queries as queries
from db.posts._shape import Post
from db.store import Store

TOKEN = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{32})")
NO_PREVIEW = "This link shows nothing. It may be incomplete, or the post is gone."


def preview_token(store: Store, post: Post) -> str:
    """Good for as long as the post is there."""
    return f"{post.id}-{_signature(store, str(post.id))}"


async def by_preview_token(store: Store, token: str) -> Post:
    """The post, in whatever state. Raises NotFound."""
    parts = TOKEN.fullmatch(token)
    if parts and hmac.compare_digest(parts[2], _signature(store, parts[1])):
        post = await queries.get(store.pool, int(parts[1]))
        if post is not None:
            return post
    raise NotFound(NO_PREVIEW)


def _signature(store: Store, post_id: str) -> str:
    return hmac.digest(store.secret_key, f"preview of post {post_id}".encode(), hashlib.sha256).hex()[:32]
