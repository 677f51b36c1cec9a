"""Finding what was said in the hangout. Other rooms are nobody's to search; what is deleted is not found."""

from dataclasses import dataclass

from db import rooms
from db.excerpts import OPTIONS, marked
from db.markup import plain
from db.messages._shape import COLUMNS, TABLES, Message, from_row
from db.store import Conn

WORDS_MAX = 200  # characters of what is looked for that count


@dataclass(frozen=True, slots=True)
class MessageHit:
    """A message that was found; `snippet_html` is safe, with what was looked for in <mark>."""

    message: Message
    snippet_html: str


async def search_messages(conn: Conn, words: str, limit: int) -> list[MessageHit]:
    """What has these words in it, accents apart, the newest first. People talk in any language, so words are looked for
    as they stand. The index is of the hangout's messages only (db/migrations/0005_blog.sql).
    """
    room = await rooms.by_slug(conn, rooms.HANGOUT)
    rows = await conn.fetch(
        f"""/* messages.search_messages */ select {COLUMNS} from {TABLES}
        where m.room_id = $1 and m.kind = 'said' and m.deleted_at is null
            and to_tsvector('site_simple', m.content) @@ websearch_to_tsquery('site_simple', $2)
        order by m.id desc limit $3""",
        room.id,
        words[:WORDS_MAX],
        limit,
    )
    found = [from_row(row) for row in rows]
    snippets = await _snippets(conn, words, [plain(one.content, one.mentions) for one in found])
    return [MessageHit(message, snippet) for message, snippet in zip(found, snippets, strict=True)]


async def _snippets(conn: Conn, words: str, texts: list[str]) -> list[str]:
    """Of the text as pages show it, where spoilers stay hidden."""
    rows = await conn.fetch(
        """/* messages.snippets */ select ts_headline('site_simple', said.words,
            websearch_to_tsquery('site_simple', $2), $3) as snippet
        from unnest($1::text[]) with ordinality as said (words, place) order by said.place""",
        texts,
        words[:WORDS_MAX],
        OPTIONS,
    )
    return [marked(row["snippet"]) for row in rows]
