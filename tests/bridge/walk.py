"""A walk through everything that people may do on both sides while everything fails that can, one step after the other.

What the people did is written down, so that what both sides have lost together is missed too.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from practice import Message
from tests.bridge.agreement import differences
from tests.bridge.readers import Reader, Refusal, Speaker
from tests.bridge.scene import Scene

EMOJI = ("👍", "❤️", "🎉")
ALIVE = "select id, source, content, discord_id from messages where deleted_at is null"
HELD = "select message_id, emoji, p.name from reactions r join people p on p.id = person_id where r.source = 'web'"


@dataclass(frozen=True, slots=True)
class Step:
    """`what` is the name of a method of Walk; the numbers choose who, which message and what."""

    what: str
    who: int = 0
    which: int = 0


class Walk:
    """`mine`: the words of each message said on the site, by id, without those taken back. `held`: who on the site
    holds which emoji on which message. `cleared`: Discord's messages whose reactions a moderator took away.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.practice = scene.practice
        self.people = [Speaker(scene.url, name) for name in ("Ada", "Bob")]
        self.resumed = Reader(scene.url)
        self.slow = Reader(scene.url, is_slow=True)
        self.mine: dict[str, str] = {}
        self.held: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.cleared: set[int] = set()
        self.unsure: set[str] = set()
        self._ids: dict[str, str] = {}
        self._count = 0

    async def begin(self) -> None:
        await self.scene.is_on()
        for one in self.people:
            await one.join()
        for reader in (self.resumed, self.slow):
            reader.come()
            await reader.hello.wait()

    async def leave(self) -> None:
        await asyncio.gather(*(one.leave() for one in (*self.people, self.resumed, self.slow)))

    async def take(self, step: Step) -> None:
        act: Callable[[Step], Awaitable[None]] = getattr(self, step.what)
        with suppress(Refusal, LookupError):  # it is gone already
            await act(step)
        await asyncio.sleep(0.01)

    async def rest(self, seconds: float) -> list[str]:
        """All faults end, and everybody comes back. Returns in what the sides do not agree after so many seconds."""
        self.practice.faults.stop()
        self.slow.wake()
        if not self.resumed.is_here:
            self.resumed.come()
        until = asyncio.get_running_loop().time() + seconds
        while (told := await self._told()) and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.1)
        return told or await self._once_more()

    async def _once_more(self) -> list[str]:
        await asyncio.sleep(0.3)  # what comes twice comes late
        return await self._told()

    async def _told(self) -> list[str]:
        found = await differences(self.scene, [*self.people, self.resumed, self.slow])
        return [*found, *[one async for one in self._lost()]]

    async def _lost(self) -> AsyncIterator[str]:
        """What is not as the people of the site left it."""
        alive = {str(row["id"]): row for row in await self.scene.store.pool.fetch(ALIVE)}
        kept = {one: row["content"] for one, row in alive.items() if row["source"] == "web"}
        said = self.mine | {one: kept[one] for one in self.unsure & kept.keys()}
        if kept != said:
            yield f"the site keeps {kept}, and they said {said}"
        held: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in await self.scene.store.pool.fetch(HELD):
            held[str(row["message_id"]), row["emoji"]].add(row["name"])
        for what in held.keys() | self.held.keys():
            is_judged = what[0] in alive and alive[what[0]]["discord_id"] not in self.cleared
            if is_judged and held[what] != self.held[what]:
                yield f"{what} is held by {held[what]}, and was by {self.held[what]}"

    # On the site

    def _words(self) -> str:
        self._count += 1
        return f"words {self._count}"

    def _one_of(self, ids: "list[str]", step: Step) -> str:
        if not ids:
            raise LookupError
        return ids[-1 - step.which % len(ids)]

    def _speaker(self, step: Step) -> Speaker:
        return self.people[step.who % len(self.people)]

    def _seen(self) -> list[str]:
        return [one.id for one in self.people[0].shown]

    async def say(self, step: Step) -> None:
        await self._say(step)

    async def reply(self, step: Step) -> None:
        await self._say(step, reply_to=self._one_of(self._seen(), step))

    async def _say(self, step: Step, **fields: str) -> None:
        words = self._words()
        message_id = await self._speaker(step).ask("send", content=words, **fields)
        self.mine[message_id] = words
        self._ids[words] = message_id

    def _own(self, step: Step) -> tuple[Speaker, str]:
        speaker = self._speaker(step)
        own = [one.id for one in self.people[0].shown if one.author == speaker.name and one.id in self.mine]
        return speaker, self._one_of(own, step)

    async def edit(self, step: Step) -> None:
        (speaker, message_id), words = self._own(step), self._words()
        self._ids[words] = message_id
        await speaker.ask("edit", id=message_id, content=words)
        self.mine[message_id] = words

    async def delete(self, step: Step) -> None:
        speaker, message_id = self._own(step)
        await speaker.ask("delete", id=message_id)
        self.mine.pop(message_id)

    async def react(self, step: Step) -> None:
        speaker, message_id, emoji = self._speaker(step), self._one_of(self._seen(), step), EMOJI[step.which % 3]
        await speaker.ask("react", id=message_id, emoji=emoji)
        self.held[message_id, emoji].add(speaker.name)

    async def unreact(self, step: Step) -> None:
        held = [(*what, who) for what, people in self.held.items() for who in sorted(people)]
        if held:
            message_id, emoji, who = held[step.which % len(held)]
            await next(one for one in self.people if one.name == who).ask("unreact", id=message_id, emoji=emoji)
            self.held[message_id, emoji].discard(who)

    # In Discord

    def _there(self, step: Step, *, own: bool = False) -> Message:
        found = [one for one in self.practice.messages() if one.type in {0, 19} and not (own and one.webhook_id)]
        if not found:
            raise LookupError
        return found[-1 - step.which % len(found)]

    def _member(self, step: Step) -> str:
        return ("Mika", "Teo")[step.who % 2]

    async def say_there(self, step: Step) -> None:
        self.practice.say(self._member(step), self._words())

    async def reply_there(self, step: Step) -> None:
        self.practice.say(self._member(step), self._words(), reply_to=self._there(step).id)

    async def edit_there(self, step: Step) -> None:
        self.practice.edit(self._there(step, own=True).id, self._words())

    async def delete_there(self, step: Step) -> None:
        await self._moderate(self._there(step))

    async def clear_out(self, step: Step) -> None:
        await self._moderate(*{one.id: one for one in (self._there(step), self._there(Step("", 0, 0)))}.values())

    async def _moderate(self, *there: Message) -> None:
        """Deletes these, whoever said them. What we do not know yet to be there may be sent again: if we are killed, or
        do not hear the echo, nothing tells that it was there.
        """
        gone = {one.id: self._ids[one.content.rpartition("\n")[2]] for one in there if one.webhook_id}
        (self.practice.bulk_delete if len(there) > 1 else self.practice.delete)(*(one.id for one in there))
        recorded = await self.scene.recorded(list(gone))
        for discord_id, message_id in gone.items():
            self.mine.pop(message_id, None)
            self.unsure |= set() if discord_id in recorded else {message_id}

    async def react_there(self, step: Step) -> None:
        self.practice.react(self._member(step), self._there(step).id, EMOJI[step.which % 3])

    async def unreact_there(self, step: Step) -> None:
        held = [
            (who, one.id, emoji)
            for one in self.practice.messages()
            for emoji, people in one.reactions.items()
            for who in people
            if who != self.practice.bot_id
        ]
        if held:
            self.practice.unreact(*held[step.which % len(held)])

    async def clear_there(self, step: Step) -> None:
        there = self._there(step)
        self.practice.clear_reactions(there.id, None if step.who % 2 else EMOJI[step.which % 3])
        self.cleared.add(there.id)
