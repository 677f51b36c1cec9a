"""A member and somebody of Discord's become one person, whatever either has said and done, and whoever speaks then."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import accounts, messages, people, sanctions, sessions, sightings, visits
from db.accounts import DiscordUser
from db.config import Accounts
from db.errors import Forbidden, Refused, TooOften
from db.events import PersonChanged, SessionEnded
from db.messages import Heard
from db.moderators import Moderator
from db.sanctions import Caller

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
GRACE = DiscordUser(7, "grace_h", "Grace")


def heard(number, content="hi", author=7, name="Grace"):
    return Heard(number, author, name, "grace_h", content, NOON + timedelta(seconds=number))


async def member(store, username="ada", name="Ada", password=True):
    person = await people.add_visitor(store.pool, name)
    await store.pool.execute("update people set username = $2, role = 'member' where id = $1", person.id, username)
    await store.pool.execute(
        "insert into accounts (person_id, password_hash, created_at) values ($1, $2, $3)",
        person.id,
        "a hash" if password else None,
        NOON,
    )
    return await people.get(store.pool, person.id)


async def said(store):
    """Who said what, as everybody sees it."""
    return [(one.content, one.author.id, one.author.name) for one in (await messages.newest(store.pool, 1, 100))[1]]


async def sign_in(store, visitor=None, user=GRACE, network="192.0.2.1"):
    return await accounts.sign_in(store, visitor, user, network, NOON)


# Signing in


async def test_who_signs_in_for_the_first_time_is_made_a_member_and_comes_back_as_the_same(store):
    made = await sign_in(store)
    assert (made.username, made.name, made.role, made.discord_id) == ("grace_h", "Grace", "member", 7)
    assert (await accounts.get(store.pool, made.id)).password_hash is None
    assert (await sign_in(store)).id == made.id
    assert await store.pool.fetchval("select count(*) from people") == 1


async def test_who_spoke_in_discord_before_keeps_what_was_said(store):
    await messages.hear(store, 1, [heard(100, "before", name="Grace of the porch")])
    made = await sign_in(store)
    await messages.hear(store, 1, [heard(101, "after", name="Gracie")])
    assert await said(store) == [("before", made.id, "Gracie"), ("after", made.id, "Gracie")]


async def test_a_visitor_who_signs_in_keeps_the_row_and_what_was_said_through_both_doors(store):
    visitor = await people.add_visitor(store.pool, "Quiet Heron")
    await messages.hear(store, 1, [heard(100, "in Discord")])
    await messages.say(store, 1, visitor, "on the site", "n1", NOON, network="192.0.2.1")
    made = await sign_in(store, visitor)
    assert (made.id, made.name, made.username) == (visitor.id, "Grace", "grace_h")
    assert await said(store) == [("in Discord", made.id, "Grace"), ("on the site", made.id, "Grace")]


async def test_a_visitor_who_turns_out_to_be_a_member_comes_in_as_that_member(store):
    known = await sign_in(store)
    visitor = await people.add_visitor(store.pool, "Quiet Heron")
    assert (await sign_in(store, visitor)).id == known.id
    assert (await people.get(store.pool, visitor.id)).username is None


@pytest.mark.parametrize(
    ("username", "given"),
    [("ada", "ada2"), ("Admin", "member"), ("x", "memberx"), ("\u0e01\u0e02", "member"), ("a" * 32, "a" * 28)],
)
async def test_a_username_that_is_taken_or_the_houses_becomes_another(store, username, given):
    await member(store, "ada")
    assert (await sign_in(store, user=DiscordUser(9, username, "Somebody"))).username == given


@pytest.mark.parametrize(
    ("name", "shown"), [("  ", "grace_h"), ("\u202egnp\u202c", "gnp"), ("x" * 300, "x" * 100), ("a\x00b", "ab")]
)
async def test_a_name_of_discords_is_made_fit_to_be_shown(store, name, shown):
    assert (await sign_in(store, user=DiscordUser(9, "grace_h", name))).name == shown


async def test_many_windows_at_once_make_one_member(store):
    made = await asyncio.gather(*(sign_in(store, network=f"{n}") for n in range(5)))
    assert len({one.id for one in made}) == 1
    assert await store.pool.fetchval("select count(*) from accounts") == 1


async def test_two_who_want_the_same_username_at_once_both_come_in(store):
    made = await asyncio.gather(*(sign_in(store, None, DiscordUser(n, "grace", "G"), f"{n}") for n in range(1, 5)))
    assert sorted(one.username for one in made) == ["grace", "grace2", "grace3", "grace4"]


async def test_while_registration_is_closed_members_come_in_and_nobody_new_but_the_owner(store):
    known = await sign_in(store)
    store.config = msgspec.structs.replace(store.config, accounts=Accounts(registration="closed"))
    store.owner_id = 99
    assert (await sign_in(store)).id == known.id
    with pytest.raises(Refused) as refusal:
        await sign_in(store, user=DiscordUser(8, "new", "New"))
    assert refusal.value.code == "closed"
    assert (await sign_in(store, user=DiscordUser(99, "robin", "Robin"))).owner


async def test_a_network_makes_no_more_accounts_than_the_configuration_allows(store):
    for number in range(1, 6):
        await sign_in(store, user=DiscordUser(number, f"user{number}", "U"))
    with pytest.raises(TooOften):
        await sign_in(store, user=DiscordUser(6, "user6", "U"))
    assert (await sign_in(store, user=DiscordUser(6, "user6", "U"), network="elsewhere")).username == "user6"


async def test_a_closed_account_is_not_opened_by_discord(store):
    made = await sign_in(store)
    await store.pool.execute("update accounts set disabled_at = now() where person_id = $1", made.id)
    with pytest.raises(Refused) as refusal:
        await sign_in(store)
    assert refusal.value.code == "disabled"


async def test_the_owner_becomes_a_member_of_their_own_site_and_nobody_else_by_that_way(store):
    store.owner_id = 99
    owner = await accounts.enter_owner(store, DiscordUser(99, "robin", "Robin"), NOON)
    assert (owner.owner, owner.username, owner.is_member) == (True, "robin", True)
    assert (await accounts.enter_owner(store, DiscordUser(99, "robin", "Robin"), NOON)).id == owner.id
    with pytest.raises(Forbidden):
        await accounts.enter_owner(store, GRACE, NOON)


# Linking


async def test_a_member_who_links_has_all_that_the_other_said_and_the_name_from_discord(store):
    ada = await member(store)
    await messages.hear(store, 1, [heard(100, "in Discord")])
    await messages.say(store, 1, ada, "on the site", "n1", NOON, network="192.0.2.1")
    linked = await accounts.link(store, ada, GRACE)
    assert (linked.id, linked.name, linked.username, linked.discord_id) == (ada.id, "Grace", "ada", 7)
    assert await said(store) == [("in Discord", ada.id, "Grace"), ("on the site", ada.id, "Grace")]
    await messages.hear(store, 1, [heard(101, "later")])
    assert (await said(store))[-1] == ("later", ada.id, "Grace")


async def test_the_same_reaction_through_both_doors_counts_once_after_linking(store):
    ada = await member(store)
    await messages.hear(store, 1, [heard(100, author=8, name="Teo")])
    [one] = (await messages.newest(store.pool, 1, 1))[1]
    await messages.react(store, 1, ada, one.id, "👍", on=True)
    for emoji in ("👍", "🎉"):
        await messages.hear_reaction(store, 1, 100, emoji, (7, "Grace"), on=True)
    [before] = (await messages.newest(store.pool, 1, 1))[1]
    assert {held.emoji: held.count for held in before.reactions} == {"👍": 2, "🎉": 1}
    await accounts.link(store, ada, GRACE)
    seq, [after] = await messages.newest(store.pool, 1, 1)
    assert {held.emoji: held.count for held in after.reactions} == {"👍": 1, "🎉": 1}
    assert (await messages.emoji_held_by(store.pool, ada.id, [one.id]))[one.id] == {"👍", "🎉"}
    assert (after.seq, seq) == (before.seq + 1, before.seq + 1)


async def test_what_is_on_its_way_under_the_old_row_comes_out_under_the_member(store):
    """Whoever heard it looked the row up before the two were one."""
    ada = await member(store)
    await messages.hear(store, 1, [heard(100, "before")])
    old = await people.by_discord(store.pool, 7)
    await accounts.link(store, ada, GRACE)
    from db.writer import HearReactors, NewMessage, React

    writer = store.writers.of(1)
    await writer.put(NewMessage(old.id, "discord", "late", NOON, discord_id=101))
    await writer.put(React(old.id, "👍", on=True, source="discord", discord_id=100))
    await writer.put(HearReactors(101, "🎉", [old.id]))
    assert [(words, who) for words, who, _ in await said(store)] == [("before", ada.id), ("late", ada.id)]
    holders = await store.pool.fetch("select emoji, person_id from reactions order by emoji")
    assert [(row["emoji"], row["person_id"]) for row in holders] == [("🎉", ada.id), ("👍", ada.id)]


async def test_nothing_is_lost_or_split_when_they_are_linked_in_the_middle_of_a_talk(store):
    ada = await member(store)

    async def talk():
        for number in range(100, 160, 3):
            await messages.hear(store, 1, [heard(number + n, f"{number + n}") for n in range(3)])
            await messages.hear_reaction(store, 1, number, "👍", (7, "Grace"), on=True)

    async def link():
        await asyncio.sleep(0.05)
        await accounts.link(store, ada, GRACE)

    await asyncio.gather(talk(), link())
    there = await said(store)
    assert [words for words, _, _ in there] == [f"{number}" for number in range(100, 160)]
    assert {who for _, who, _ in there} == {ada.id}
    assert await store.pool.fetchval("select array_agg(distinct person_id) from reactions") == [ada.id]
    assert await store.pool.fetchval("select count(*) from reactions") == 20


async def test_the_old_row_has_nothing_of_its_own_any_more(store):
    ada = await member(store)
    store.owner_id = 7
    await messages.hear(store, 1, [heard(100)])
    old = await people.by_discord(store.pool, 7)
    assert old.owner
    await visits.exclude(store, old, on=True)
    linked = await accounts.link(store, ada, GRACE)
    assert linked.owner
    shell = await store.pool.fetchrow("select name, discord_id, owner, merged_into from people where id = $1", old.id)
    assert tuple(shell) == ("former name", None, False, ada.id)
    assert await store.pool.fetchval("select array_agg(person_id) from visit_exclusions") == [ada.id]
    for table, column in (("messages", "author_id"), ("reactions", "person_id"), ("changes", "person_id")):
        assert not await store.pool.fetchval(f"select exists (select from {table} where {column} = $1)", old.id)


async def test_what_moderation_knows_of_either_is_known_of_the_one_they_are(store, bob):
    ada = await member(store)
    await messages.hear(store, 1, [heard(100)])
    old = await people.by_discord(store.pool, 7)
    owner = Moderator(replace(bob, owner=True))
    for person, day in ((old, 0), (ada, 1)):
        await sightings.note(store, person.id, "203.0.113.7", NOON + timedelta(days=day))
        await people.rename(store.pool, person.id, "Gracie")
        await people.rename(store.pool, person.id, person.name)
        await sanctions.warn(store, owner, person.id, NOON)
        await store.pool.execute(
            """with raid as (
                insert into raids (started_at, ended_at) select now(), now() where not exists (select from raids)
                returning id
            ) insert into raid_people (raid_id, person_id)
            select id, $1::bigint from raid union all select id, $1 from raids""",
            person.id,
        )
        await store.pool.execute(
            """insert into reports (reporter_id, reported_id, messages, created_at, kind, subject_id)
            values ($1, $1, '[]', now(), 'profile', $1)""",
            person.id,
        )
    banned = await sanctions.ban(store, owner, old.id, NOON)
    linked = await accounts.link(store, ada, GRACE)
    for number in (ada.id, old.id):
        told = await sightings.history(store.pool, number, NOON)
        assert (told.person, set(told.names), len(told.networks)) == (linked, {"Ada", "Grace", "Gracie"}, 1)
        assert (told.cases_count, told.reports_by, told.reports_about) == (3, 2, 2)
        assert told.sanction.case_id == banned.id
        assert store.sanctions.find(Caller(replace(ada, id=number)), NOON)
    spans = await store.pool.fetch("select person_id, first_at, last_at from sightings")
    assert [tuple(row) for row in spans] == [(ada.id, NOON, NOON + timedelta(days=1))]
    for table, column in (("raid_people", "person_id"), ("names_used", "person_id"), ("reports", "subject_id")):
        assert not await store.pool.fetchval(f"select exists (select from {table} where {column} = $1)", old.id)
    with pytest.raises(Forbidden):
        await messages.say(store, 1, replace(ada, id=old.id), "me again", "n", NOON, network="")


async def test_an_account_is_linked_with_one_user_of_discord_and_a_user_with_one_account(store):
    ada, bo = await member(store), await member(store, "bobo", "Bo")
    await accounts.link(store, ada, GRACE)
    with pytest.raises(Refused) as another:
        await accounts.link(store, ada, DiscordUser(8, "teo", "Teo"))
    with pytest.raises(Refused) as theirs:
        await accounts.link(store, bo, GRACE)
    assert (another.value.code, theirs.value.code) == ("linked", "taken")
    assert (await people.by_discord(store.pool, 7)).id == ada.id
    assert (await accounts.link(store, ada, GRACE)).id == ada.id  # once more is no harm


async def test_linking_is_told_to_whoever_is_here_and_ends_no_session(store):
    ada = await member(store)
    key = sessions.hash_token("a token")
    await sessions.add(store.pool, key, ada.id, {}, NOON)
    told = []
    with store.live.listening(told.append):
        linked = await accounts.link(store, ada, GRACE)
    assert PersonChanged(linked) in told
    assert await sessions.load(store.pool, key, NOON)


async def test_a_visitors_other_browsers_do_not_become_the_members(store):
    visitor = await people.add_visitor(store.pool, "Quiet Heron")
    key = sessions.hash_token("a token")
    await sessions.add(store.pool, key, visitor.id, {}, NOON)
    told = []
    with store.live.listening(told.append):
        await sign_in(store, visitor)
    assert SessionEnded(key) in told
    assert await sessions.load(store.pool, key, NOON) is None


# Unlinking


async def test_who_unlinks_keeps_name_and_words_and_the_next_in_discord_is_somebody_new(store):
    ada = await member(store)
    await messages.hear(store, 1, [heard(100, "before")])
    linked = await accounts.link(store, ada, GRACE)
    await store.pool.execute("update accounts set notify_discord = true")
    await accounts.unlink(store, linked, NOON)
    assert (await people.get(store.pool, ada.id)).discord_id is None
    assert not (await accounts.get(store.pool, ada.id)).notify_discord
    await messages.hear(store, 1, [heard(101, "after")])
    [(_, first, name), (_, second, _)] = await said(store)
    assert (first, name) == (ada.id, "Grace")
    assert second != ada.id
    await accounts.link(store, await people.get(store.pool, ada.id), GRACE)
    assert {who for _, who, _ in await said(store)} == {ada.id}


async def test_without_a_password_or_as_the_owner_nobody_unlinks(store):
    made = await sign_in(store)
    with pytest.raises(Refused) as refusal:
        await accounts.unlink(store, made, NOON)
    assert refusal.value.code == "no_password"
    store.owner_id = 99
    owner = await accounts.enter_owner(store, DiscordUser(99, "robin", "Robin"), NOON)
    await store.pool.execute("update accounts set password_hash = 'a hash'")
    with pytest.raises(Refused):
        await accounts.unlink(store, owner, NOON)
    assert await store.pool.fetchval("select count(*) from people where discord_id is not null") == 2
