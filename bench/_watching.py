"""Somebody who looks at the Discord channel and notes when which message of the site's was there, alone or joined."""

import re
import time

from practice import Practice
from practice.model import Json

NUMBER = re.compile(r"message (\d{5})")


class Watcher:
    """`order`: the numbers of the messages as they stand in the channel, `seen` the moment in which each came first,
    `letters` how many of Discord's messages they took.
    """

    def __init__(self, practice: Practice) -> None:
        self.order: list[int] = []
        self.seen: dict[int, float] = {}
        self.letters = 0
        practice.world.listen(self._on_event)

    def _on_event(self, event: str, data: Json) -> None:
        if event == "MESSAGE_CREATE" and data.get("webhook_id"):
            now = time.monotonic()
            self.letters += 1
            words = [data["content"], *(one.get("description", "") for one in data["embeds"])]
            for found in NUMBER.findall("\n".join(words)):
                self.order.append(int(found))
                self.seen.setdefault(int(found), now)
