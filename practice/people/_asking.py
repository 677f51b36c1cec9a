"""Commands, buttons and forms, as people use them."""

from collections.abc import Mapping, Sequence
from typing import Any

from practice import answers, occasions
from practice.answers import Answer
from practice.model import Json, Message
from practice.people._base import Somebody, Where, Who

ANSWER_SECONDS = 5.0


class Asking(Somebody):
    async def command(
        self,
        words: str,
        options: Mapping[str, Any] | None = None,
        *,
        who: Who = "owner",
        channel: Where = "hangout",
        timeout: float = ANSWER_SECONDS,
    ) -> Answer:
        """Runs a slash command, as "hangout here", and waits for its answer. Options by name: text, numbers, booleans,
        ids of users, channels and roles, bytes or an Upload for attachments."""
        user_id, place = self.member(who).user.id, self.channel(channel)
        began = occasions.run_command(self.interactions, user_id, place, words, options or {})
        return await answers.wait_for(self.world, began, timeout)

    async def autocomplete(
        self,
        words: str,
        focused: str,
        options: Mapping[str, Any] | None = None,
        *,
        who: Who = "owner",
        channel: Where = "hangout",
        timeout: float = ANSWER_SECONDS,
    ) -> list[Json]:
        """The choices offered while the option `focused` holds what `options` says; each has name and value."""
        user_id, place = self.member(who).user.id, self.channel(channel)
        began = occasions.complete(self.interactions, user_id, place, words, focused, options or {focused: ""})
        answer = await answers.wait_for(self.world, began, timeout)
        return list(answer.choices)

    async def menu(
        self, name: str, target: Message | Who, *, who: Who = "owner", timeout: float = ANSWER_SECONDS
    ) -> Answer:
        """Runs a context menu command on a message or on a person."""
        on = target if isinstance(target, Message) else self.member(target).user.id
        place = self.channel(target.channel_id if isinstance(target, Message) else "hangout")
        began = occasions.run_on(self.interactions, self.member(who).user.id, place, name, on)
        return await answers.wait_for(self.world, began, timeout)

    async def press(
        self,
        message: Message,
        custom_id: str,
        values: Sequence[str] = (),
        *,
        who: Who = "owner",
        timeout: float = ANSWER_SECONDS,
    ) -> Answer:
        """Presses a button of a message, or chooses `values` in one of its selects."""
        user_id = self.member(who).user.id
        began = occasions.press(self.interactions, user_id, message, custom_id, list(values))
        return await answers.wait_for(self.world, began, timeout)

    async def submit(self, form: Answer, values: Mapping[str, str], *, timeout: float = ANSWER_SECONDS) -> Answer:
        """Sends a form that a command was answered with; `values` are by the custom_id of each field."""
        began = occasions.submit(self.interactions, form.interaction, values)
        return await answers.wait_for(self.world, began, timeout)
