"""Posts on their way through the press: when they are saved, for a look beforehand, and again when the press is new."""

import time
from dataclasses import dataclass

from db import press
from db.errors import Forbidden, Refused, TooOften
from db.events import PostsChanged
from db.markdown import Printed, pictures_in
from db.people import Person
from db.posts import _pictures as pictures
from db.posts._rows import TABLES, WHOLE, post_from
from db.posts._shape import Post
from db.store import Conn, Store

PREVIEW_RATE, PREVIEW_BURST = 2.0, 10  # a second and at once, for one person
BATCH = 5  # posts that are printed again before anybody else has a turn
BODY_MAX = 200_000
LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
NO_AUTHOR = "Posts are written by the owner and the authors of this site."


@dataclass(frozen=True, slots=True)
class Print:
    """A body as it came from the press, by whose name `by` it is known, and the text search it is found by."""

    sheet: Printed
    by: str
    search: str


# Rules


def search_by(language: str) -> str:
    """The text search (db/migrations/0005_blog.sql) for a language tag such as `pt-BR`."""
    return f"site_{LANGUAGES.get(language.lower().partition('-')[0], 'simple')}"


def check_author(person: Person) -> None:
    if not person.may_write_posts:
        raise Forbidden(NO_AUTHOR, "forbidden")


# Queries


async def keep_print(conn: Conn, post_id: int, fresh: Print) -> None:
    """What was made of the body, and the words to find the post by. More than 150,000 characters no index takes for
    sure.
    """
    sheet = fresh.sheet
    await conn.execute(
        """/* posts.keep_print */ update posts set html = $2, contents = $3, words = $4, excerpt = $5, plain = $6,
            printed_by = $7
        where id = $1""",
        post_id,
        sheet.html,
        sheet.contents,
        sheet.words,
        sheet.excerpt,
        sheet.plain,
        fresh.by,
    )
    await conn.execute(
        """/* posts.keep_words */ with words as (
            select setweight(to_tsvector($2::regconfig, title), 'A')
                || setweight(to_tsvector($2::regconfig, array_to_string(tags, ' ')), 'B') as heads,
                setweight(to_tsvector($2::regconfig, summary || ' ' || left(plain, 150000)), 'C') as text
            from posts where id = $1
        ) update posts set heads = w.heads, search = w.heads || w.text from words w where id = $1""",
        post_id,
        fresh.search,
    )


async def _stale(conn: Conn, printed_by: str) -> list[Post]:
    rows = await conn.fetch(
        f"""/* posts.stale */ select {WHOLE} from {TABLES}
        where p.printed_by <> $1 and p.deleted_at is null order by p.id desc limit {BATCH}""",
        printed_by,
    )
    return [post_from(row) for row in rows]


# Acts


def printed_by(store: Store) -> str:
    """What stands in the row of a post that needs no printing: which press, and the language it is found by."""
    return f"{press.NAME} {search_by(store.config.site.language)}"


async def printed(store: Store, body: str, person_id: int = 0) -> Print:
    """With the pictures that are public, and those of this person. Raises Refused (`bad_markdown`) or Unavailable."""
    shown = await pictures.described(store.pool, pictures_in(body), person_id)
    sheet = await store.press.print(body, shown)
    return Print(sheet, printed_by(store), search_by(store.config.site.language))


async def preview(store: Store, person: Person, body: str) -> Printed:
    """What a body would look like; nothing is kept. Raises Forbidden, TooOften, Refused (`bad_markdown`, `too_long`),
    or Unavailable.
    """
    check_author(person)
    wait = store.limits.previews.take(str(person.id), time.monotonic(), PREVIEW_RATE, PREVIEW_BURST)
    if wait:
        raise TooOften("That is a lot of looks at once. Please wait a moment.", wait)
    if len(body) > BODY_MAX:
        raise Refused(f"That text has {len(body):,} characters; {BODY_MAX:,} fit.", "too_long")
    return (await printed(store, body, person.id)).sheet


async def reprint_stale(store: Store) -> bool:
    """Prints some of the posts again that another press printed; False when there are none. What this press refuses
    stays as it was printed. Raises Unavailable when the press has no time.
    """
    posts = await _stale(store.pool, printed_by(store))
    for post in posts:
        try:
            fresh = await printed(store, post.body)
        except Refused as refused:
            if refused.code != "bad_markdown":
                raise
            fresh = None
        if await _keep_reprinted(store, post, fresh):
            store.live.announce(PostsChanged(post.id))
    return bool(posts)


async def _keep_reprinted(store: Store, post: Post, fresh: Print | None) -> bool:
    """Whether readers see something else now. Nothing is kept when somebody has saved the post meanwhile."""
    async with store.pool.acquire() as conn, conn.transaction():
        is_same = await conn.fetchval(
            """/* posts.lock_stale */ select revision = $2 from posts where id = $1 and deleted_at is null
            for no key update""",
            post.id,
            post.revision,
        )
        if not is_same:
            return False
        if fresh is not None:
            await keep_print(conn, post.id, fresh)
        await conn.execute(
            "/* posts.mark_printed */ update posts set printed_by = $2 where id = $1", post.id, printed_by(store)
        )
    return fresh is not None and (fresh.sheet.html, fresh.sheet.contents) != (post.html, post.contents)
