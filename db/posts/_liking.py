"""Likes: one of each person for each post, and their number in the post's row."""

from db.errors import NotFound
from db.events import PostsChanged
from db.messages import check_pace_of_changes
from db.people import Person
from db.posts._shape import Post
from db.store import Store


async def like(store: Store, person: Person, post: Post, *, on: bool) -> int:
    """The number of likes from here on. Once more changes nothing. Raises NotFound for a post that is deleted, and
    TooOften, for whoever looks at the blog next waits for it to be drawn anew.
    """
    check_pace_of_changes(store, person)
    async with store.pool.acquire() as conn, conn.transaction():
        likes = await conn.fetchval(
            "/* posts.lock_likes */ select likes from posts where id = $1 and deleted_at is null for no key update",
            post.id,
        )
        if likes is None:
            raise NotFound("There is no such post.")
        made = await conn.fetchval(LIKE if on else UNLIKE, post.id, person.id)
        if made is None:
            return int(likes)
        changed: int = await conn.fetchval(
            "/* posts.count_likes */ update posts set likes = greatest(likes + $2, 0) where id = $1 returning likes",
            post.id,
            made,
        )
    store.live.announce(PostsChanged(post.id))
    return changed


LIKE = """/* posts.like */ insert into post_likes (post_id, person_id) values ($1, $2)
    on conflict do nothing returning 1"""
UNLIKE = "/* posts.unlike */ delete from post_likes where post_id = $1 and person_id = $2 returning -1"
