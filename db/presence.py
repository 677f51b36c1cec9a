"""Who is here now, and how Discord is: state that lives only in memory, on the hub's side of the house."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Presence:
    """`here` counts open sockets by visitor; `elsewhere` is what other processes said of theirs. `members` is how many
    are online in Discord, None when nobody told.
    """

    here: Counter[str] = field(default_factory=Counter)
    elsewhere: dict[str, int] = field(default_factory=dict)
    owner: str = "offline"
    relay: str = "off"
    members: int | None = None

    def enter(self, visitor: str) -> None:
        self.here[visitor] += 1

    def leave(self, visitor: str) -> None:
        self.here[visitor] -= 1
        if self.here[visitor] <= 0:
            del self.here[visitor]

    @property
    def online(self) -> int:
        """How many people are here, each counted once however many windows they have open."""
        return len(self.here) + sum(self.elsewhere.values())


@dataclass(slots=True)
class DiscordState:
    """How the way to Discord is, in two parts: the connection, and the hangout's channel. Sentences are for the owner.

    `connection`: `off` (no token), `waiting` (another process holds the gateway), `connecting`, `on`, `wrong_token`,
    `missing_intent`. `channel`: `on`, `no_channel`, `no_permission`. `fallback`: the bot speaks itself, by no webhook.
    """

    connection: str = "off"
    connection_sentence: str = ""
    channel: str = "on"
    channel_sentence: str = ""
    fallback: bool = False

    @property
    def state(self) -> str:
        """The first of the two that is not `on`."""
        return self.connection if self.connection != "on" else self.channel

    @property
    def sentence(self) -> str:
        """What is to be done; empty when all is well."""
        return self.connection_sentence if self.connection != "on" else self.channel_sentence
