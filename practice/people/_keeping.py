"""Threads, pins and polls."""

from collections.abc import Sequence

from practice import pins, polls, threads
from practice.model import Channel, ChannelType, Message
from practice.people._base import Where, Who
from practice.people._speaking import Speaking


class Keeping(Speaking):
    def start_thread(
        self, who: Who, name: str, *, channel: Where = "hangout", message_id: int | None = None, text: str = ""
    ) -> Channel:
        """A thread on a message, or one that hangs on none; in a forum a post that begins with `text`. Speak in it with
        `channel=thread.id`."""
        place = self.channel(self.find(message_id).channel_id if message_id else channel)
        by = self.member(who).user
        if place.type is ChannelType.FORUM:
            return self.channel(threads.start_in_forum(self.world, place, by, name, {"content": text}).id)
        return threads.start(self.world, place, by, name, message_id)

    def change_thread(
        self, thread: Where, *, who: Who = "owner", archived: bool | None = None, locked: bool | None = None
    ) -> None:
        """Archives a thread or wakes it up, locks it or unlocks it."""
        given = {"archived": archived, "locked": locked}
        body = {key: value for key, value in given.items() if value is not None}
        threads.change(self.world, self.channel(thread), body, self.member(who).user)

    def delete_thread(self, thread: Where) -> None:
        threads.delete(self.world, self.channel(thread))

    def pin(self, who: Who, message_id: int) -> None:
        pins.pin(self.world, self.find(message_id), self.member(who).user)

    def unpin(self, message_id: int) -> None:
        pins.unpin(self.world, self.find(message_id))

    def pins(self, channel: Where = "hangout") -> list[Message]:
        """What is pinned in a channel, the last one pinned first."""
        return pins.pinned(self.world, self.channel(channel))

    def poll(
        self,
        who: Who,
        question: str,
        answers: Sequence[str | tuple[str, str]],
        *,
        hours: int = 24,
        multiple: bool = False,
        channel: Where = "hangout",
    ) -> Message:
        """Asks a poll. An answer is a text, or a text and an emoji; its number counts from 1."""
        listed: list[tuple[str, str | None]] = [(each, None) if isinstance(each, str) else each for each in answers]
        asked = polls.body(self.world, question, listed, hours, multiple=multiple)
        return self.post(who, channel, {"poll": asked})

    def vote(self, who: Who, message_id: int, answer: int | str) -> None:
        """Votes for an answer by its number or its text."""
        polls.vote(self.world, self.find(message_id), self.member(who).user.id, self.answer(message_id, answer))

    def unvote(self, who: Who, message_id: int, answer: int | str) -> None:
        polls.unvote(self.world, self.find(message_id), self.member(who).user.id, self.answer(message_id, answer))

    def answer(self, message_id: int, given: int | str) -> int:
        """The number of a poll's answer."""
        if isinstance(given, int):
            return given
        poll = self.find(message_id).poll
        found = [each.id for each in poll.answers if each.text == given] if poll else []
        if not found:
            raise LookupError(f"The poll has no answer {given!r}.")
        return found[0]

    def end_poll(self, message_id: int) -> Message:
        """Ends a poll before its time; gives the message that tells the result."""
        return polls.end(self.world, self.find(message_id))
