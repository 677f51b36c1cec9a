"""Polls: asked, voted in, ended. Source: Discord's poll page."""

from typing import Any

from practice import messages, payloads, system
from practice.model import Json, Message, MessageType, Poll, PollAnswer, Reference
from practice.refusals import refusal
from practice.world import World


def vote(world: World, message: Message, user_id: int, answer_id: int) -> None:
    """Votes for an answer; where only one may be chosen, the earlier vote is taken back first."""
    poll = running(world, message)
    chosen = answer_of(poll, answer_id)
    if user_id in chosen.voters:
        return
    if not poll.multiple:
        for other in poll.answers:
            unvote(world, message, user_id, other.id)
    chosen.voters.append(user_id)
    world.tell("MESSAGE_POLL_VOTE_ADD", event(message, user_id, answer_id))


def unvote(world: World, message: Message, user_id: int, answer_id: int) -> None:
    chosen = answer_of(running(world, message), answer_id)
    if user_id in chosen.voters:
        chosen.voters.remove(user_id)
        world.tell("MESSAGE_POLL_VOTE_REMOVE", event(message, user_id, answer_id))


def event(message: Message, user_id: int, answer_id: int) -> Json:
    return messages.where(message) | {
        "user_id": str(user_id),
        "message_id": str(message.id),
        "answer_id": answer_id,
    }


def running(world: World, message: Message) -> Poll:
    """The poll of a message. Raises 520006 when there is none, 520001 when it is over."""
    if message.poll is None:
        raise refusal(520006)
    if message.poll.finalized or world.time() >= message.poll.expiry:
        raise refusal(520001)
    return message.poll


def answer_of(poll: Poll, answer_id: int) -> PollAnswer:
    found = next((each for each in poll.answers if each.id == answer_id), None)
    if found is None:
        raise LookupError(f"The poll has no answer {answer_id}.")
    return found


def end(world: World, message: Message) -> Message:
    """Ends a poll now: its message carries the final counts, and another one tells who won. That is no edit."""
    poll = message.poll
    if poll is None:
        raise refusal(520006)
    if poll.finalized:
        raise refusal(520001)
    poll.expiry, poll.finalized = min(poll.expiry, world.time()), True
    messages.tell_update(world, message)
    points = Reference(message.id, message.channel_id, message.guild_id)
    channel = world.channel(message.channel_id)
    result = system.draft(world, channel, message.author, MessageType.POLL_RESULT, reference=points)
    result.embeds = [outcome(world, poll)]
    result.webhook_id, result.application_id = message.webhook_id, message.application_id
    return messages.publish(world, result)


def end_due(world: World) -> None:
    """Ends every poll whose time is over."""
    stored = [message for listed in world.messages.values() for message in listed.values()]
    for message in stored:
        if message.poll and not message.poll.finalized and world.time() >= message.poll.expiry:
            end(world, message)


def outcome(world: World, poll: Poll) -> Json:
    """The embed of a result; with no votes, or as many for several answers, there is no victor."""
    counts = [len(answer.voters) for answer in poll.answers]
    fields: dict[str, Any] = {
        "poll_question_text": poll.question,
        "victor_answer_votes": max(counts),
        "total_votes": sum(counts),
    }
    best = [answer for answer in poll.answers if answer.voters and len(answer.voters) == max(counts)]
    if len(best) == 1:
        fields |= {"victor_answer_id": best[0].id, "victor_answer_text": best[0].text}
        if best[0].emoji:
            drawn = payloads.reaction_emoji(world, best[0].emoji)
            fields |= {"victor_answer_emoji_name": drawn["name"]}
            fields |= {"victor_answer_emoji_id": drawn["id"]} if drawn["id"] else {}
    listed = [{"name": name, "value": str(value), "inline": False} for name, value in fields.items()]
    return {"type": "poll_result", "fields": listed}


def body(world: World, question: str, answers: list[tuple[str, str | None]], hours: int, *, multiple: bool) -> Json:
    """A poll as a client asks for one; answers are (text, emoji)."""
    listed = [{"poll_media": payloads.poll_media(world, PollAnswer(0, text, emoji))} for text, emoji in answers]
    return {"question": {"text": question}, "answers": listed, "duration": hours, "allow_multiselect": multiple}
