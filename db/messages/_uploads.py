"""The pictures that a message on the site is to carry: uploads of its author's (db/media) that are not used yet."""

from collections.abc import Sequence

from db.messages._extras import Attachment
from db.store import Conn


async def uploads(conn: Conn, person_id: int, nonce: str, ids: Sequence[str]) -> list[Attachment]:
    """The files, in the order of `ids`; those that are gone, somebody else's or used elsewhere are left out.

    What the message of that nonce carries counts as unused, for the same message may be sent again.
    """
    rows = await conn.fetch(
        """/* messages.uploads */ select m.id, m.content_type, m.ext, m.size, m.width, m.height, m.alt, m.widths
        from unnest($3::text[]) with ordinality as asked (id, place) join media m on m.id = asked.id
        where m.person_id = $1 and (not m.used or exists (
            select from messages s where s.author_id = $1 and s.nonce = $2
                and s.attachments @> jsonb_build_array(jsonb_build_object('media', m.id))
        )) order by asked.place""",
        person_id,
        nonce,
        list(ids),
    )
    return [
        Attachment(
            name=f"picture-{place}.{row['ext']}",
            media=row["id"],
            content_type=row["content_type"],
            size=row["size"],
            width=row["width"],
            height=row["height"],
            alt=row["alt"],
            widths=tuple(row["widths"]),
        )
        for place, row in enumerate(rows, start=1)
    ]
