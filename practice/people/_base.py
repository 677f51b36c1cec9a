"""Who is meant and where: what the other modules of people find things with."""

from practice.interactions import Interactions
from practice.model import Channel, Member, Message
from practice.refusals import refusal
from practice.world import World

Who = int | str
Where = int | str


class Somebody:
    """Needs `world` and `interactions`, which Practice has."""

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

    def find(self, message_id: int) -> Message:
        """The message with this id, in whichever channel it is."""
        for listed in self.world.messages.values():
            if message_id in listed:
                return listed[message_id]
        raise refusal(10008)

    def direct(self, who: Who) -> list[Message]:
        """What the bot and somebody wrote to each other in direct messages, oldest first."""
        user_id = self.member(who).user.id
        mine = [each.id for each in self.world.channels.values() if each.recipients == [user_id]]
        return [message for number in mine for message in self.world.messages.get(number, {}).values()]

    def close_direct(self, who: Who) -> None:
        """From here on they take no direct messages."""
        self.world.closed_doors.add(self.member(who).user.id)

    def messages(self, channel: Where = "hangout") -> list[Message]:
        """All messages of a channel, oldest first."""
        return list(self.world.messages.get(self.channel(channel).id, {}).values())
