"""What people in the practice Discord do: the half of the server that tests and the page drive. A person is named by a
display name ("Mika"), a user id, or "owner"; a channel by its name or id."""

from collections.abc import Mapping, Sequence
from typing import Any

from practice import answers, messages, occasions, payloads, permissions, reactions, threads
from practice.answers import Answer
from practice.files import Upload, content_type
from practice.interactions import Interactions
from practice.model import Channel, Emoji, Json, Member, Message, User
from practice.refusals import refusal
from practice.world import World

Who = int | str
Where = int | str
ANSWER_SECONDS = 5.0


class People:
    """Mixed into Practice; needs `world` and `interactions`. Every method refuses what Discord's client would refuse,
    by raising Refusal, LookupError or ValueError."""

    world: World
    interactions: Interactions

    def member(self, who: Who) -> Member:
        if who == "owner":
            who = self.world.guild.owner_id
        if isinstance(who, int):
            return self.world.member(who)
        named = [each for each in self.world.guild.members.values() if who in {each.name, each.user.username}]
        if not named:
            raise LookupError(f"Nobody here is called {who!r}.")
        return named[0]

    def channel(self, where: Where) -> Channel:
        if isinstance(where, int):
            return self.world.channel(where)
        named = [each for each in self.world.channels.values() if each.name == where]
        if not named:
            raise LookupError(f"There is no channel {where!r}.")
        return named[0]

    def say(
        self,
        who: Who,
        text: str,
        *,
        channel: Where = "hangout",
        reply_to: int | None = None,
        files: Sequence[tuple[str, bytes] | Upload] = (),
        ping: bool = True,
    ) -> Message:
        """Posts as a person. `files` are (filename, bytes); `ping` false replies without notifying."""
        member, place = self.member(who), self.channel(channel)
        if not self.world.permissions(member.user.id, place) & permissions.SEND_MESSAGES:
            raise refusal(50013)
        body: Json = {"content": text}
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to}
        if not ping:
            body["allowed_mentions"] = {"parse": ["users", "roles", "everyone"], "replied_user": False}
        return messages.post(self.world, place, member.user, body, [upload(n, each) for n, each in enumerate(files)])

    def edit(self, message_id: int, text: str) -> Message:
        return messages.edit(self.world, self.find(message_id), {"content": text})

    def delete(self, message_id: int) -> None:
        messages.delete(self.world, self.find(message_id))

    def bulk_delete(self, *message_ids: int) -> None:
        place = self.channel(self.find(message_ids[0]).channel_id)
        messages.bulk_delete(self.world, place, list(message_ids))

    def react(self, who: Who, message_id: int, emoji: str) -> None:
        """`emoji` is a unicode one or `name:id` of a custom one."""
        reactions.add(self.world, self.find(message_id), self.member(who).user.id, emoji)

    def unreact(self, who: Who, message_id: int, emoji: str) -> None:
        reactions.remove(self.world, self.find(message_id), self.member(who).user.id, emoji)

    def clear_reactions(self, message_id: int, emoji: str | None = None) -> None:
        """All reactions of a message, or all of one emoji."""
        if emoji is None:
            reactions.clear(self.world, self.find(message_id))
        else:
            reactions.remove_emoji(self.world, self.find(message_id), emoji)

    def typing(self, who: Who, channel: Where = "hangout") -> None:
        reactions.typing(self.world, self.channel(channel), self.member(who).user.id)

    def start_thread(
        self, who: Who, name: str, *, channel: Where = "hangout", message_id: int | None = None
    ) -> Channel:
        return threads.start(self.world, self.channel(channel), self.member(who).user.id, name, message_id)

    def find(self, message_id: int) -> Message:
        """The message with this id, in whichever channel it is."""
        for listed in self.world.messages.values():
            if message_id in listed:
                return listed[message_id]
        raise refusal(10008)

    def messages(self, channel: Where = "hangout") -> list[Message]:
        """All messages of a channel, oldest first."""
        return list(self.world.messages.get(self.channel(channel).id, {}).values())

    # The guild

    def join(self, name: str, *, user_id: int | None = None) -> Member:
        """A new member."""
        number = user_id or self.world.ids.next()
        user = User(number, name.lower().replace(" ", "_"), name)
        member = Member(user, [], self.world.time())
        self.world.users[number], self.world.guild.members[number] = user, member
        shape = payloads.member(member) | {"guild_id": str(self.world.guild.id)}
        self.world.tell("GUILD_MEMBER_ADD", shape)
        return member

    def rename(self, who: Who, nick: str | None) -> None:
        member = self.member(who)
        member.nick = nick
        self.world.tell("GUILD_MEMBER_UPDATE", payloads.member(member) | {"guild_id": str(self.world.guild.id)})

    def set_status(self, who: Who, status: str) -> None:
        """`status` is online, idle, dnd or offline."""
        member = self.member(who)
        member.status = status
        self.world.tell("PRESENCE_UPDATE", payloads.presence(self.world, member))

    def set_bot_permissions(self, *, without: int = 0, add: int = 0) -> None:
        """Takes permission bits from the bot's role, or gives some; the bits are in practice.permissions."""
        world = self.world
        role = world.guild.roles[world.member(world.bot.id).roles[0]]
        everyone = world.guild.roles[world.guild.id]
        role.permissions = role.permissions & ~without | add
        everyone.permissions &= ~without  # what everybody may do the bot's role cannot take away
        for changed in (role, everyone):
            world.tell("GUILD_ROLE_UPDATE", {"guild_id": str(world.guild.id), "role": payloads.role(changed)})

    def add_emoji(self, name: str, *, animated: bool = False) -> Emoji:
        emoji = Emoji(self.world.ids.next(), name, animated)
        self.world.guild.emojis[emoji.id] = emoji
        listed = [payloads.emoji(each) for each in self.world.guild.emojis.values()]
        self.world.tell("GUILD_EMOJIS_UPDATE", {"guild_id": str(self.world.guild.id), "emojis": listed})
        return emoji

    # Interactions

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


def upload(index: int, given: tuple[str, bytes] | Upload) -> Upload:
    if isinstance(given, Upload):
        return given
    return Upload(index, given[0], content_type(given[0]), given[1])
