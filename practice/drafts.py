"""What a request's body says of a message that is still to be made: polls, stickers, where it points, what it
forwards. Everything is checked as Discord checks it; nobody is told yet."""

from dataclasses import replace
from datetime import timedelta

from practice import checks
from practice.model import (
    SYSTEM,
    Channel,
    File,
    Json,
    Message,
    MessageType,
    Poll,
    PollAnswer,
    Reference,
    ReferenceType,
    Snapshot,
    Sticker,
)
from practice.refusals import invalid_form, refusal
from practice.world import World

STICKERS_MAX = 3
ANSWERABLE = frozenset({MessageType.JOIN, MessageType.BOOST, MessageType.POLL_RESULT})  # though Discord's own
QUESTION_MAX, ANSWER_MAX, ANSWERS_MAX, HOURS_MAX = 300, 55, 10, 32 * 24


def poll(world: World, given: Json | None) -> Poll | None:
    """A poll of 1 to 10 answers, open for 24 hours unless the body says otherwise (at most 32 days)."""
    if not given:
        return None
    question = poll_text(given.get("question"), QUESTION_MAX, "poll.question.text")
    listed = list(given.get("answers") or [])
    if not 1 <= len(listed) <= ANSWERS_MAX:
        raise invalid_form("poll.answers", "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {ANSWERS_MAX} in length.")
    answers = [poll_answer(index, each.get("poll_media") or {}) for index, each in enumerate(listed)]
    hours = checks.between(given.get("duration") or 24, 1, HOURS_MAX, "poll.duration")
    expiry = world.time() + timedelta(hours=hours)
    return Poll(question, answers, expiry, bool(given.get("allow_multiselect")))


def poll_answer(index: int, media: Json) -> PollAnswer:
    text = poll_text(media, ANSWER_MAX, f"poll.answers.{index}.poll_media.text")
    emoji = media.get("emoji") or {}
    key = f"{emoji.get('name')}:{emoji['id']}" if emoji.get("id") else emoji.get("name")
    return PollAnswer(index + 1, text, key)


def poll_text(media: Json | None, longest: int, path: str) -> str:
    text = checks.content((media or {}).get("text"), path)
    if not 1 <= len(text) <= longest:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {longest} in length.")
    return text


def stickers(world: World, ids: list[object] | None) -> list[Sticker]:
    """At most three stickers of the guild. Raises 50081 for one that is not there."""
    wanted = [checks.snowflake(each, "sticker_ids") for each in ids or []]
    if len(wanted) > STICKERS_MAX:
        raise invalid_form("sticker_ids", "BASE_TYPE_MAX_LENGTH", f"Must be {STICKERS_MAX} or fewer in length.")
    if any(each not in world.guild.stickers for each in wanted):
        raise refusal(50081)
    return [world.guild.stickers[each] for each in wanted]


def reference(world: World, given: Json | None) -> Reference | None:
    """Where a reply or a forward points. Raises 50035 for an unknown message, unless `fail_if_not_exists` is false."""
    if not given:
        return None
    kind = checks.between(given.get("type") or 0, 0, 1, "message_reference.type")
    message_id = checks.snowflake(given.get("message_id"), "message_reference.message_id")
    found = next((listed[message_id] for listed in world.messages.values() if message_id in listed), None)
    if found and kind == ReferenceType.DEFAULT and found.type in SYSTEM - ANSWERABLE:
        raise invalid_form("message_reference", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE", "Cannot reply to it")
    if found:
        return Reference(found.id, found.channel_id, found.guild_id, ReferenceType(kind))
    if kind == ReferenceType.FORWARD or given.get("fail_if_not_exists", True):
        raise invalid_form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
    return None


def snapshots(world: World, channel: Channel, points: Reference | None) -> list[Snapshot]:
    """What a forward carries: the message as it is now, or what that one forwards. System messages and polls cannot be
    forwarded."""
    if points is None or points.type is not ReferenceType.FORWARD:
        return []
    original = world.message(points.channel_id, points.message_id or 0)
    if original.type in SYSTEM or original.poll:
        raise invalid_form("message_reference", "MESSAGE_REFERENCE_NOT_FORWARDABLE", "This message cannot be forwarded")
    taken = original.snapshots or [snapshot(original)]
    return [replace(each, attachments=[copied(world, channel, file) for file in each.attachments]) for each in taken]


def snapshot(message: Message) -> Snapshot:
    return Snapshot(
        message.type,
        message.content,
        message.timestamp,
        message.edited_timestamp,
        message.flags,
        list(message.mentions),
        list(message.mention_roles),
        list(message.attachments),
        list(message.embeds),
        list(message.components),
        list(message.stickers),
    )


def copied(world: World, channel: Channel, file: File) -> File:
    """A forwarded file outlives the message that it came from, so it is a file of its own."""
    made = replace(file, id=world.ids.next(), channel_id=channel.id)
    world.files[made.id] = made
    return made
