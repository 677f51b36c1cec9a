"""Chats under whatever three people may do in any order: what must hold, holds after every step."""

import random
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
import pytest

from db import chats, messages, rooms
from db.config import Hangout
from db.errors import Refused
from db.people import Person
from db.store import Store
from tests.members import NOON, member

STEPS = 300
ANSWERS = ("accept", "accept", "accept", "decline", "block", "report")


class Walk:
    """`now` goes on by hours, so that requests also come to their end."""

    def __init__(self, store: Store, people: list[Person], chance: random.Random) -> None:
        self.store = store
        self.people = people
        self.chance = chance
        self.now: datetime = NOON
        self.said = self.kept = 0

    async def step(self) -> None:
        """Something that somebody does, to whoever it may be; a refusal is as good as a success."""
        self.now += timedelta(hours=self.chance.choice((0, 1, 20)))
        me, other = self.chance.sample(self.people, 2)
        doing = self.chance.choice(
            (self._ask, self._ask, self._answer, self._answer, *[self._say] * 5, self._read, self._read)
        )
        if self.chance.random() < 0.1:
            doing = self.chance.choice((self._leave, self._block, self._unblock))
        with suppress(Refused):
            await doing(me, other)

    async def _ask(self, me: Person, other: Person) -> None:
        await chats.ask(self.store, me, str(other.username), "hi", self.now)

    async def _answer(self, me: Person, other: Person) -> None:
        del other
        for request in await chats.requests_to(self.store.pool, me.id, self.now, 30):
            await chats.answer(self.store, me, request.id, self.chance.choice(ANSWERS), self.now)

    async def _room(self, me: Person) -> int:
        """One of theirs as a rule, else anybody's: it is also tried by whom it is not for."""
        own = [one.room_id for one in await chats.of_person(self.store.pool, me.id)]
        if own and self.chance.random() < 0.8:
            return self.chance.choice(own)
        rows = await self.store.pool.fetch("select id from rooms order by id")
        return int(self.chance.choice(rows)["id"])

    async def _say(self, me: Person, other: Person) -> None:
        del other
        self.said += 1
        room_id, words = await self._room(me), f"words {self.said}"
        await messages.say(self.store, room_id, me, words, words, self.now, network=words)
        self.kept += room_id > 1

    async def _delete(self, me: Person, other: Person) -> None:
        del other
        room_id = await self._room(me)
        own = [one for one in (await messages.newest(self.store.pool, room_id, 20))[1] if one.author.id == me.id]
        if own:
            await messages.delete(self.store, room_id, me, self.chance.choice(own).id, self.now)

    async def _read(self, me: Person, other: Person) -> None:
        del other
        room_id = await self._room(me)
        seq = await rooms.current_seq(self.store.pool, room_id)
        await chats.read(self.store, me, room_id, self.chance.randint(0, seq))

    async def _leave(self, me: Person, other: Person) -> None:
        del other
        await chats.leave(self.store, me, await self._room(me), self.now)

    async def _block(self, me: Person, other: Person) -> None:
        await chats.block(self.store, me, str(other.username), self.now)

    async def _unblock(self, me: Person, other: Person) -> None:
        del other
        for one in await chats.blocked_by(self.store.pool, me.id):
            await chats.unblock(self.store, me, str(one.username))


async def broken(store: Store) -> list[str]:
    """What does not hold, in words; each statement finds nothing while all is well."""
    rules = {
        "what waits is what the other said after the last that was read": """
            select m.room_id, m.person_id, m.unread from members m where m.left_at is null and m.unread <> (
                select count(*) from messages s where s.room_id = m.room_id and s.id > m.read_id
                    and s.author_id <> m.person_id and s.deleted_at is null)""",
        "an open chat has two members, a closed one fewer, and none is empty": """
            select r.id from rooms r where r.kind = 'chat' and (
                select count(*) from members m where m.room_id = r.id and m.left_at is null
            ) <> case when r.closed_at is null then 2 else 1 end""",
        "who has blocked somebody has no chat with them, nor a request that is seen": """
            select 1 from blocks b where exists (select from rooms r where r.closed_at is null
                and r.low_id = least(b.blocker_id, b.blocked_id) and r.high_id = greatest(b.blocker_id, b.blocked_id)
            ) or exists (select from chat_requests q where q.state = 'waiting'
                and (q.from_id, q.to_id) in ((b.blocker_id, b.blocked_id), (b.blocked_id, b.blocker_id)))""",
        "two with an open chat have no request between them": """
            select 1 from chat_requests q join rooms r on r.low_id = least(q.from_id, q.to_id)
                and r.high_id = greatest(q.from_id, q.to_id) and r.closed_at is null where q.state = 'waiting'""",
        "in a chat only its two have spoken": """
            select s.id from messages s join rooms r on r.id = s.room_id
            where r.kind = 'chat' and s.author_id not in (r.low_id, r.high_id)""",
        "the seq of a room has no gaps": """
            select r.id from rooms r where r.seq <> (select count(*) from changes c where c.room_id = r.id)""",
    }
    return [rule for rule, statement in rules.items() if await store.pool.fetch(statement)]


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_three_people_do_what_must_hold_holds(store: Store, seed: int) -> None:
    quick = Hangout(rate=1000, burst=1000, address_rate=1000, address_burst=1000)
    store.config = msgspec.structs.replace(store.config, hangout=quick)
    people = [await member(store, name) for name in ("ada", "bob", "eve")]
    walk = Walk(store, people, random.Random(seed))
    for number in range(STEPS):
        await walk.step()
        assert await broken(store) == [], f"after step {number} of the walk {seed}"
    assert await store.pool.fetchval("select last_value from rooms_id_seq") >= 2, "there were chats"
    assert walk.kept >= 5, "they were used"
