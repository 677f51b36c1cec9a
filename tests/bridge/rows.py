"""What a row of the table of what crosses the bridge is: it prepares, acts, and then tells what has to hold.

A row is an async generator over a Scene and a visitor: up to its first `yield` it prepares, up to the second it acts,
and that one gives a function which asserts, of what is Seen at rest, that all has arrived.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from practice import Message, Practice
from tests.bridge.readers import Speaker
from tests.bridge.scene import Scene
from tests.bridge.shown import Frame

Holds = Callable[["Seen"], Any]
Steps = AsyncGenerator[Holds | None, None]
Row = Callable[[Scene, Speaker], Steps]
IDS = "select id, discord_id from messages where discord_id is not null"


@dataclass(frozen=True, slots=True)
class Seen:
    """`here` is what the API tells, by id, without what is deleted; `discord_ids` those of the site's ids. `ada` is the
    visitor, with what she was told.
    """

    here: Mapping[str, Frame]
    discord_ids: Mapping[str, int]
    practice: Practice
    ada: Speaker

    def of(self, discord_id: int) -> Frame:
        """What the site shows of a message of Discord's."""
        return self.here[next(one for one, known in self.discord_ids.items() if known == discord_id)]

    def has(self, discord_id: int) -> bool:
        return any(known == discord_id and one in self.here for one, known in self.discord_ids.items())

    def there(self, message_id: str) -> Message:
        """What Discord shows of a message of the site's."""
        return self.practice.find(self.discord_ids[message_id])

    @property
    def there_ids(self) -> set[int]:
        return {one.id for one in self.practice.messages()}


async def look(scene: Scene, ada: Speaker) -> Seen:
    async with scene.client.get(f"{scene.url}/api/v1/rooms/hangout/messages?after=0") as answer:
        frames = (await answer.json())["messages"]
    ids = {str(row["id"]): row["discord_id"] for row in await scene.store.pool.fetch(IDS)}
    return Seen({one["id"]: one for one in frames if not one["deleted"]}, ids, scene.practice, ada)


async def sent(scene: Scene, ada: Speaker, words: str, **fields: object) -> str:
    """She says it; returns its id once it is in Discord."""
    message_id = await ada.ask("send", content=words, **fields)
    async with asyncio.timeout(20):
        while await scene.in_discord(message_id) is None:
            await asyncio.sleep(0.02)
    return message_id


def counts(message: Frame) -> dict[str, int]:
    return {one["emoji"]: one["count"] for one in message["reactions"]}
