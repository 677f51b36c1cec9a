"""What moderators do with messages: they go, or lose their links, and it is on record."""

from datetime import UTC, datetime, timedelta

import pytest

from db import cases, messages
from db.errors import Forbidden, NotFound, Refused
from db.events import Changed, ModNoticeDue, Queued
from db.limits import Limits
from db.messages import Heard, Selection
from db.moderators import Moderator
from tests.members import chat_between, member, warden

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def robin(store):
    return Moderator(await member(store, "robin", owner=True))


@pytest.fixture
async def mod(store):
    return await warden(store)


async def say(store, room, person, content, nonce="n", now=NOON):
    return await messages.say(store, room.id, person, content, nonce, now, network=f"{person.id}{nonce}")


async def hear(store, room, discord_id, content, **more):
    """Something that Grace says in Discord."""
    await messages.hear(store, room.id, [Heard(discord_id, 7, "Grace", "g", content, NOON, channel_id=5, **more)])
    _, message_id = await messages.by_discord(store.pool, discord_id)
    return message_id


async def now_is(store, room, message_id):
    [found] = await messages.get(store.pool, room.id, [message_id])
    return found


async def errands(store):
    rows = await store.pool.fetch("select discord_id, kind, channel_id, is_ours from errands order by discord_id")
    return [tuple(row) for row in rows]


async def count(store):
    return await store.pool.fetchval("select count(*) from cases")


async def test_a_message_goes_for_everybody_and_the_case_keeps_its_words(store, room, mod, ada):
    said = await say(store, room, ada, "buy **this**")
    heard = []
    with store.live.listening(heard.append):
        case = await messages.remove(store, mod, said.id, NOON, reason="spam", rule="")
    assert (await now_is(store, room, said.id)).deleted
    assert (case.kind, case.by_name, case.person_name, case.reason) == ("remove", "Moss", "Ada", "spam")
    assert (case.subject.person_id, case.subject.room_id, case.subject.message_id) == (ada.id, room.id, said.id)
    assert case.evidence == [
        {"id": said.id, "name": "Ada", "content": "buy **this**", "at": NOON.isoformat(), "pictures": 0}
    ]
    assert [(one.kind, one.message.content) for one in heard if isinstance(one, Changed)] == [("delete", "")]
    assert {Queued(), ModNoticeDue()} <= {one for one in heard if not isinstance(one, Changed)}


async def test_removed_twice_is_one_case(store, room, mod, ada):
    said = await say(store, room, ada, "buy this")
    first = await messages.remove(store, mod, said.id, NOON)
    again = await messages.remove(store, mod, said.id, NOON, reason="again")
    assert (again, await count(store)) == (first, 1)


async def test_what_its_author_took_back_is_not_there_to_be_removed(store, room, mod, ada):
    said = await say(store, room, ada, "never mind")
    await messages.delete(store, room.id, ada, said.id, NOON)
    with pytest.raises(NotFound):
        await messages.remove(store, mod, said.id, NOON)
    assert await count(store) == 0


async def test_who_holds_no_role_any_more_removes_nothing(store, room, mod, ada):
    said = await say(store, room, ada, "stays")
    await store.pool.execute("delete from moderator_roles")
    for act in (
        messages.remove(store, mod, said.id, NOON),
        messages.hide_links(store, mod, said.id, NOON),
        messages.purge(store, mod, [said.id], NOON),
    ):
        with pytest.raises(Forbidden):
            await act
    assert not (await now_is(store, room, said.id)).deleted
    assert await count(store) == 0


async def test_only_the_owner_removes_what_the_owner_or_an_author_said(store, room, mod, robin):
    iris = await member(store, "iris", role="author")
    for author in (iris, robin.person):
        said = await say(store, room, author, "mine")
        with pytest.raises(Forbidden, match="Only the owner"):
            await messages.remove(store, mod, said.id, NOON)
        await messages.remove(store, robin, said.id, NOON)


async def test_the_house_removes_by_a_rule(store, room, ada):
    said = await say(store, room, ada, "buy this")
    case = await messages.remove(store, None, said.id, NOON, rule="links")
    assert (case.by_name, case.door, case.rule) == ("", "house", "links")


async def test_a_chat_is_nobodys_to_moderate_but_for_what_was_shown(store, mod, ada, bob):
    room_id = await chat_between(store, ada, bob)
    shown = await messages.say(store, room_id, ada, "rude", "n1", NOON, network="a", is_open=False)
    kept = await messages.say(store, room_id, ada, "private", "n2", NOON, network="b", is_open=False)
    report_id = await store.pool.fetchval(
        """insert into reports (reporter_id, reported_id, room_id, messages, created_at) values ($1, $2, $3, $4, $5)
        returning id""",
        bob.id,
        ada.id,
        room_id,
        [
            {"id": f"m{shown.id}", "by": "reported", "content": "rude", "chosen": True},
            {"id": f"m{kept.id}", "by": "reported", "content": "private", "chosen": False},
        ],
        NOON,
    )
    for message_id, report in ((shown.id, None), (kept.id, report_id), (kept.id, None)):
        with pytest.raises(NotFound):
            await messages.remove(store, mod, message_id, NOON, report_id=report)
    with pytest.raises(NotFound):
        await messages.purge(store, mod, [shown.id, kept.id], NOON)
    case = await messages.remove(store, mod, shown.id, NOON, report_id=report_id)
    assert case.subject.report_id == report_id
    found = await messages.get(store.pool, room_id, [shown.id, kept.id])
    assert [one.deleted for one in found] == [True, False]


