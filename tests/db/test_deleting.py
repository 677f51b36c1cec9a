"""An account's end: what was said stays under 'former member', and nothing else of the person is left anywhere."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import accounts, cases, chats, media, messages, people, sanctions, sessions, sightings, visits
from db.errors import Forbidden, NotFound, Refused
from db.events import Noted, Parted, SessionEnded
from db.messages import Attachment
from db.moderators import Moderator
from tests import pictures
from tests.members import NOON, member

ROOM = 1
NAME, USERNAME, DISCORD_ID = "Adalinde Quorvenstal", "quorven.ada", 987654321098765432
# Words of the person's own and what belongs to them, each to be looked for in every column.
ABOUT, LINK, REASON, ALT = (
    "I breed zebrafinches",
    "https://zebrafinch.example/ada",
    "a finch was mocked",
    "my unsent drawing",
)
FORMER = "Quorvi the finch"
ABOUT_HER = "select id from reports where reported_id = $1"
AGENT, TOKEN, ASKED = "Firefox on Linux", b"q" * 32, "may I ask about finches"
HIDDEN = (NAME, USERNAME, str(DISCORD_ID), ABOUT, LINK, REASON, ALT, AGENT, ASKED, TOKEN.hex(), "secret-hash", FORMER)


async def chat(store, one, other):
    low, high = sorted((one.id, other.id))
    room = await store.pool.fetchval(
        "insert into rooms (kind, low_id, high_id) values ('chat', $1, $2) returning id", low, high
    )
    for person in (one, other):
        await store.pool.execute(
            "insert into members (room_id, person_id, joined_at) values ($1, $2, $3)", room, person.id, NOON
        )
    return room


async def say(store, person, words, room=ROOM, **more):
    return await messages.say(store, room, person, words, words, datetime.now(UTC), network=words, **more)


async def lived(store):
    """Ada, who has used everything that there is; and Grace, whom she knew."""
    ada = await member(store, USERNAME, NAME, discord_id=DISCORD_ID)
    grace = await member(store, "grace", "Grace", discord_id=5)
    await accounts.change_profile(store, ada, NAME, ABOUT, [(LINK, "mine")])
    ada = await accounts.bring_picture(store, ada, pictures.still(colour="red"), NOON)
    await store.pool.execute("update accounts set password_hash = 'secret-hash' where person_id = $1", ada.id)
    await sessions.add(store.pool, TOKEN, ada.id, {"agent": AGENT}, datetime.now(UTC))
    await visits.exclude(store, ada, on=True)
    for statement in (
        "insert into links values ($2, $1, 'password', now(), now())",
        "insert into letters (person_id, kind, created_at, next_at) values ($1, 'chats', now(), now())",
    ):
        await store.pool.execute(statement, ada.id, *([b"l" * 32] if "$2" in statement else []))
    await moderated(store, ada, grace)
    for one, other in ((ada, grace), (grace, ada)):
        await store.pool.execute("insert into blocks values ($1, $2, now())", one.id, other.id)
        await store.pool.execute(
            "insert into chat_requests (from_id, to_id, words, created_at) values ($1, $2, $3, now())",
            one.id,
            other.id,
            ASKED,
        )
        await store.pool.execute(
            """insert into reports (reporter_id, reported_id, reason, messages, created_at)
            values ($1, $2, $3, $4, now())""",
            one.id,
            other.id,
            REASON if one is ada else "she was rude",
            [{"author": one.name, "username": f"@{one.username}", "author_id": one.id, "content": f"{NAME} said it"}],
        )
    return ada, grace


async def moderated(store, ada, grace):
    """Ada moderates and is moderated: in every table of it stands something of hers."""
    await sightings.note(store, ada.id, "203.0.113.7", datetime.now(UTC))
    await people.rename(store.pool, ada.id, FORMER)
    await people.rename(store.pool, ada.id, NAME)
    words = {"id": ada.id, "content": "finch!", "at": "", "pictures": 0}
    for person, about in ((grace, ada), (ada, grace)):
        by = Moderator(replace(person, owner=True))
        evidence = [words | {"name": ada.name}, words | {"name": "Grace", "content": f"{NAME} said it"}]
        await sanctions.mute(store, by, about.id, datetime.now(UTC), until=NOON + timedelta(days=999))
        await sanctions.warn(store, by, about.id, NOON, evidence=evidence)
        await sanctions.unmute(store, by, about.id, NOON)
    for statement in (
        "insert into sanctions (kind, by_id, created_at) values ('ban', $1, now())",
        "insert into sanctions (kind, person_id, session_id, created_at) values ('ban', $1, 5, now())",
        "insert into moderator_roles (role_id, name, added_by, added_at) values (5, 'x', $1, now())",
        "insert into filters (kind, pattern, action, added_by) values ('words', 'casino', 'hold', $1)",
        """insert into held (room_id, author_id, nonce, content, rule, created_at)
            values (1, $1, 'held', 'I breed zebrafinches', 'links', now())""",
        """insert into held (room_id, author_id, nonce, content, rule, created_at, decided_by)
            select 1, id, 'held', 'x', 'links', now(), $1 from people where name = 'Grace'""",
        """with raid as (insert into raids (started_at, ended_at, ended_by) values (now(), now(), $1) returning id)
            insert into raid_people (raid_id, person_id) select id, $1 from raid""",
        """insert into reports (messages, kind, subject_id, reporter_id, network, decided_by, decided_name, created_at)
            values ('[]', 'profile', $1, $1, convert_to(repeat('q', 32), 'UTF8'),
                $1, 'Adalinde Quorvenstal', now())""",
    ):
        await store.pool.execute(statement, ada.id)


async def columns(store):
    """Every column of every table with what stands in it as text; what people said aloud is left out."""
    rows = await store.pool.fetch(
        """select c.table_name as t, c.column_name as c, c.data_type as kind from information_schema.columns c
        join information_schema.tables using (table_schema, table_name)
        where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'migrations'"""
    )
    assert {"people", "messages", "sessions", "reports", "media"} <= {row["t"] for row in rows}
    for row in rows:
        if (row["t"], row["c"]) == ("messages", "content"):
            continue
        shown = f"encode({row['c']}, 'hex')" if row["kind"] == "bytea" else f"{row['c']}::text"
        for value in await store.pool.fetch(f"select {shown} as value from {row['t']} where {row['c']} is not null"):
            yield f"{row['t']}.{row['c']}", value["value"]


async def left_of(store, *words):
    return [(place, value) async for place, value in columns(store) for word in words if word in value]


async def test_nothing_of_a_person_is_left_in_any_column_of_any_table(store):
    ada, grace = await lived(store)
    upload = await media.add(store, ada, pictures.still(colour="blue"), ALT, NOON)
    said = await say(store, ada, "hello from the house")
    await store.pool.execute(
        """update messages set relay = 'sending', relay_said = $2, mentions = $3,
            extras = $4 where id = $1""",
        said.id,
        f"**{NAME}**: hello",
        {"users": {str(DISCORD_ID): NAME, "5": "Grace"}},
        {"forward": {"content": "look", "mentions": {"users": {str(DISCORD_ID): NAME}}}},
    )
    await store.pool.execute("insert into people (name, merged_into) values ($1, $2)", NAME, ada.id)
    rooms = [await chat(store, ada, grace)]
    for room in rooms:
        await say(store, ada, f"hush {room}", room)
    before = await left_of(store, *HIDDEN)
    assert {word for word in HIDDEN if not any(word in value for _, value in before)} == set(), "it was there"
    await accounts.delete(store, ada, datetime.now(UTC))
    quoted = {"reports.messages", "cases.evidence"}
    assert [one for one in await left_of(store, *HIDDEN) if NAME not in one[1] or one[0] not in quoted] == []
    # In a report somebody else's words may hold a name, as in a message; what says whose they are does not.
    reported = "select messages from reports where kind = 'chat' order by id"
    [own, theirs] = [row["messages"][0] for row in await store.pool.fetch(reported)]
    assert (own["author"], own["username"], own["author_id"]) == ("former member",) * 3
    assert (theirs["author"], theirs["username"]) == ("Grace", "@grace")
    people_of = await store.pool.fetch(
        "select reporter_id, reported_id, reason from reports where kind = 'chat' order by id"
    )
    assert [tuple(row) for row in people_of] == [(None, grace.id, ""), (grace.id, None, "she was rude")]
    kept = [
        (case.kind, case.person_name, case.by_name, case.evidence and [one["name"] for one in case.evidence])
        for case in reversed(await cases.latest(store.pool))
        if case.kind != "unmute"
    ]
    assert kept == [
        ("mute", "", "Grace", None),
        ("warn", "", "Grace", None),
        ("mute", "Grace", "former member", None),
        ("warn", "Grace", "former member", ["former member", "Grace"]),
    ]
    row = await store.pool.fetchrow(
        "select name, username, role, discord_id, picture from people where id = $1", ada.id
    )
    assert tuple(row) == ("former member", None, "visitor", None, None)
    [kept] = await messages.get(store.pool, ROOM, [said.id])
    assert (kept.author.name, kept.content, kept.mentions.users) == (
        "former member",
        "hello from the house",
        {"5": "Grace"},
    )
    assert await media.get(store.pool, upload.id) is None


async def test_what_the_moderators_channel_shows_of_them_is_shown_anew_without_them(store):
    ada, _ = await lived(store)
    pool = store.pool
    await pool.execute(
        """insert into mod_notices (kind, subject_id, next_at, created_at)
        select 'held', id, now(), now() from held where author_id = $1
        union all select 'report', id, now(), now() from reports where reported_id = $1""",
        ada.id,
    )
    await pool.execute("update mod_notices set state = 'sent', shown = wanted")
    own = "select id from cases where $1 in (person_id, by_id) union all select id from held where author_id = $1"
    numbers = [row["id"] for row in await pool.fetch(f"{own} union all {ABOUT_HER}", ada.id)]
    await accounts.delete(store, ada, datetime.now(UTC))
    due = await pool.fetch("select kind, subject_id from mod_notices where state = 'due' and wanted > shown")
    assert sorted(row["subject_id"] for row in due) == sorted(numbers)
    assert {row["kind"] for row in due} == {"case", "held", "report"}


async def test_the_person_is_in_no_row_but_those_of_what_was_said(store):
    ada, _ = await lived(store)
    said = await say(store, ada, "hello")
    await messages.react(store, ROOM, ada, said.id, "👍", on=True)
    await accounts.delete(store, ada, datetime.now(UTC))
    rows = await store.pool.fetch(
        """select c.conrelid::regclass::text as t, a.attname as c from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confrelid = 'people'::regclass"""
    )
    pointing = {
        (row["t"], row["c"])
        for row in rows
        if await store.pool.fetchval(f"select exists (select from {row['t']} where {row['c']} = $1)", ada.id)
    }
    assert pointing == {("messages", "author_id"), ("reactions", "person_id")}


async def test_the_other_keeps_the_chat_which_is_closed(store):
    ada, grace = await lived(store)
    room = await chat(store, ada, grace)
    await say(store, ada, "hush", room)
    await say(store, grace, "hush hush", room)
    heard = []
    with store.live.listening(heard.append):
        await accounts.delete(store, ada, NOON)
    assert {Parted(room), Noted(grace.id)} <= set(heard)
    assert await store.pool.fetchval("select closed_at from rooms where id = $1", room) == NOON
    assert await store.pool.fetchval("select array_agg(person_id) from members where room_id = $1", room) == [grace.id]
    _, kept = await messages.newest(store.pool, room, 10)
    assert [(one.author.name, one.content) for one in kept] == [("former member", "hush"), ("Grace", "hush hush")]


async def test_a_chat_that_the_other_has_left_is_gone_with_its_pictures(store):
    ada, grace = await lived(store)
    room = await chat(store, ada, grace)
    picture = await media.add(store, grace, pictures.still(colour="green"), "", NOON)
    await say(store, grace, "look", room, media=[picture.id])
    await chats.leave(store, grace, room, NOON)
    assert await store.pool.fetchval("select count(*) from messages where content = 'look'") == 1
    await accounts.delete(store, ada, NOON)
    assert await store.pool.fetchval("select count(*) from rooms where kind = 'chat'") == 0
    assert await store.pool.fetchval("select count(*) from messages where content = 'look'") == 0
    assert await media.get(store.pool, picture.id) is None


async def test_pictures_in_what_was_said_stay_and_all_others_are_cleared_away(store):
    ada = await member(store, "ada")
    ada = await accounts.bring_picture(store, ada, pictures.still(colour="red"), NOON)
    unused = await media.add(store, ada, pictures.still(colour="blue"), "", NOON)
    shown = await media.add(store, ada, pictures.still(colour="green"), "a meadow", NOON)
    said = await say(store, ada, "look", media=[shown.id])
    await accounts.delete(store, ada, NOON)
    [kept] = await messages.get(store.pool, ROOM, [said.id])
    assert [one.alt for one in kept.attachments] == ["a meadow"]
    await media.remove_unused(store, NOON + timedelta(days=3))
    ids = {row["id"] for row in await store.pool.fetch("select id from media")}
    assert ids == {shown.id} - {unused.id, ada.picture}
    assert await media.read(store, await media.get(store.pool, shown.id))


async def test_every_session_ends_at_once_and_is_told(store):
    ada = await member(store, "ada")
    hashes = {hashlib.sha256(bytes([one])).digest() for one in range(3)}
    for one in hashes:
        await sessions.add(store.pool, one, ada.id, {}, datetime.now(UTC))
    heard = []
    with store.live.listening(heard.append):
        await accounts.delete(store, ada, NOON)
    assert {event.token_hash for event in heard if isinstance(event, SessionEnded)} == hashes
    for one in hashes:
        assert await sessions.load(store.pool, one, datetime.now(UTC)) is None


async def test_the_username_is_free_again_and_the_discord_user_comes_as_somebody_new(store):
    ada = await member(store, "ada", "Ada", discord_id=77)
    await accounts.delete(store, ada, NOON)
    again = await member(store, "ada", "Another")
    ids = await people.keep_discord(store.pool, {77: "Ada"}, 0)
    assert len({ada.id, again.id, ids[77]}) == 3


async def test_the_owner_stays(store):
    robin = await member(store, "rob", "Rob", discord_id=1, owner=True)
    with pytest.raises(Forbidden):
        await accounts.delete(store, robin, NOON)
    assert (await people.get(store.pool, robin.id)).username == "rob"


async def test_who_has_no_account_has_none_to_delete(store):
    visitor = await people.add_visitor(store.pool, "Bea")
    with pytest.raises(NotFound):
        await accounts.delete(store, visitor, NOON)
    assert (await people.get(store.pool, visitor.id)).name == "Bea"


async def test_deleting_twice_at_once_deletes_once(store):
    ada = await member(store, "ada")
    outcomes = await asyncio.gather(*(accounts.delete(store, ada, NOON) for _ in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "NotFound", "NotFound"]


async def test_talk_goes_on_while_an_account_is_deleted(store):
    ada, grace = await lived(store)
    room = await chat(store, ada, grace)
    store.config = msgspec.structs.replace(
        store.config, hangout=msgspec.structs.replace(store.config.hangout, burst=1000, address_burst=1000)
    )

    async def talk(person, where):
        for number in range(20):
            try:
                await say(store, person, f"{person.id} {where} {number}", where)
            except Refused:  # the chat is over
                assert where == room

    async with asyncio.timeout(20):
        talking = [asyncio.create_task(talk(one, where)) for one in (ada, grace) for where in (ROOM, room)]
        await asyncio.sleep(0.05)
        await accounts.delete(store, ada, NOON)
        await asyncio.gather(*talking)
    assert await store.pool.fetchval("select count(*) from messages where room_id = 1") == 40


def test_the_shape_of_an_attachment_keeps_no_name_of_who_brought_it():
    assert not {"person", "author", "owner"} & set(Attachment.__struct_fields__)
