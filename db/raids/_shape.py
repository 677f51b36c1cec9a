"""One raid, with the numbers that the moderators' channel shows of it."""

from dataclasses import dataclass
from datetime import datetime

from db.store import Conn

# Who came with the raid $1, is not of the house, and nothing of whom a moderator has let through since.
THEM = """select p.person_id as id from raid_people p where p.raid_id = $1
    and not exists (select from people h where h.id = p.person_id and (h.owner or h.role = 'author'))
    and not exists (select from held h where h.author_id = p.person_id and h.state = 'approved')
    and not exists (select from comments c
        where c.author_id = p.person_id and c.state = 'approved' and c.decided_by is not null)"""
# Of them: what stands where everybody may read it.
STANDING = """from messages m join rooms o on o.id = m.room_id
    where m.author_id in (select id from them) and m.kind = 'said' and m.deleted_at is null and o.kind <> 'chat'"""
# Of them: who is banned already.
BANNED = """select s.person_id from sanctions s where s.kind = 'ban' and (s.until is null or s.until > now())
    and s.person_id in (select id from them)"""


@dataclass(frozen=True, slots=True)
class Raid:
    """`people` came with it, but for those of whom a moderator has let something through; `held` of theirs waits,
    messages and comments; `messages` of theirs stand. `ended_by_name` is empty while it goes on, and where it ended by
    itself. `banned` of the people are. `case_id` is where it is on record.
    """

    id: int
    started_at: datetime
    ended_at: datetime | None
    ended_by_name: str
    people: int
    held: int
    messages: int
    cleaned_at: datetime | None
    banned: int = 0
    case_id: int | None = None

    @property
    def numbers(self) -> str:
        """The same as long as nothing that is shown has changed."""
        return f"{self.people} {self.held} {self.messages} {self.banned} {self.ended_at} {self.cleaned_at}"


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who came with a raid and is not banned, as a moderator looks at them: `words` are the first that they
    wrote here, empty for none.
    """

    number: int
    name: str
    words: str


# Queries


async def shown(conn: Conn, raid_id: int) -> Raid | None:
    row = await conn.fetchrow(
        f"""/* raids.shown */ with them as ({THEM})
        select r.id, r.started_at, r.ended_at, coalesce(e.name, ''), (select count(*) from them),
            (select count(*) from held where state = 'waiting' and author_id in (select id from them))
                + (select count(*) from comments where state = 'waiting' and author_id in (select id from them)),
            (select count(*) {STANDING}), r.cleaned_at, (select count(distinct person_id) from ({BANNED}) b),
            r.case_id
        from raids r left join people e on e.id = r.ended_by where r.id = $1""",
        raid_id,
    )
    return Raid(*row.values()) if row else None


async def comers(conn: Conn, raid_id: int) -> list[Comer]:
    """Those of its people who are not banned yet, in the order in which they came."""
    rows = await conn.fetch(
        f"""/* raids.comers */ with them as ({THEM})
        select r.number, p.name, coalesce(
            (select m.content {STANDING} and m.author_id = p.id order by m.id limit 1),
            (select content from held where author_id = p.id and state = 'waiting' order by id limit 1),
            (select content from comments where author_id = p.id and state = 'waiting' order by id limit 1), '')
        from raid_people r join people p on p.id = r.person_id
        where r.raid_id = $1 and p.id in (select id from them) and p.id not in ({BANNED}) order by r.number""",
        raid_id,
    )
    return [Comer(*row) for row in rows]


async def people_of(conn: Conn, raid_id: int, up_to: int | None = None) -> list[int]:
    """Those of its people who are not banned yet, of all or of those whose number is not above `up_to`."""
    rows = await conn.fetch(
        f"""/* raids.people_of */ with them as ({THEM}) select person_id as id from raid_people
        where raid_id = $1 and ($2::bigint is null or number <= $2)
            and person_id in (select id from them) and person_id not in ({BANNED}) order by 1""",
        raid_id,
        up_to,
    )
    return [row["id"] for row in rows]


async def all_people_of(conn: Conn, raid_id: int) -> list[int]:
    rows = await conn.fetch(f"/* raids.all_people_of */ {THEM} order by p.person_id", raid_id)
    return [row["id"] for row in rows]


async def messages_of(conn: Conn, raid_id: int) -> list[int]:
    rows = await conn.fetch(
        f"/* raids.messages_of */ with them as ({THEM}) select m.id {STANDING} order by m.id", raid_id
    )
    return [row["id"] for row in rows]
