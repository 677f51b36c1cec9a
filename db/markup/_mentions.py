"""Who and what a message mentions. Discord writes ids; the names come with the message and are kept beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mentions:
    """Names by id (a string of digits), as they were when the message was written; who is missing gets another word."""

    users: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)

    def name(self, mark: str, mentioned: str) -> str:
        """The name behind `<@id>`, `<@!id>`, `<@&id>` or `<#id>`; `mark` is what stands before the id."""
        if mark == "#":
            return self.channels.get(mentioned) or "channel"
        if mark == "@&":
            return self.roles.get(mentioned) or "role"
        return self.users.get(mentioned) or "someone"


NONE = Mentions()
