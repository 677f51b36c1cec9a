"""Who is kept out stays out, by whichever door they come back, and nobody else is hindered."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import (
    accounts,
    cases,
    chats,
    comments,
    media,
    messages,
    people,
    posts,
    reports,
    rooms,
    sanctions,
    sessions,
    sightings,
)
from db.accounts import DiscordUser
from db.config import Config
from db.errors import Forbidden, NotFound, Refused
from db.events import ModNoticeDue, NoticeDue, SanctionsChanged
from db.limits import Limits
from db.moderators import Moderator
from db.networks import network_hash
from db.posts import Draft
from db.sanctions import Caller, Sanction, sentence_of
from db.writer import EditOwn, NewMessage, React
from tests import pictures
from tests.members import NOON, chat_between, member, signed_in, warden
from web.proxies import network_key

ROOM = 1
HOME, HOME6 = "203.0.113.7", "2001:db8:1:1::7"
FAR = "198.51.100.9"


def later(**more):
    return NOON + timedelta(**more)


@pytest.fixture
async def owner(store):
    return Moderator(await member(store, "robin", owner=True))


@pytest.fixture
async def mod(store):
    return await warden(store)


async def say(store, person, words="hello", *, at=NOON, network=FAR, session_id=None):
    store.limits = Limits()
    return await messages.say(
        store, ROOM, person, words, f"{words}{at}", at, network=network_key(network), session_id=session_id
    )


async def session_of(store, person):
    """The number of a browser that is this person."""
    cookie = await signed_in(store, person)
    token_hash = sessions.hash_token(cookie["session"])
    return await store.pool.fetchval("select id from sessions where token_hash = $1", token_hash)


async def cases_about(store, person):
    return [(case.kind, case.reason) for case in reversed(await cases.latest(store.pool, person_id=person.id))]


# Evasion: who comes, how, and when after the ban -> whether they are refused.
TABLE = [
    ("eve", "as she was", HOME, "old", 0, True),
    ("eve", "from another address", FAR, "other", 0, True),
    ("eve", "from another address, a year later", FAR, "other", 365, True),
    ("new name", "in the same browser, from another address", FAR, "old", 0, True),
    ("new name", "in another browser, from the same address", HOME, "other", 0, True),
    ("new name", "from the address where she was yesterday", "192.0.2.44", "other", 0, True),
    ("new name", "from the address where she was six weeks ago", "192.0.2.99", "other", 0, False),
    ("new name", "from a neighbour in her IPv6 /64", "2001:db8:1:1:ffff::1", "other", 0, True),
    ("new name", "from the next IPv6 /64", "2001:db8:1:2::1", "other", 0, False),
    ("new name", "from the next IPv4 address", "203.0.113.8", "other", 0, False),
    ("new name", "from the same address, when it may be somebody else's", HOME, "other", 31, False),
    ("new name", "from within the house, which many share", "127.0.0.1", "other", 0, False),
    ("nobody yet", "from the same address", HOME, None, 0, True),
    ("nobody yet", "from elsewhere", FAR, None, 0, False),
    ("new member", "from the same address", HOME, "other", 0, True),
    ("new member", "in the same browser", FAR, "old", 0, True),
    ("new member", "from elsewhere", FAR, "other", 0, False),
    ("old member", "of the same household", HOME, "other", 0, False),
    ("old member", "in her browser", HOME, "old", 0, True),
    ("emptied row", "that was merged into her", FAR, "other", 0, True),
    ("author", "of the same household", HOME, "old", 0, False),
    ("owner", "who sits beside her", HOME, "old", 0, False),
]


@pytest.fixture
async def people_there(store, owner):
    eve = await people.add_visitor(store.pool, "Eve")
    there = {"eve": eve, "owner": owner.person, "nobody yet": None, "old member": await member(store, "grandma")}
    there["author"] = await member(store, "anna", role="author")
    there["emptied row"] = await people.add_visitor(store.pool, "Shell")
    await store.pool.execute("update people set merged_into = $1 where id = $2", eve.id, there["emptied row"].id)
    browser = await session_of(store, eve)
    for network, day in ((HOME, 0), (HOME6, 0), ("192.0.2.44", -1), ("192.0.2.99", -42), ("127.0.0.1", 0)):
        await say(store, eve, f"from {network}", at=later(days=day), network=network, session_id=browser)
    await sanctions.ban(store, owner, eve.id, later(minutes=1), reason="evil")
    there["new name"] = await people.add_visitor(store.pool, "Somebody")
    there["new member"] = await member(store, "newcomer")
    await store.pool.execute(
        "update accounts set created_at = $2 where person_id = $1", there["new member"].id, later(minutes=2)
    )
    store.sanctions.came(there["new member"].id, later(minutes=2))
    return there, {"old": browser, "other": browser + 1000, None: None}


async def test_who_is_banned_comes_in_by_no_other_door_and_nobody_else_is_hindered(store, people_there):
    there, browsers = people_there
    for known in ("as they are told to this process", "read anew, as by another"):
        found = {
            (who, how): store.sanctions.find(
                Caller(there[who], network_key(address), browsers[browser]), later(minutes=5, days=days)
            )
            for who, how, address, browser, days, _ in TABLE
        }
        wrong = {
            key: is_refused
            for (who, how, *_, is_refused), key in ((row, row[:2]) for row in TABLE)
            if bool(found[key]) != is_refused
        }
        assert wrong == {}, known
        await sanctions.load(store)


async def test_once_it_is_lifted_all_of_them_come_in_again(store, people_there, owner):
    there, browsers = people_there
    await sanctions.unban(store, owner, there["eve"].id, later(minutes=3))
    for who, _, address, browser, days, _ in TABLE:
        caller = Caller(there[who], network_key(address), browsers[browser])
        assert store.sanctions.find(caller, later(minutes=5, days=days)) is None
    assert await store.pool.fetchval("select count(*) from sanctions") == 0


async def test_a_network_that_somebody_tries_it_from_after_their_ban_is_covered_too(store, people_there):
    there, _ = people_there
    anew = await people.add_visitor(store.pool, "Nobody in particular")
    elsewhere = "198.51.100.77"
    await say(store, anew, network=elsewhere, at=later(minutes=4))
    with pytest.raises(Forbidden):
        await say(store, there["eve"], network=elsewhere, at=later(minutes=5))
    with pytest.raises(Forbidden):
        await say(store, anew, "again", network=elsewhere, at=later(minutes=6))
    assert store.sanctions.find(Caller(anew, elsewhere), later(minutes=6, days=31)) is None


async def test_who_signs_in_with_discord_is_kept_out_under_both_names(store, owner):
    ids = await people.keep_discord(store.pool, {7: "Grace"}, 0)
    await sanctions.ban(store, owner, ids[7], NOON)
    visitor = await people.add_visitor(store.pool, "Gracie")
    joined = await accounts.sign_in(store, visitor, DiscordUser(7, "grace_h", "Grace"), FAR, NOON)
    assert joined.id == visitor.id
    for number in (ids[7], visitor.id):
        asked = people.Person(number, "Grace")
        assert store.sanctions.find(Caller(asked, FAR), NOON)


# What is refused


async def test_who_is_banned_is_told_until_when_why_and_what_to_do(store, owner, bob):
    store.config = msgspec.structs.replace(
        store.config, site=msgspec.structs.replace(store.config.site, timezone="Europe/Berlin")
    )
    await sanctions.ban(store, owner, bob.id, NOON, until=later(hours=2), reason="shouting")
    with pytest.raises(Forbidden) as refused:
        await say(store, bob)
    assert refused.value.code == "banned"
    assert refused.value.sentence == (
        "You are banned from here until 1 May 2026, 16:00 CEST: shouting. "
        "Write to the owner if you think that this is a mistake."
    )
    assert await say(store, bob, "sorry", at=later(hours=2))


def test_a_sentence_without_reason_or_end_reads_well():
    config = Config()
    for_good = Sanction(1, "mute", 1, None, None, "", NOON, None, None)
    assert sentence_of(for_good, config).startswith("You can only read here. Write to")
    shouted = Sanction(1, "ban", 1, None, None, "Go away!", NOON, None, None)
    assert sentence_of(shouted, config).startswith("You are banned from here: Go away! Write to")


async def test_who_is_muted_reads_takes_back_and_says_nothing_in_any_place(store, owner, ada, bob):
    room = await chat_between(store, ada, bob)
    said = await say(store, bob, "before")
    post = await posts.create(store, owner.person, Draft("A", "b"), NOON, source="web")
    await posts.publish(store, owner.person, post.id, NOON)
    post = await posts.get(store.pool, post.id)
    await sanctions.mute(store, owner, bob.id, NOON)
    trap = comments.Trap("", comments.stamp(store.secret_key, post.id, later(minutes=-1)))
    request = await chats.ask(store, await member(store, "eve"), "bob", "may I?", NOON)
    acts = {
        "say": lambda: say(store, bob),
        "edit": lambda: messages.edit(store, ROOM, bob, said.id, "after", NOON),
        "chat": lambda: messages.say(store, room, bob, "psst", "n", NOON, network="", is_open=False),
        "comment": lambda: comments.post(store, bob, post, "hi", "n", NOON, network=FAR, trap=trap),
        "ask": lambda: chats.ask(store, bob, "robin", "hello?", NOON),
        "accept": lambda: chats.answer(store, bob, request.id, "accept", NOON),
        "profile": lambda: accounts.change_profile(store, bob, "Bob", "buy lamps", []),
        "picture": lambda: accounts.bring_picture(store, bob, pictures.still(), NOON),
        "upload": lambda: media.add(store, bob, pictures.still(), "", NOON),
    }
    for name, act in acts.items():
        with pytest.raises(Forbidden) as refused:
            await act()
        assert refused.value.code == "muted", name
    await chats.answer(store, bob, request.id, "decline", NOON)
    assert (await messages.delete(store, ROOM, bob, said.id, NOON)).deleted
    await sanctions.unmute(store, owner, bob.id, NOON)
    assert await say(store, bob, "again")


async def test_an_author_of_before_who_is_kept_out_writes_no_posts(store, owner, bob):
    await sanctions.mute(store, owner, bob.id, NOON)
    await store.pool.execute("update people set role = 'author' where id = $1", bob.id)
    author = await people.get(store.pool, bob.id)
    with pytest.raises(Forbidden, match="only read here"):
        await posts.create(store, author, Draft("A", "b"), NOON, source="web")


async def test_the_heaviest_counts_and_the_longest_of_two(store, owner, bob):
    await sanctions.mute(store, owner, bob.id, NOON)
    await sanctions.mute(store, None, bob.id, NOON, until=later(days=9), rule="timeout", origin="discord")
    await sanctions.ban(store, owner, bob.id, NOON, until=later(hours=1))
    caller = Caller(bob)
    kinds = [store.sanctions.find(caller, at).kind for at in (NOON, later(hours=2))]
    assert kinds == ["ban", "mute"]
    assert store.sanctions.find(caller, later(hours=2)).until is None
    await sanctions.unmute(store, None, bob.id, NOON, origin="discord")
    assert store.sanctions.find(caller, later(hours=2)).origin == "site"


# The writer


async def test_what_was_under_way_when_somebody_was_banned_is_not_said(store, owner, bob, ada):
    """The gate had let it through; the writer looks again, in the transaction."""
    kept = await say(store, bob, "before")
    await sanctions.ban(store, owner, bob.id, NOON, until=later(hours=1))
    writer = store.writers.of(ROOM)
    works = [
        NewMessage(bob.id, "web", "x", NOON, nonce="x"),
        EditOwn(kept.id, bob.id, "y", NOON, timedelta(days=1)),
    ]
    others = [NewMessage(ada.id, "web", "z", NOON, nonce="z"), NewMessage(bob.id, "discord", "d", NOON, discord_id=9)]
    late = NewMessage(bob.id, "web", "w", later(hours=2), nonce="w")
    let_in = NewMessage(bob.id, "web", "v", NOON, nonce="v", let_in=True)
    answers = await asyncio.gather(
        *(writer.put(one) for one in (*works, *others, late, let_in)), return_exceptions=True
    )
    assert [getattr(one, "code", None) or one.content for one in answers] == ["banned", "banned", "z", "d", "w", "v"]
    await store.pool.execute("update sanctions set until = null")
    with pytest.raises(Forbidden):
        await writer.put(React(bob.id, "👍", True, "web", message_id=kept.id))


async def test_many_who_speak_while_they_are_banned_have_said_nothing_afterwards(store, owner, bob):
    store.config = msgspec.structs.replace(
        store.config, hangout=msgspec.structs.replace(store.config.hangout, burst=100, address_burst=100)
    )

    async def speak(number):
        try:
            await messages.say(store, ROOM, bob, f"{number}", f"{number}", datetime.now(UTC), network="")
        except Forbidden:
            return False
        return True

    speaking = [asyncio.create_task(speak(number)) for number in range(40)]
    await asyncio.sleep(0)
    await sanctions.ban(store, owner, bob.id, datetime.now(UTC))
    banned_at = await store.pool.fetchval("select max(id) from messages")
    said = await asyncio.gather(*speaking)
    assert await store.pool.fetchval("select max(id) from messages") == banned_at
    assert sum(said) == await store.pool.fetchval("select count(*) from messages")


# The acts


async def test_each_act_is_a_case_and_what_is_so_already_opens_no_second_one(store, owner, bob):
    heard = []
    with store.live.listening(heard.append):
        first = await sanctions.ban(store, owner, bob.id, NOON, until=later(hours=2), reason="spam")
    assert [type(one) for one in heard] == [SanctionsChanged, ModNoticeDue, NoticeDue]
    again = await sanctions.ban(store, owner, bob.id, later(seconds=9), until=later(hours=2, seconds=9))
    longer = await sanctions.ban(store, owner, bob.id, later(seconds=9))
    assert first == again != longer
    assert (first.by_name, first.person_name, first.until, first.door) == ("Robin", "Bob", later(hours=2), "discord")
    lifted = [await sanctions.unban(store, owner, bob.id, NOON) for _ in range(2)]
    assert lifted[0] == lifted[1]
    assert [kind for kind, _ in await cases_about(store, bob)] == ["ban", "ban", "unban"]
    with pytest.raises(Refused, match="Bob is not muted"):
        await sanctions.unmute(store, owner, bob.id, NOON)
    both = await asyncio.gather(*(sanctions.mute(store, owner, bob.id, NOON) for _ in range(4)))
    assert len({case.id for case in both}) == 1


async def test_only_moderators_may_and_nobody_may_against_the_house_or_themselves(store, owner, mod, ada, bob):
    author = await member(store, "anna", role="author")
    for act in (sanctions.ban, sanctions.mute, sanctions.unban, sanctions.unmute, sanctions.warn):
        with pytest.raises(Forbidden, match="Only the owner and moderators"):
            await act(store, Moderator(ada, frozenset({5})), bob.id, NOON)
    with pytest.raises(Forbidden):
        await sanctions.note(store, Moderator(ada), bob.id, "odd", NOON)
    with pytest.raises(Forbidden):
        await sanctions.ban_all(store, Moderator(ada), [bob.id], NOON)
    for by, whom in ((mod, owner.person), (mod, author), (mod, mod.person), (None, author), (owner, author)):
        for act in (sanctions.ban, sanctions.mute, sanctions.warn):
            with pytest.raises(Refused) as refused:
                await act(store, by, whom.id, NOON)
            assert refused.value.code == "cannot_ban"
    with pytest.raises(NotFound):
        await sanctions.ban(store, mod, 10**9, NOON)
    assert await store.pool.fetchval("select count(*) from cases") == 0
    assert (await sanctions.ban(store, mod, bob.id, NOON)).by_name == "Moss"


async def test_a_reason_fits_on_a_line_and_a_time_is_to_come(store, owner, bob):
    case = await sanctions.warn(store, owner, bob.id, NOON, reason=" please\nbe \x00kind ")
    assert case.reason == "please be kind"
    for wrong in ({"reason": "x" * 501}, {"until": NOON}):
        with pytest.raises(Refused):
            await sanctions.ban(store, owner, bob.id, NOON, **wrong)
    with pytest.raises(Refused, match="to remember"):
        await sanctions.note(store, owner, bob.id, "  ", NOON)


async def test_many_are_banned_with_a_case_each_and_one_line_for_all(store, owner, ada, bob):
    author = await member(store, "anna", role="author")
    known = await sanctions.ban(store, owner, ada.id, NOON)
    raiders = [await people.add_visitor(store.pool, f"Raider {number}") for number in range(3)]
    lines = "select count(*) from mod_notices"
    before = await store.pool.fetchval(lines)
    opened = await sanctions.ban_all(
        store, owner, [one.id for one in (author, owner.person, ada, *raiders)], NOON, reason="raid"
    )
    assert [case.subject.person_id for case in opened] == [ada.id, *(one.id for one in raiders)]
    assert opened[0].id == known.id
    assert await store.pool.fetchval(lines) == before + 1
    assert all(store.sanctions.find(Caller(one), NOON) for one in raiders)
    assert await sanctions.ban_all(store, owner, [one.id for one in raiders], NOON) == opened[1:]


async def test_who_is_kept_out_is_listed_until_it_is_over_and_then_forgotten(store, owner, bob):
    await sightings.note(store, bob.id, HOME, NOON)
    await sanctions.ban(store, owner, bob.id, NOON, until=later(hours=1), reason="spam")
    await sanctions.mute(store, owner, (await people.add_visitor(store.pool, "Eve")).id, NOON)
    listed = await sanctions.current(store.pool, NOON)
    assert [(one.name, one.sanction.kind, one.by_name, one.networks) for one in listed] == [
        ("Eve", "mute", "Robin", 0),
        ("Bob", "ban", "Robin", 1),
    ]
    assert [one.username for one in await sanctions.current(store.pool, NOON, "ban")] == ["bob"]
    assert [one.name for one in await sanctions.current(store.pool, later(hours=1))] == ["Eve"]
    await sanctions.forget_ended(store.pool, later(days=2))
    assert await store.pool.fetchval("select array_agg(kind) from sanctions") == ["mute"]


async def test_what_another_process_did_is_read_and_told_once(store, owner, bob):
    heard = []
    await sanctions.renew(store)
    hashed = network_hash(store.secret_key, HOME)
    await store.pool.execute(
        "insert into sanctions (kind, person_id, network, created_at) values ('ban', $1, $2, $3)", bob.id, hashed, NOON
    )
    assert store.sanctions.find(Caller(None, HOME), NOON) is None
    with store.live.listening(heard.append):
        await sanctions.renew(store)
        await sanctions.renew(store)
    assert [event.is_news for event in heard] == [False]
    assert store.sanctions.find(Caller(None, HOME), NOON)


async def test_no_moderator_decides_about_themselves_and_the_owner_does(store, owner, mod, eve):
    warned = await sanctions.warn(store, owner, mod.person.id, NOON, reason="spam")
    message = await messages.say(store, ROOM, eve, "hello", "n", NOON, network=network_key(FAR))
    await store.pool.execute("update messages set author_id = $1 where id = $2", mod.person.id, message.id)
    report_id = await reports.report(store, Caller(eve, FAR), "message", message.id, "rude", NOON)
    for act in (
        sanctions.unban(store, mod, mod.person.id, NOON),
        sanctions.unmute(store, mod, mod.person.id, NOON),
        cases.give_reason(store, mod, warned.id, "for nothing", NOON),
        reports.decide(store, mod, report_id, "dismiss", NOON),
    ):
        with pytest.raises(Refused) as refusal:
            await act
        assert refusal.value.code == "own"
    assert await cases_about(store, mod.person) == [("warn", "spam")]
    assert (await reports.decide(store, owner, report_id, "dismiss", NOON)).state == "dismissed"


async def test_who_is_kept_out_themselves_moderates_nothing_until_it_is_over(store, owner, mod, eve):
    for bar, free, said in (
        (sanctions.ban, sanctions.unban, "You are banned here yourself"),
        (sanctions.mute, sanctions.unmute, "You are muted here yourself"),
    ):
        await bar(store, owner, mod.person.id, NOON)
        for act in (
            sanctions.warn(store, mod, eve.id, NOON),
            free(store, mod, mod.person.id, NOON),
            rooms.lock(store, mod, ROOM, NOON, on=True),
        ):
            with pytest.raises(Forbidden, match=said):
                await act
        await free(store, owner, mod.person.id, NOON)
    await sanctions.mute(store, owner, mod.person.id, NOON, until=datetime.now(UTC) + timedelta(hours=1))
    await store.pool.execute("update sanctions set until = now() - interval '1 second'")
    assert (await sanctions.warn(store, mod, eve.id, NOON)).by_id == mod.person.id


async def test_what_held_before_a_ban_holds_again_once_that_is_taken_back(store, owner, eve):
    first = await sanctions.ban(store, owner, eve.id, NOON, reason="ads")
    second = await sanctions.ban(store, owner, eve.id, later(minutes=1), until=later(hours=2), reason="shouting")
    back = [await sanctions.undo(store, owner, second.id, later(minutes=number)) for number in (2, 3)]
    assert back[0] == back[1]
    assert (back[0].kind, back[0].until, back[0].reason, back[0].details["undoes"]) == ("ban", None, "ads", second.id)
    with pytest.raises(Forbidden, match=r"You are banned from here: ads\."):
        sanctions.check(store, Caller(eve), later(days=1))
    with pytest.raises(Refused) as refused:
        await sanctions.undo(store, owner, first.id, later(minutes=4))
    assert refused.value.code == "changed"


async def test_what_took_no_place_or_that_of_something_over_is_taken_back_to_nothing(store, owner, eve):
    short = await sanctions.mute(store, owner, eve.id, NOON, until=later(hours=1))
    longer = await sanctions.mute(store, owner, eve.id, later(minutes=1), until=later(hours=5))
    assert longer.details["instead_of"] == short.id
    freed = [await sanctions.undo(store, owner, longer.id, later(hours=number)) for number in (2, 3)]
    assert (freed[0].kind, freed[1]) == ("unmute", freed[0])
    assert store.sanctions.find(Caller(eve), later(hours=2)) is None
    with pytest.raises(NotFound):
        await sanctions.undo(store, owner, freed[0].id, later(hours=2))


async def test_who_is_kept_out_by_discord_as_well_stays_so_when_ours_is_taken_back(store, owner, eve):
    await sanctions.ban(store, None, eve.id, NOON, origin="discord", reason="theirs")
    ours = await sanctions.ban(store, owner, eve.id, NOON, reason="ours")
    assert (await sanctions.undo(store, owner, ours.id, NOON)).kind == "unban"
    assert sanctions.in_force(store, eve.id, NOON, "ban").reason == "theirs"
