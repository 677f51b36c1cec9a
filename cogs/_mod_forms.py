"""The form of 'Ban web author': for how long, and why."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import discord

from cogs._case_words import done
from cogs._kept_forms import KeptForm, terms
from cogs._mod_buttons import undo
from cogs._mod_desk import say
from cogs._mod_who import author_of
from cogs._moderators import begin, now
from db import messages, sanctions
from db.cases import Subject
from db.errors import Refused

if TYPE_CHECKING:
    from cogs import Bot

IN_DISCORD = "This was said in Discord, not on the site: time them out there, or use `/mod ban`."


class BanAuthor(KeptForm, custom_id="mod:ban:{message}"):
    """Bans whoever said on the site what this message of Discord's is a copy of."""

    def __init__(self, discord_message_id: int) -> None:
        super().__init__({"message": discord_message_id}, "Ban web author")
        self.ask_terms()

    @classmethod
    async def send(
        cls, interaction: "discord.Interaction[Bot]", numbers: Mapping[str, int], typed: Mapping[str, str]
    ) -> None:
        by = await begin(interaction)
        person, said = await author_of(interaction, numbers["message"])
        if said.source != "web":
            raise Refused(IN_DISCORD, "not_web")
        how, moment = await terms(interaction, typed), now()
        case = await sanctions.ban(
            interaction.client.store,
            by,
            person.id,
            moment,
            about=Subject(person.id, said.room_id, said.id),
            evidence=[messages.shown(said)],
            **how,
        )
        await say(interaction, done(case, moment), undo(case, person.id))


FORMS = (BanAuthor,)
