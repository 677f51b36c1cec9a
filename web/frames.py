"""The site's data as the protocol shows it (docs/protocol.md): the same for sockets, the API and the templates."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from markupsafe import Markup

from db.events import Changed, Reaction, Read, Relayed, Typing
from db.markup import excerpt
from db.messages import Message, Quote
from db.people import Person, avatar_path
from db.presence import Presence
from db.rooms import Manner

from . import extras

Frame = dict[str, Any]
TEXT, CLOSE = 0x81, 0x88  # a whole text frame, and a close frame (RFC 6455, section 5.2)
GONE = "(this message was deleted)"
TYPES = {
    "create": "message_create",
    "update": "message_update",
    "delete": "message_delete",
    "reaction_add": "reaction_add",
    "reaction_remove": "reaction_remove",
}


def encode(frame: Frame) -> bytes:
    """A frame as bytes for the wire: unmasked, uncompressed, in one piece (RFC 6455, section 5.2)."""
    return _framed(TEXT, msgspec.json.encode(frame))


def closing(code: int, reason: str) -> bytes:
    return _framed(CLOSE, code.to_bytes(2, "big") + reason.encode()[:123])


def _framed(first: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 65536:
        return bytes((first, 126)) + size.to_bytes(2, "big") + payload
    return bytes((first, 127)) + size.to_bytes(8, "big") + payload


def time(moment: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def person(one: Person) -> Frame:
    return {
        "id": str(one.id),
        "name": one.name,
        "avatar_url": avatar_path(one.id, one.picture),
        "source": one.source,
        "owner": one.owner,
        "username": one.username,
        "linked": one.discord_id is not None,
    }


def message(one: Message, mine: frozenset[str] | None = None) -> Frame:
    """`mine` are the emoji that whoever asks holds on it, None when the frame goes to everybody."""
    return {
        "id": str(one.id),
        "seq": one.seq,
        "author": {
            "id": str(one.author.id),
            "name": one.author.name,
            "avatar_url": avatar_path(one.author.id, one.author.picture),
            "source": one.source,
            "owner": one.author.owner,
            "username": one.author.username,
            "linked": one.author.is_linked,
        },
        "kind": one.kind,
        "content": one.content,
        "html": html(one),
        "created_at": time(one.created_at),
        "edited_at": time(one.edited_at) if one.edited_at else None,
        "deleted": one.deleted,
        "reply_to": _quote(one.reply_to) if one.reply_to else None,
        "attachments": extras.files(one.id, one.attachments),
        "extras": extras.extras(one.id, one.extras),
        "reactions": extras.reactions(one.reactions, mine),
        "relay": one.relay,
    }


def for_page(one: Message, mine: frozenset[str] | None = None) -> Frame:
    """The same for a template, which is told that this one string is markup already."""
    frame = message(one, mine)
    return frame | {"html": Markup(frame["html"])}  # noqa: S704 - drawn by db/markup.py, which escapes first and ends in nh3


def _quote(quote: Quote) -> Frame:
    gone = quote.content is None
    said = excerpt(quote.content or "", mentions=quote.mentions)
    words = GONE if gone else said or extras.in_short(quote.attachments, quote.extras)
    return {"id": str(quote.id), "author_name": quote.author_name, "excerpt": words, "deleted": gone}


def html(one: Message) -> str:
    """What was said, as safe HTML."""
    return extras.drawn(one.content, one.mentions)


def changed(event: Changed) -> Frame:
    if event.kind == "delete":
        return {"type": "message_delete", "seq": event.seq, "id": str(event.message.id)}
    if event.reaction:
        return reaction(event, event.reaction)
    return {"type": TYPES[event.kind], "seq": event.seq, "message": message(event.message)}


def reaction(event: Changed, what: Reaction) -> Frame:
    """`count` is what is left after it, `person` who did it: each client works out what is its own."""
    return {
        "type": TYPES[event.kind],
        "seq": event.seq,
        "id": str(event.message.id),
        **extras.emoji(what.emoji),
        "count": next((one.count for one in event.message.reactions if one.emoji == what.emoji), 0),
        "person": str(what.person_id),
    }


def relayed(event: Relayed) -> Frame:
    frame: Frame = {"type": "relay_state", "id": str(event.message_id), "state": event.state}
    return frame | ({"reason": event.reason} if event.reason else {})


def typing(event: Typing) -> Frame:
    return {"type": "typing_start", "person": {"id": str(event.person_id), "name": event.name}}


def presence(now: Presence) -> Frame:
    return {"type": "presence", "online": now.online, "owner": now.owner, "relay": now.relay, "members": now.members}


def here(people: list[int]) -> Frame:
    """Who of a chat is here."""
    return {"type": "presence", "online": len(people), "here": [str(one) for one in people]}


def read(event: Read) -> Frame:
    return {"type": "read", "person": str(event.person_id), "seq": event.seq}


def room(manner: Manner, alarm: str, muted: str, muted_html: str, *, on_record: bool) -> Frame:
    """How one may speak: `alarm` is `raid`, `panic` or nothing, `muted` the sentence for who only reads, or null;
    `on_record`: because of what was done about them.
    """
    return {
        "type": "room",
        "locked": manner.locked,
        "slowmode": manner.slowmode,
        "alarm": alarm or None,
        "muted": muted or None,
        "muted_html": muted_html or None,
        "on_record": on_record,
    }


def record(words: list[str], upto: int, refused: list[str]) -> Frame:
    """What moderators did about them that they have not said to have read, up to that case; and the nonces of what was
    not let through.
    """
    return {"type": "record", "words": words, "upto": str(upto) if upto else None, "refused": refused}


def nothing_on_record() -> Frame:
    return record([], 0, [])


def error(
    code: str, sentence: str, nonce: str | None = None, retry_after: float | None = None, html: str | None = None
) -> Frame:
    extras: Mapping[str, object] = {"nonce": nonce, "retry_after": retry_after and round(retry_after, 3), "html": html}
    return {"type": "error", "code": code, "message": sentence} | {
        key: value for key, value in extras.items() if value is not None
    }
