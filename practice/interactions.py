"""Interactions: somebody runs a command, presses a button or fills a form, and the bot answers. Source: Discord's
'Receiving and Responding to Interactions'. What is written into INTERACTION_CREATE is in practice.occasions."""

import asyncio
import secrets
from dataclasses import dataclass, field
from enum import IntEnum

from practice import checks, components, files, mentions, messages, payloads
from practice.files import Upload
from practice.model import (
    EPHEMERAL,
    LOADING,
    Channel,
    InteractionType,
    Json,
    Message,
    MessageType,
)
from practice.refusals import invalid_form, refusal
from practice.world import World

FIRST_ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 15 * 60.0


class Answers(IntEnum):
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True)
class Interaction:
    """One occasion and what came of it. `kind` is the type of the first answer, None until there is one; `settled` is
    set once nothing more is owed: an answer that is not a deferral, or the deferred message."""

    id: int
    token: str
    type: InteractionType
    user_id: int
    channel: Channel
    began: float
    metadata: Json
    source: Message | None = None
    kind: Answers | None = None
    original: int | None = None
    followups: list[int] = field(default_factory=list)
    choices: list[Json] = field(default_factory=list)
    modal: Json | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)


class Interactions:
    """All interactions of the world, found by the token that the bot answers with."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._by_token: dict[str, Interaction] = {}

    def begin(
        self,
        type: InteractionType,  # noqa: A002 - Discord's own word
        user_id: int,
        channel: Channel,
        metadata: Json,
        source: Message | None = None,
    ) -> Interaction:
        world = self.world
        number, token = world.ids.next(), secrets.token_urlsafe(64)
        interaction = Interaction(number, token, type, user_id, channel, world.now(), metadata, source)
        interaction.metadata = {**metadata, "id": str(number)}
        self._by_token[token] = interaction
        return interaction

    def find(self, token: str) -> Interaction:
        """Raises 10015 for a token that never was, 50027 for one that is older than 15 minutes."""
        interaction = self._by_token.get(token)
        if interaction is None:
            raise refusal(10015)
        if self.world.now() - interaction.began > TOKEN_SECONDS:
            raise refusal(50027)
        return interaction

    def answer(self, number: int, token: str, body: Json, uploads: list[Upload]) -> Interaction:
        """The first answer, due within 3 seconds. Raises 10062 when it is late, 40060 when it is the second."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.id != number:
            raise refusal(10062)
        if interaction.kind is not None:
            raise refusal(40060)
        if self.world.now() - interaction.began > FIRST_ANSWER_SECONDS:
            raise refusal(10062)
        kind = permitted(interaction, body.get("type"))
        self._perform(interaction, kind, body.get("data") or {}, uploads)
        interaction.kind = kind
        if kind not in {Answers.DEFERRED_MESSAGE, Answers.DEFERRED_UPDATE}:
            interaction.settled.set()
        return interaction

    def _perform(self, interaction: Interaction, kind: Answers, data: Json, uploads: list[Upload]) -> None:
        if kind is Answers.MESSAGE:
            interaction.original = self._write(interaction, data, uploads).id
        elif kind is Answers.DEFERRED_MESSAGE:
            flags = int(data.get("flags") or 0) & EPHEMERAL | LOADING
            interaction.original = self._publish(interaction, self._blank(interaction, flags)).id
        elif kind is Answers.UPDATE and interaction.source:
            messages.edit(self.world, interaction.source, data, uploads)
            interaction.original = interaction.source.id
        elif kind is Answers.DEFERRED_UPDATE and interaction.source:
            interaction.original = interaction.source.id
        elif kind is Answers.CHOICES:
            interaction.choices = check_choices(data.get("choices") or [])
        elif kind is Answers.MODAL:
            components.check_form(data)
            interaction.modal = data

    def follow_up(self, interaction: Interaction, body: Json, uploads: list[Upload]) -> Message:
        """One more message; the first one after a deferral fills the message that was promised, ephemeral as that."""
        if interaction.kind is Answers.DEFERRED_MESSAGE and not interaction.settled.is_set():
            return self.edit(interaction, self.message(interaction, "@original"), body, uploads)
        message = self._write(interaction, body, uploads)
        interaction.followups.append(message.id)
        interaction.settled.set()
        return message

    def edit(self, interaction: Interaction, message: Message, body: Json, uploads: list[Upload]) -> Message:
        was_loading = message.flags & LOADING
        edited = messages.edit(self.world, message, body, uploads)
        if was_loading:
            edited.edited_timestamp = None
        interaction.settled.set()
        return edited

    def message(self, interaction: Interaction, which: str) -> Message:
        """`which` is "@original" or the id of one of this interaction's messages; 10008 for any other."""
        number = interaction.original if which == "@original" else checks.snowflake(which, "message_id")
        if number is None or number not in {interaction.original, *interaction.followups}:
            raise refusal(10008)
        whisper = self.world.whispers.get(number)
        return whisper or self.world.message(interaction.channel.id, number)

    def delete(self, interaction: Interaction, message: Message) -> None:
        interaction.settled.set()
        if self.world.whispers.pop(message.id, None) is None:
            messages.delete(self.world, message)
        else:
            messages.tell_update(self.world, message)

    def _write(self, interaction: Interaction, body: Json, uploads: list[Upload]) -> Message:
        text = checks.content(body.get("content"), "data.content")
        embeds = checks.embeds(body.get("embeds"))
        rows = components.check(list(body.get("components") or []), "data.components")
        checks.not_empty(text, embeds, uploads, rows)
        message = self._blank(interaction, int(body.get("flags") or 0) & (messages.FLAGS_TO_SET | EPHEMERAL))
        message.content, message.embeds, message.components = text, embeds, rows
        listed = body.get("attachments") or []
        message.attachments = files.keep_all(self.world, interaction.channel.id, uploads, listed)
        allowed = mentions.read_allowed(body.get("allowed_mentions"), mentions.FOR_WEBHOOKS)
        mentions.record(self.world, message, allowed)
        return self._publish(interaction, message)

    def _blank(self, interaction: Interaction, flags: int) -> Message:
        world, channel = self.world, interaction.channel
        message = Message(world.ids.next(), channel.id, channel.guild_id, world.bot, "", world.time(), flags=flags)
        if interaction.type is InteractionType.COMMAND:
            message.type = MessageType.CHAT_INPUT_COMMAND
        message.webhook_id = message.application_id = world.application.id
        message.interaction = interaction.metadata
        return message

    def _publish(self, interaction: Interaction, message: Message) -> Message:
        if not payloads.is_ephemeral(message):
            return messages.publish(self.world, message)
        message.seen_by = interaction.user_id
        self.world.whispers[message.id] = message
        messages.tell_update(self.world, message)
        return message


def permitted(interaction: Interaction, given: object) -> Answers:
    """The type of an answer, if this kind of interaction may be answered so; 50035 if not."""
    kinds = {Answers.MESSAGE, Answers.DEFERRED_MESSAGE}
    if interaction.type is InteractionType.AUTOCOMPLETE:
        kinds = {Answers.CHOICES}
    elif interaction.source is not None:
        kinds |= {Answers.UPDATE, Answers.DEFERRED_UPDATE}
    if interaction.type in {InteractionType.COMMAND, InteractionType.COMPONENT}:
        kinds |= {Answers.MODAL}
    if given not in set(kinds):
        listed = ", ".join(str(int(kind)) for kind in sorted(kinds))
        raise invalid_form("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")
    return Answers(int(str(given)))


def check_choices(choices: list[Json]) -> list[Json]:
    if len(choices) > 25:
        raise invalid_form("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for index, choice in enumerate(choices):
        if not 1 <= len(str(choice.get("name", ""))) <= 100:
            path = f"data.choices.{index}.name"
            raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    return choices
