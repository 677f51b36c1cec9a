"""What must hold after a storm: in PostgreSQL once, in the channel once, in order, as it was left, on every socket."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

from bench._house import House
from bench._visitors import Visitor
from db.embedded import embedded_postgres
from practice import Message, Practice

ROWS = """select m.id, c.seq, m.source, m.nonce, p.name, m.content, m.relay, m.discord_id,
    m.deleted_at is not null as gone,
    exists (select from reactions r where r.message_id = m.id and r.source = 'web') as held
    from messages m join people p on p.id = m.author_id join changes c on c.message_id = m.id and c.kind = 'create'
    order by c.seq"""
JOINED = re.compile(r"^\*\*(.+?)\*\*: (.*)$", re.MULTILINE)
SEQS = "select seq from changes order by seq"


@dataclass(slots=True)
class Evidence:
    """Everything there is to look at. `status` is how the program ended, `problems` what was noticed on the way."""

    practice: Practice
    house: House
    visitors: list[Visitor]
    status: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def relayed(self) -> list[tuple[str, str, int]]:
        """What came into the channel from the site: who said what, and the id there. One that holds several has a line
        for each.
        """
        ours = [message for message in self.practice.messages() if message.webhook_id]
        return [(*said, message.id) for message in ours for said in _lines(message)]

    @property
    def spoken(self) -> list[Message]:
        """What people said in the channel."""
        return [message for message in self.practice.messages() if not message.webhook_id]


async def judge(evidence: Evidence) -> list[str]:
    """Every promise that was not kept, as a sentence. The program must have stopped."""
    async with embedded_postgres(evidence.house.data) as dsn:
        conn = await asyncpg.connect(dsn)
        try:
            rows = await conn.fetch(ROWS)
            seqs = [row["seq"] for row in await conn.fetch(SEQS)]
        finally:
            await conn.close()
    return [
        *evidence.problems,
        *_endings(evidence),
        *_kept(evidence, rows, seqs),
        *_relayed(evidence, [row for row in rows if not row["gone"]]),
        *_mirrored(evidence, [row for row in rows if not row["gone"]]),
        *_heard(evidence, {str(row["id"]): row["content"] for row in rows if not row["gone"]}, len(seqs)),
    ]


def _endings(evidence: Evidence) -> Iterator[str]:
    if evidence.status != 0:
        yield f"the program ended with status {evidence.status}"


def _kept(evidence: Evidence, rows: Sequence[asyncpg.Record], seqs: Sequence[int]) -> Iterator[str]:
    """In PostgreSQL once, under the id and the place that were acknowledged, each visitor's in their own order, and as
    they left it.
    """
    if seqs != list(range(1, len(seqs) + 1)):
        yield "the room's order has gaps"
    found = {row["nonce"]: (str(row["id"]), row["seq"]) for row in rows if row["source"] == "web"}
    for visitor in evidence.visitors:
        if missing := set(visitor.said) - set(visitor.acks):
            yield f"{len(missing)} messages of {visitor.name} were never acknowledged"
        if wrong := [nonce for nonce, ack in visitor.acks.items() if found.get(nonce) != ack]:
            yield f"{len(wrong)} acknowledged messages of {visitor.name} are not what was kept, such as {wrong[0]}"
        words = [row["content"] for row in rows if row["name"] == visitor.name and not row["gone"]]
        if Counter(words) != Counter(visitor.meant):
            yield f"{visitor.name} did not leave it so: {difference(visitor.meant, words)}"
        own = [found[nonce][1] for nonce in visitor.said if nonce in found]
        if own != sorted(own) and not visitor.refused:
            yield f"the messages of {visitor.name} are not in the order in which they were sent"
    said = sum(len(visitor.said) for visitor in evidence.visitors)
    kept = sum(row["source"] == "web" for row in rows)
    if kept != said:
        yield f"{said} messages were said and {kept} kept"


def _relayed(evidence: Evidence, rows: Sequence[asyncpg.Record]) -> Iterator[str]:
    """In the channel once and in order; and the other way round."""
    ours = [row for row in rows if row["source"] == "web"]
    wanted = [(row["name"], row["content"]) for row in ours]
    there = [(name, words) for name, words, _ in evidence.relayed]
    if there != wanted:
        yield f"the channel is not what was said: {difference(wanted, there)}"
    elif [row["discord_id"] for row in ours] != [number for _, _, number in evidence.relayed]:
        yield "messages are recorded under the wrong Discord ids"
    if waiting := sum(row["relay"] != "sent" for row in ours):
        yield f"{waiting} messages are not marked as sent"
    spoken = [message.content for message in evidence.spoken]
    heard = [row["content"] for row in rows if row["source"] == "discord"]
    if heard != spoken:
        yield f"what was said in Discord is not on the site: {difference(spoken, heard)}"


def _mirrored(evidence: Evidence, rows: Sequence[asyncpg.Record]) -> Iterator[str]:
    """The bot holds an emoji where somebody on the site does, and nowhere else."""
    wanted = {row["discord_id"] for row in rows if row["held"]}
    there = {message.id for message in evidence.practice.messages() if any(message.reactions.values())}
    if there != wanted:
        yield f"reactions are not as on the site: {difference(sorted(wanted), sorted(there))}"


def _heard(evidence: Evidence, words: Mapping[str, str], seq: int) -> Iterator[str]:
    """On every socket in order, however often it resumed, and all of it up to the last change."""
    for visitor in evidence.visitors:
        if visitor.heard != sorted(set(visitor.heard)):
            yield f"{visitor.name} heard something twice, or in another order"
        if visitor.heard[-1:] != [seq]:
            yield f"{visitor.name} heard nothing after {visitor.heard[-1:]} of {seq} changes"
        if visitor.known != words:
            yield f"{visitor.name} does not see what is kept: {difference(sorted(words.items()), visitor.sees)}"
        if visitor.resets:
            yield f"{visitor.name} had to begin anew {visitor.resets} times"


def _lines(message: Message) -> list[tuple[str, str]]:
    whole = "\n".join([message.content, *(one.get("description", "") for one in message.embeds)])
    return JOINED.findall(whole) or [(message.author_name, message.content)]


def difference(wanted: Sequence[object], found: Sequence[object]) -> str:
    missing, extra = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    if not missing and not extra:
        place = next(place for place, (one, other) in enumerate(zip(wanted, found, strict=True)) if one != other)
        return f"the order differs from place {place} on"
    return f"{missing.total()} missing {list(missing)[:3]}, {extra.total()} too many {list(extra)[:3]}"
