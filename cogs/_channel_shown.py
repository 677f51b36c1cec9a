"""What a message in the moderators' channel shows, by the kind of what it is about; and how it says at once what became
of it. The kinds are filled in by _channel_messages.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord

from cogs._buttons import Pressed, view_of
from cogs._channel_words import NO_UNFURLING, case_mark, footer_of
from db import mod_notices
from db.errors import NotFound
from db.store import Store

if TYPE_CHECKING:
    from cogs import Bot


@dataclass(frozen=True, slots=True)
class Shown:
    """A line, or an embed with buttons."""

    line: str = ""
    embed: dict[str, Any] | None = None
    buttons: list[Pressed] = field(default_factory=list)

    @property
    def payload(self) -> dict[str, Any]:
        """As Discord's API takes it. Nobody is mentioned."""
        told: dict[str, Any] = {"allowed_mentions": {"parse": []}}
        if self.embed is None:
            return told | {"content": self.line, "flags": NO_UNFURLING}
        return told | {"embeds": [self.embed], "components": view_of(self.buttons).to_components()}


SHOWN: dict[str, Callable[[Store, int], Awaitable[Shown | None]]] = {}


def is_about(message: discord.Message, kind: str, subject_id: int) -> bool:
    """Whether this message of ours shows that, whatever has become of it."""
    if kind == "case":
        return message.content.startswith(case_mark(subject_id))
    return any(one.footer.text == footer_of(kind, subject_id) for one in message.embeds)


async def show_anew(interaction: "discord.Interaction[Bot]", kind: mod_notices.Kind, subject_id: int) -> None:
    """The message says at once what became of it."""
    store = interaction.client.store
    notice = await mod_notices.notice_of(store.pool, kind, subject_id)
    shown = await SHOWN[kind](store, subject_id)
    if shown is None or shown.embed is None:
        raise NotFound("That is not here any more.")
    try:
        made = discord.Embed.from_dict(shown.embed)
        await interaction.edit_original_response(embed=made, view=view_of(shown.buttons))
    except discord.NotFound:
        return  # somebody has removed the message meanwhile
    if notice and interaction.message:
        await mod_notices.record(store, notice, interaction.message.id)
