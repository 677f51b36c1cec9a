"""Cards: what Discord tells of a link, or what a bot says in a frame. Words and the link; pictures stay where they are,
for no visitor's browser shall ask anybody else.
"""

from collections.abc import Sequence

import discord

from cogs._reading._words import clean
from db.markup import plain
from db.messages import Card

CARDS_MAX, FIELDS_MAX = 10, 10
URL_MAX, NAME_MAX, TITLE_MAX, VALUE_MAX, DESCRIPTION_MAX = 2000, 100, 256, 500, 2000


def cards(embeds: Sequence[discord.Embed]) -> tuple[Card, ...]:
    """Those that tell anything: a bare picture's or animation's address stands in the message already."""
    made = (_card(one) for one in embeds[:CARDS_MAX])
    return tuple(one for one in made if one.title or one.description or one.fields or one.author)


def _card(embed: discord.Embed) -> Card:
    return Card(
        url=_address(embed.url),
        site=_line(embed.provider.name, NAME_MAX),
        title=_line(embed.title, TITLE_MAX),
        description=clean(embed.description or "", DESCRIPTION_MAX),
        author=_line(embed.author.name, TITLE_MAX),
        fields=tuple(
            (clean(str(one.name or ""), TITLE_MAX), clean(str(one.value or ""), VALUE_MAX))
            for one in embed.fields[:FIELDS_MAX]
        ),
    )


def _line(text: str | None, longest: int) -> str:
    return plain(str(text or ""))[:longest]


def _address(url: str | None) -> str:
    is_fit = url is not None and url.startswith(("https://", "http://")) and len(url) <= URL_MAX and url.isprintable()
    return url if url and is_fit else ""
