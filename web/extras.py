"""What a message holds besides words, as the protocol shows it: files, stickers, forwards, polls, cards, reactions.

Every address here is one of our own: no visitor's browser asks anybody else.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

from db.markup import NONE, Mentions, plain, render
from db.messages import Attachment, Extras, Forward, Poll, Reaction, Sticker

Frame = dict[str, Any]
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
PICTURES = frozenset(ENDINGS)
NAMES = {"picture": "a picture", "video": "a video", "audio": "a recording", "file": "a file"}


def files(message_id: int, attachments: tuple[Attachment, ...]) -> list[Frame]:
    return [file(message_id, one) for one in attachments]


def file(message_id: int, one: Attachment) -> Frame:
    """`srcset` lists narrower copies as `url` and `width`; there are some for our own pictures only."""
    ending = ENDINGS.get(one.content_type, "")
    if one.media:
        url = f"/media/{one.media}/full.{ending}"
    else:
        url = f"/media/discord/files/{message_id}/{one.id}/{quote(one.name, safe='') or 'file'}"
    return {
        "url": url,
        "name": one.name,
        "kind": kind_of(one),
        "content_type": one.content_type,
        "size": one.size,
        "width": one.width,
        "height": one.height,
        "alt": one.alt,
        "spoiler": one.spoiler,
        "voice": one.voice,
        "duration": one.duration,
        "srcset": [{"url": f"/media/{one.media}/{width}.{ending}", "width": width} for width in one.widths],
    }


def kind_of(one: Attachment) -> str:
    """`picture` (with a known size, so that nothing jumps when it loads), `video`, `audio` or `file`."""
    if one.content_type in PICTURES and one.width and one.height:
        return "picture"
    family = one.content_type.partition("/")[0]
    return family if family in {"video", "audio"} else "file"


def in_short(attachments: tuple[Attachment, ...], held: Extras) -> str:
    """What a message without words is called where it is quoted; the page's own script says the same."""
    if attachments:
        return "a voice message" if attachments[0].voice else NAMES[kind_of(attachments[0])]
    if held.stickers:
        return "a sticker"
    if held.forward:
        return "a forwarded message"
    return "a poll" if held.poll else ""


def extras(message_id: int, held: Extras) -> Frame:
    """`stickers`, `forward`, `poll`, `cards` and `thread`, each empty or null where there is none."""
    return {
        "stickers": [sticker(one) for one in held.stickers],
        "forward": forward(message_id, held.forward) if held.forward else None,
        "poll": poll(held.poll) if held.poll else None,
        "cards": [
            {
                "url": card.url,
                "site": card.site,
                "title": card.title,
                "author": card.author,
                "html": drawn(card.description),
                "fields": [{"name": _plain(name), "html": drawn(value)} for name, value in card.fields],
            }
            for card in held.cards
        ],
        "thread": {"name": held.thread.name, "url": held.thread.url} if held.thread else None,
    }


def sticker(one: Sticker) -> Frame:
    """`url` is null for one that only has a name here."""
    return {"name": one.name, "url": f"/media/discord/stickers/{one.id}.{one.ext}" if one.ext else None}


def forward(message_id: int, one: Forward) -> Frame:
    return {
        "origin": one.origin,
        "url": one.url,
        "created_at": one.at or None,
        "html": drawn(one.content, one.mentions),
        "attachments": files(message_id, one.attachments),
        "stickers": [sticker(each) for each in one.stickers],
    }


def poll(one: Poll) -> Frame:
    answers = [{"text": answer.text, **emoji(answer.emoji), "votes": answer.votes} for answer in one.answers]
    return {
        "question": one.question,
        "answers": answers,
        "ends_at": one.ends_at or None,
        "multiple": one.multiple,
        "is_over": one.is_over,
    }


def reactions(held: tuple[Reaction, ...], mine: frozenset[str] | None = None) -> list[Frame]:
    """`me` is there only when it is known who asks."""
    return [
        {**emoji(one.emoji), "count": one.count} | ({} if mine is None else {"me": one.emoji in mine}) for one in held
    ]


def emoji(key: str) -> Frame:
    """An emoji as a client needs it: the key, and for a custom one its name and the address of its picture."""
    name, _, number = key.partition(":")
    if not number.isdigit():
        return {"emoji": key, "emoji_name": key, "emoji_url": None}
    return {"emoji": key, "emoji_name": f":{name}:", "emoji_url": f"/media/discord/emojis/{number}.webp"}


def drawn(content: str, mentions: Mentions = NONE) -> str:
    """The words as safe HTML, drawn once for all who are told them."""
    if not content:
        return ""
    tables = (mentions.users, mentions.roles, mentions.channels)
    return _drawn(content, tuple(tuple(sorted(table.items())) for table in tables))


@lru_cache(maxsize=4096)
def _drawn(content: str, names: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    users, roles, channels = (dict(table) for table in names)
    return render(content, Mentions(users=users, roles=roles, channels=channels))


@lru_cache(maxsize=1024)
def _plain(words: str) -> str:
    return plain(words)