async def test_what_was_said_in_discord_goes_there_too_and_its_echo_is_no_second_case(store, room, mod):
    message_id = await hear(store, room, 900, "buy this")
    case = await messages.remove(store, mod, message_id, NOON)
    assert await errands(store) == [(900, "delete", 5, False)]
    await messages.hear_deletions(store, room.id, [900], NOON)
    assert await errands(store) == [], "it is gone there, so nothing is to be done any more"
    assert (await count(store), case.person_name) == (1, "Grace")


async def sent(store, room, person, content, discord_id, nonce):
    """Something said on the site that Discord has."""
    said = await say(store, room, person, content, nonce)
    await store.pool.execute(
        "update messages set discord_id = $2, relay = 'sent', channel_id = 5 where id = $1", said.id, discord_id
    )
    return said


async def test_what_a_moderator_deletes_in_discord_is_on_record_with_its_words_and_once(store, room, robin, ada):
    said = await sent(store, room, ada, "buy this", 901, "n1")
    own = await sent(store, room, ada, "I take it back", 902, "n2")
    await sent(store, room, robin.person, "mine", 903, "n3")
    await messages.delete(store, room.id, ada, own.id, NOON)
    await hear(store, room, 904, "theirs")
    for _ in range(2):
        await messages.hear_deletions(store, room.id, [901, 902, 903, 904], NOON)
    [case] = await cases.latest(store.pool, limit=10)
    assert (case.kind, case.by_name, case.subject.person_id, case.subject.message_id) == ("remove", "", ada.id, said.id)
    assert "deleted in Discord" in case.rule
    assert [one["content"] for one in case.evidence] == ["buy this"]
    assert (await now_is(store, room, said.id)).deleted


async def test_of_many_that_are_gone_at_once_the_moderators_get_one_line_and_all_are_on_record(store, room, ada):
    for number in range(12):
        store.limits = Limits()
        await sent(store, room, ada, f"spam {number}", 910 + number, f"n{number}")
    await messages.hear_deletions(store, room.id, range(910, 922), NOON)
    assert await count(store) == 12
    assert await store.pool.fetchval("select count(*) from mod_notices where kind = 'case'") == 1


async def test_what_is_removed_here_does_not_come_back_with_discords_history(store, room, mod):
    message_id = await hear(store, room, 900, "buy this")
    await messages.remove(store, mod, message_id, NOON)
    assert await hear(store, room, 900, "buy this") == message_id
    edit = Heard(900, 7, "Grace", "g", "buy that", NOON, edited_at=NOON + timedelta(minutes=1))
    await messages.hear_edit(store, room.id, edit)
    assert (await now_is(store, room, message_id)).content == ""


async def test_pictures_go_with_their_message(store, room, mod, ada):
    await store.pool.execute(
        """insert into media (id, person_id, digest, content_type, ext, size, width, height, created_at)
        values (repeat('a', 22), $1, repeat('0', 64), 'image/png', 'png', 1, 1, 1, $2)""",
        ada.id,
        NOON,
    )
    said = await messages.say(store, room.id, ada, "", "n", NOON, network="a", media=["a" * 22])
    case = await messages.remove(store, mod, said.id, NOON)
    assert case.evidence[0]["pictures"] == 1
    assert await store.pool.fetchval("select released_at from media") == NOON


async def test_purging_takes_all_of_one_person_as_one_case_and_what_of_theirs_waits(store, room, mod, ada, bob):
    said = [await say(store, room, ada, f"buy {number}", f"n{number}") for number in range(5)]
    kept = await say(store, room, bob, "hello")
    await store.pool.execute(
        """insert into held (room_id, author_id, nonce, content, rule, created_at)
        values ($1, $2, 'h', 'buy', 'links', $3)""",
        room.id,
        ada.id,
        NOON,
    )
    found = await messages.selected(store.pool, Selection(person_id=ada.id))
    assert [one.id for one in found] == [one.id for one in reversed(said)]
    case = await messages.purge(store, mod, [one.id for one in found], NOON, reason="spam")
    assert (case.kind, case.subject.person_id, case.details["count"], case.details["held"]) == ("purge", ada.id, 5, 1)
    assert [one["content"] for one in case.evidence] == [f"buy {number}" for number in range(5)]
    assert [one.id for one in (await messages.newest(store.pool, room.id, 50))[1]] == [kept.id]
    assert await store.pool.fetchval("select state || content from held") == "deleted"
    again = await messages.purge(store, mod, [one.id for one in found], NOON)
    assert (again.id, await count(store)) == (case.id, 1)
    assert (await messages.remove(store, mod, said[2].id, NOON)).id == case.id


