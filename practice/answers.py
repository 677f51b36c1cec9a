"""What a person in Discord sees after a command, a press or a form: the bot's answer."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from practice.interactions import Answers, Interaction
from practice.model import EPHEMERAL, Json, Message
from practice.world import World


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` is None when nothing came within the time ("The application did not respond"). `modal` is the form that
    was opened, `choices` is what autocomplete offered, `followups` are later messages, oldest first."""

    kind: Answers | None
    interaction: Interaction
    message: Message | None = None
    followups: tuple[Message, ...] = ()
    choices: tuple[Json, ...] = ()
    modal: Json | None = None

    @property
    def content(self) -> str:
        return self.message.content if self.message else ""

    @property
    def ephemeral(self) -> bool:
        return bool(self.message and self.message.flags & EPHEMERAL)


async def wait_for(world: World, interaction: Interaction, seconds: float) -> Answer:
    """Waits until the bot owes nothing more, and gives what there is by then."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await interaction.settled.wait()
    return read(world, interaction)


def read(world: World, interaction: Interaction) -> Answer:
    stored = world.messages.get(interaction.channel.id, {})
    original = world.whispers.get(interaction.original or 0) or stored.get(interaction.original or 0)
    later = [world.whispers.get(each) or stored.get(each) for each in interaction.followups]
    return Answer(
        interaction.kind,
        interaction,
        original,
        tuple(message for message in later if message),
        tuple(interaction.choices),
        interaction.modal,
    )
