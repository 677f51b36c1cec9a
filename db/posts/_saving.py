"""Saving: a new post, another revision of one, and an old revision brought back. Nothing comes out by it."""

from dataclasses import replace
from datetime import datetime

from db import sanctions
from db.errors import NotFound
from db.events import NoticeDue, PostsChanged
from db.people import Person
from db.posts import _keeping as keeping
from db.posts import _pictures as pictures
from db.posts import _printing as printing
from db.posts import _queries as queries
from db.posts._coming_out import make_room
from db.posts._keeping import Saving
from db.posts._rules import as_theirs, check_draft, check_may_save, check_place, check_still_fit, draft_of, is_same
from db.posts._shape import Draft, Post
from db.sanctions import Caller
from db.store import Store


async def create(store: Store, person: Person, draft: Draft, now: datetime, *, source: str) -> Post:
    """A new post, which nobody but its author and the owner sees yet. `source` is `web`, `discord` or `import`.

    Raises Forbidden, BadDraft, Refused (`bad_markdown`), or Unavailable.
    """
    printing.check_author(person)
    sanctions.check(store, Caller(person), now)
    check_place(person, draft, None)
    draft = await pictures.with_alt(store.pool, check_draft(draft))
    await pictures.check(store.pool, person.id, draft)
    fresh = await printing.printed(store, draft.body, person.id)
    async with store.pool.acquire() as conn, conn.transaction():
        return await keeping.add(conn, person.id, draft, fresh, Saving(person.id, source, now))


async def save(
    store: Store,
    person: Person,
    post_id: int,
    draft: Draft,
    now: datetime,
    *,
    source: str,
    seen: int | None = None,
    by_itself: bool = False,
) -> Post:
    """The post as it is from here. What changes nothing makes no revision. `seen` is the revision that the person had
    before them. What saves `by_itself`, while somebody writes, must be a draft, and makes a revision in ten minutes.

    Raises NotFound, BadDraft (`empty` for one that is out), Refused (`conflict`, `not_draft`, `bad_markdown`), or
    Unavailable.
    """
    sanctions.check(store, Caller(person), now)
    before = await queries.own(store.pool, person, post_id)
    check_place(person, draft, before)
    draft = await pictures.with_alt(store.pool, check_draft(as_theirs(draft, person, before)))
    if is_same(draft, before):
        return before
    check_may_save(before, seen, by_itself=by_itself)
    check_still_fit(draft, before)
    await pictures.check(store.pool, person.id, draft)
    fresh = await printing.printed(store, draft.body, person.id)
    async with store.pool.acquire() as conn, conn.transaction():
        post = await queries.own_locked(conn, person, post_id)
        if is_same(draft, post):
            return post
        check_place(person, draft, post)
        check_may_save(post, seen, by_itself=by_itself)
        check_still_fit(draft, post)
        post = await keeping.change(conn, post, draft, fresh, Saving(person.id, source, now, by_itself))
        post = await make_room(conn, post)
    if post.state != "draft":  # of drafts nobody knows
        store.live.announce(PostsChanged(post.id))
        store.live.announce(NoticeDue())
    return post


async def restore(store: Store, person: Person, post_id: int, number: int, now: datetime, *, source: str) -> Post:
    """Saves what an old revision held once more, under the address that the post has now. A cover that is gone stays
    away. Raises as `save` does.
    """
    post = await queries.own(store.pool, person, post_id)
    old = await queries.revision(store.pool, post_id, number)
    if old is None:
        raise NotFound("There is no such revision.")
    draft = replace(draft_of(post), title=old.title, body=old.body, summary=old.summary, tags=old.tags)
    covers = await pictures.described(store.pool, [old.cover] if old.cover else [])
    draft = replace(draft, cover=old.cover if covers else None, cover_alt=old.cover_alt if covers else "")
    return await save(store, person, post_id, draft, now, source=source)