async def test_a_purge_keeps_the_rooms_numbers_without_a_gap_and_counts(store, room, mod, ada):
    said = [await say(store, room, ada, f"{number}", f"n{number}") for number in range(3)]
    heard = []
    with store.live.listening(heard.append):
        await messages.purge(store, mod, [one.id for one in said], NOON)
    told = [(one.seq, one.message.id) for one in heard if isinstance(one, Changed)]
    assert told == [(4, said[0].id), (5, said[1].id), (6, said[2].id)]
    logged = await store.pool.fetch("select seq, message_id from changes where kind = 'delete' order by seq")
    assert [tuple(row) for row in logged] == told
    assert await store.pool.fetchval("select said from rooms where id = $1", room.id) == 0


async def test_a_purge_spares_the_owner_unless_the_owner_does_it(store, room, mod, robin, ada):
    hers, his = await say(store, room, ada, "one"), await say(store, room, robin.person, "two")
    assert [one.id for one in await messages.selected(store.pool, Selection(last=9), by=mod)] == [hers.id]
    await messages.purge(store, mod, [hers.id, his.id], NOON)
    assert not (await now_is(store, room, his.id)).deleted
    await messages.purge(store, robin, [hers.id, his.id], NOON)
    assert (await now_is(store, room, his.id)).deleted


SELECTIONS = [
    (Selection(text="BUY"), {"buy %", "let us buy tea"}),
    (Selection(text="buy %"), {"buy %"}),
    (Selection(last=2), {"buy %", "bye"}),
    (Selection(since=NOON + timedelta(minutes=2)), {"buy %", "bye"}),
    (Selection(text="buy", last=1, since=NOON), {"buy %"}),
]


@pytest.mark.parametrize(("selection", "wanted"), SELECTIONS)
async def test_a_selection_is_of_what_fits_all_that_is_given(store, room, ada, selection, wanted):
    for minute, words in enumerate(["hello", "let us buy tea", "buy %", "bye"]):
        await say(store, room, ada, words, f"n{minute}", NOON + timedelta(minutes=minute))
    assert {one.content for one in await messages.selected(store.pool, selection)} == wanted


async def test_a_selection_of_everything_is_none(store):
    with pytest.raises(Refused, match="Say whose messages"):
        await messages.selected(store.pool, Selection())


async def test_many_of_the_sites_own_are_taken_out_of_discord_at_once_and_a_few_by_the_relay(store, room, mod, ada):
    said = [await say(store, room, ada, f"{number}", f"n{number}") for number in range(5)]
    for number, one in enumerate(said):
        await store.pool.execute(
            "update messages set relay = 'sent', discord_id = $2, channel_id = 5 where id = $1", one.id, 800 + number
        )
    await messages.remove(store, mod, said[0].id, NOON)
    assert await errands(store) == []
    await messages.purge(store, mod, [one.id for one in said[1:]], NOON)
    assert await errands(store) == [(number, "delete", 5, True) for number in range(801, 805)]


# Links


async def test_links_are_hidden_and_stay_so_whatever_the_message_becomes(store, room, mod, ada):
    said = await say(store, room, ada, "look at https://bad.example/x, quick")
    case = await messages.hide_links(store, mod, said.id, NOON, "an advert")
    shown = await now_is(store, room, said.id)
    assert (shown.content, shown.revision) == ("look at [link hidden], quick", 1)
    assert (case.kind, case.reason, case.evidence[0]["content"]) == ("hide_link", "an advert", said.content)
    assert (await messages.hide_links(store, mod, said.id, NOON)).id == case.id
    edited = await messages.edit(store, room.id, ada, said.id, "or https://other.example", NOON, network="a")
    assert edited.content == "or [link hidden]"


async def test_links_from_discord_stay_hidden_when_it_tells_of_the_message_again(store, room, mod):
    extras = messages.Extras(cards=(messages.Card(url="https://bad.example", title="Bad"),))
    message_id = await hear(store, room, 900, "see https://bad.example", extras=extras)
    await messages.hide_links(store, mod, message_id, NOON)
    assert await errands(store) == [(900, "suppress", 5, False)]
    again = Heard(900, 7, "Grace", "g", "see https://bad.example", NOON, extras=extras, channel_id=5)
    seq = (await now_is(store, room, message_id)).seq
    await messages.hear_edit(store, room.id, again)
    shown = await now_is(store, room, message_id)
    assert (shown.content, shown.extras.cards, shown.seq) == ("see [link hidden]", (), seq)
    later = Heard(900, 7, "Grace", "g", "now http://b.example", NOON, edited_at=NOON, channel_id=5)
    await messages.hear_edit(store, room.id, later)
    assert (await now_is(store, room, message_id)).content == "now [link hidden]"


async def test_a_message_without_a_link_has_none_to_hide(store, room, mod, ada):
    said = await say(store, room, ada, "hello")
    with pytest.raises(Refused, match="no link"):
        await messages.hide_links(store, mod, said.id, NOON)
    assert await count(store) == 0
