"""Who is here now, and how Discord is: state that lives only in memory, on the hub's side of the house."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Presence:
    """`here` counts open sockets of the hangout by visitor; `elsewhere` is what other processes said of theirs.
    `around` counts the sockets of members, whatever they are for; `around_elsewhere` are those of other processes.
    `members` is how many are online in Discord, None when nobody told. `redis`: `not used`, `away` or `on`; `sockets`:
    how many are open at this process, whatever for.
    """

    here: Counter[str] = field(default_factory=Counter)
    elsewhere: dict[str, int] = field(default_factory=dict)
    around: Counter[int] = field(default_factory=Counter)
    around_elsewhere: dict[str, frozenset[int]] = field(default_factory=dict)
    owner: str = "offline"
    relay: str = "off"
    members: int | None = None
    redis: str = "not used"
    sockets: int = 0

    def enter(self, visitor: str) -> None:
        self.here[visitor] += 1

    def leave(self, visitor: str) -> None:
        self.here[visitor] -= 1
        if self.here[visitor] <= 0:
            del self.here[visitor]

    def arrive(self, person_id: int) -> bool:
        """A member opened one more socket. Whether that is news: they were not here before."""
        self.around[person_id] += 1
        return self.around[person_id] == 1

    def depart(self, person_id: int) -> bool:
        """They closed one; whether it was their last here."""
        self.around -= Counter([person_id])
        return person_id not in self.around

    def is_here(self, person_id: int) -> bool:
        """Whether this member has the site open, in whichever process. What they let others see of it is not asked."""
        return person_id in self.around or any(person_id in people for people in self.around_elsewhere.values())

    @property
    def online(self) -> int:
        """How many people are here, each counted once however many windows they have open."""
        return len(self.here) + sum(self.elsewhere.values())


@dataclass(slots=True)
class DiscordState:
    """How the way to Discord is, in two parts: the connection, and the hangout's channel. Sentences are for the owner.

    `connection`: `off` (no token), `waiting` (another process holds the gateway), `connecting`, `on`, `wrong_token`,
    `missing_intent`. `channel`: `on`, `no_channel`, `no_permission`. `fallback`: the bot speaks itself, by no webhook.
    `unmirroring`: the bot's own reactions, as (Discord's message id, emoji), that it is taking back just now.
    """

    connection: str = "off"
    connection_sentence: str = ""
    channel: str = "on"
    channel_sentence: str = ""
    fallback: bool = False
    unmirroring: set[tuple[int, str]] = field(default_factory=set)

    @property
    def state(self) -> str:
        """The first of the two that is not `on`."""
        return self.connection if self.connection != "on" else self.channel

    @property
    def sentence(self) -> str:
        """What is to be done; empty when all is well."""
        return self.connection_sentence if self.connection != "on" else self.channel_sentence
