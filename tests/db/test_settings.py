"""What members set about themselves, how they are found, and what they take along."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db import accounts, media, messages, people, sanctions, sessions, sightings
from db.errors import NotFound, Refused, TooOften
from db.events import PersonChanged
from db.moderators import Moderator
from tests import pictures
from tests.members import NOON, member

ROOM = 1


@pytest.fixture
async def ada(store):
    return await member(store, "ada", "Ada")


def profile(store, person, name="", about="", links=()):
    return accounts.change_profile(store, person, name or person.name, about, links)


# The profile


async def test_a_profile_is_kept_as_it_was_written_and_told(store, ada):
    heard = []
    with store.live.listening(heard.append):
        changed = await profile(
            store, ada, "Ada L.", "  I **count**\r\nthings \x00", [("example.org/me", " My   page ")]
        )
    kept = await accounts.get(store.pool, ada.id)
    assert (kept.person.name, kept.about) == ("Ada L.", "I **count**\nthings")
    assert kept.links == (accounts.Link("https://example.org/me", "My page"),)
    assert changed == kept.person
    assert heard == [PersonChanged(changed)]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,hello",
        "mailto:ada@example.org",
        "ftp://example.org",
        "https://",
        "https://localhost",
        "https://bank.example@evil.example",
        "https://example.org/a b",
        "https://example.org/\u202e",
        "https://example.org:99999/",
        'https://example.org/"onclick',
        "https://[::1",
        "https://example.org/" + "x" * 300,
    ],
)
async def test_what_is_no_address_of_the_web_is_no_link(store, ada, url):
    with pytest.raises(Refused) as refused:
        await profile(store, ada, links=[(url, "")])
    assert refused.value.code == "bad_link"
    assert (await accounts.get(store.pool, ada.id)).links == ()


async def test_five_links_fit_and_empty_lines_and_repeated_ones_do_not_count(store, ada):
    five = [(f"https://example.org/{number}", "") for number in range(5)]
    await profile(store, ada, links=[*five, ("  ", "nothing"), five[0]])
    assert len((await accounts.get(store.pool, ada.id)).links) == 5
    with pytest.raises(Refused, match="room for 5"):
        await profile(store, ada, links=[*five, ("https://example.com", "")])


async def test_words_about_oneself_have_a_limit(store, ada):
    await profile(store, ada, about="x" * 1000)
    with pytest.raises(Refused, match="1,001 characters") as refused:
        await profile(store, ada, about="x" * 1001)
    assert refused.value.code == "too_long"


@pytest.mark.parametrize("name", ["Robin", "R0bin", "admin", "Porchlight", "x", "\u200b\u200b"])
async def test_a_name_that_belongs_to_the_house_or_cannot_be_seen_is_refused(store, ada, name):
    with pytest.raises(Refused) as refused:
        await profile(store, ada, name, "new words")
    assert refused.value.code == "bad_name"
    kept = await accounts.get(store.pool, ada.id)
    assert (kept.person.name, kept.about) == ("Ada", "")


async def test_who_is_linked_with_discord_keeps_the_name_they_have_there(store):
    mika = await member(store, "mika", "Mika", discord_id=5)
    changed = await profile(store, mika, "Robin", "words")
    assert (changed.name, (await accounts.get(store.pool, mika.id)).about) == ("Mika", "words")


async def test_who_is_no_member_has_no_profile_to_change(store):
    visitor = await people.add_visitor(store.pool, "Bea")
    with pytest.raises(NotFound):
        await profile(store, visitor, "Beatrix")
    with pytest.raises(NotFound):
        await accounts.bring_picture(store, visitor, pictures.still(), NOON)
    assert (await people.get(store.pool, visitor.id)).name == "Bea"


# Privacy


async def test_privacy_is_kept_and_only_the_linked_can_be_told_in_discord(store, ada):
    mika = await member(store, "mika", "Mika", discord_id=5)
    for person, told in ((ada, False), (mika, True)):
        await accounts.change_privacy(
            store, person, "replied", shows_reading=False, shows_online=False, notify_discord=True
        )
        kept = await accounts.get(store.pool, person.id)
        assert (kept.may_ask, kept.shows_reading, kept.shows_online) == ("replied", False, False)
        assert kept.notify_discord is told


async def test_who_may_ask_is_one_of_three(store, ada):
    with pytest.raises(Refused):
        await accounts.change_privacy(
            store, ada, "friends", shows_reading=True, shows_online=True, notify_discord=False
        )
    assert (await accounts.get(store.pool, ada.id)).may_ask == "everyone"


# The picture


async def test_a_picture_is_a_small_square_of_the_middle(store, ada):
    changed = await accounts.bring_picture(store, ada, pictures.still("JPEG", (900, 500)), NOON)
    kept = await media.get(store.pool, changed.picture)
    assert (kept.width, kept.height, kept.widths, kept.used) == (256, 256, (), True)
    assert pictures.opened(await media.read(store, kept)).size == (256, 256)
    small = await accounts.bring_picture(store, ada, pictures.still("PNG", (40, 30)), NOON)
    assert (await media.get(store.pool, small.picture)).width == 30


async def test_a_picture_that_moves_stands_still_as_somebodys_face(store, ada):
    for kind in ("GIF", "WEBP"):
        changed = await accounts.bring_picture(store, ada, pictures.moving(kind), NOON)
        kept = await media.get(store.pool, changed.picture)
        assert (kept.animated, getattr(pictures.opened(await media.read(store, kept)), "n_frames", 1)) == (False, 1)


async def test_the_chosen_picture_stays_and_the_one_before_is_cleared_away(store, ada):
    first = await accounts.bring_picture(store, ada, pictures.still(colour="red"), NOON)
    second = await accounts.bring_picture(store, ada, pictures.still(colour="blue"), NOON)
    await media.remove_unused(store, NOON + timedelta(days=3))
    assert await media.get(store.pool, first.picture) is None
    kept = await media.get(store.pool, second.picture)
    assert pictures.opened(await media.read(store, kept)).size == (48, 48)
    removed = await accounts.remove_picture(store, ada, NOON)
    assert removed.picture is None
    assert await media.remove_unused(store, NOON + timedelta(days=3)) == 1
    assert not [path for path in (store.config.data_path / "media").rglob("*") if path.is_file()]


async def test_a_new_name_and_picture_are_those_of_all_that_one_has_said(store, ada):
    said = await messages.say(store, ROOM, ada, "hello", "n", datetime.now(UTC), network="n")
    await profile(store, ada, "Ada Lovelace")
    changed = await accounts.bring_picture(store, ada, pictures.still(), NOON)
    [again] = await messages.get(store.pool, ROOM, [said.id])
    assert (again.author.name, again.author.picture) == ("Ada Lovelace", changed.picture)


# Looking for people


async def names(store, words, limit=10):
    return [one.username for one in await people.search(store.pool, words, limit)]


async def test_people_are_found_by_the_beginning_of_username_and_name_and_by_something_near(store, ada):
    await member(store, "grace.hopper", "Admiral Grace")
    await member(store, "juniper", "Zoë Quill")
    for words in ("gra", "GRACE", "@grace.h", "admi", "grace"):
        assert await names(store, words) == ["grace.hopper"], words
    for words in ("junipper", "jnuiper", "zoë", "quil", "Quilll"):
        assert await names(store, words) == ["juniper"], words


async def test_the_nearest_stands_first(store, ada):
    for username, name in (("adam", "Adam"), ("zoe", "Ada Berg"), ("berg.ada", "Berg"), ("adabelle", "Belle")):
        await member(store, username, name)
    assert (await names(store, "ada"))[0] == "ada"
    assert set((await names(store, "ada"))[1:3]) == {"adam", "adabelle"}
    assert await names(store, "ada", limit=1) == ["ada"]


async def test_nothing_looked_for_and_signs_that_mean_all_find_nobody(store, ada):
    for words in ("", "   ", "@", "%", "_", "%%", "\\", "\u200b", "\x00", "\ud800", "a_a", "x" * 10_000):
        assert await names(store, words) == [], repr(words)


async def test_visitors_people_of_discords_and_the_disabled_are_not_found(store, ada):
    await people.add_visitor(store.pool, "Adalbert")
    await people.keep_discord(store.pool, {7: "Adam"}, 0)
    gone = await member(store, "adele", "Adele")
    await store.pool.execute("update accounts set disabled_at = now() where person_id = $1", gone.id)
    assert await names(store, "ad") == ["ada"]


# One's own data


async def exported(store, person):
    pieces = await accounts.export(store, person, time.monotonic(), datetime.now(UTC))
    return json.loads(b"".join([piece async for piece in pieces]))


async def test_everything_about_oneself_and_nothing_of_others_is_in_the_export(store, ada):
    grace = await member(store, "grace", "Grace")
    await profile(store, ada, about="words", links=[("https://example.org", "x")])
    await sessions.add(store.pool, b"s" * 32, ada.id, {"agent": "Firefox on Linux"}, datetime.now(UTC))
    chat = await store.pool.fetchval(
        "insert into rooms (kind, low_id, high_id) values ('chat', $1, $2) returning id", ada.id, grace.id
    )
    for person in (ada, grace):
        await store.pool.execute(
            "insert into members (room_id, person_id, joined_at) values ($1, $2, $3)", chat, person.id, NOON
        )
        await messages.say(store, chat, person, f"{person.name} whispers", "w", datetime.now(UTC), network=person.name)
    said = await messages.say(store, ROOM, ada, "aloud", "a", datetime.now(UTC), network="n")
    await messages.react(store, ROOM, ada, said.id, "👍", on=True)
    for sender, receiver, words, state in (
        (ada, grace, "may I", "declined"),
        (grace, ada, "a secret of hers", "waiting"),
    ):
        await store.pool.execute(
            "insert into chat_requests (from_id, to_id, words, state, created_at) values ($1, $2, $3, $4, $5)",
            sender.id,
            receiver.id,
            words,
            state,
            NOON,
        )
    await store.pool.execute("insert into blocks values ($1, $2, $3)", ada.id, grace.id, NOON)
    await accounts.bring_picture(store, ada, pictures.still(), NOON)
    await sightings.note(store, ada.id, "203.0.113.7", NOON)
    owner = Moderator(replace(grace, owner=True, name="Robin"))
    evidence = [{"id": said.id, "name": one, "content": f"{one} shouts"} for one in ("Ada", "Grace")]
    await sanctions.warn(store, owner, ada.id, NOON, reason="too loud", evidence=evidence)
    await sanctions.note(store, owner, ada.id, "a note of theirs", NOON)
    found = await exported(store, ada)
    assert (found["account"]["username"], found["account"]["about"]) == ("ada", "words")
    assert found["sessions"][0]["browser"] == "Firefox on Linux"
    assert [(one["room"], one["content"]) for one in found["messages"]] == [
        (f"chat {chat}", "Ada whispers"),
        ("hangout", "aloud"),
    ]
    assert found["reactions"][0]["emoji"] == ["👍"]
    assert [one["with"] for one in found["chats"]] == ["grace"]
    assert [(one["from"], one["words"]) for one in found["requests"]] == [("ada", "may I"), ("grace", None)]
    assert [one["username"] for one in found["blocks"]] == ["grace"]
    assert len(found["pictures"]) == 1
    assert ([one["name"] for one in found["names"]], len(found["networks"])) == (["Ada"], 1)
    [case] = found["cases"]
    assert (case["kind"], case["reason"], [one["content"] for one in case["evidence"]]) == (
        "warn",
        "too loud",
        ["Ada shouts"],
    )
    text = json.dumps(found)
    for hidden in (
        "Grace whispers",
        "a secret of hers",
        "declined",
        "password_hash",
        "token",
        "a note of theirs",
        "Robin",
    ):
        assert hidden not in text, hidden


async def test_an_export_of_many_messages_has_each_once_and_in_order(store, ada):
    await store.pool.execute(
        """insert into messages (room_id, seq, author_id, source, nonce, content, created_at)
        select 1, n, $1, 'web', n::text, n::text, now() from generate_series(1, 1203) n""",
        ada.id,
    )
    found = await exported(store, ada)
    assert [int(one["content"]) for one in found["messages"]] == list(range(1, 1204))


async def test_who_was_blocked_is_not_told_by_the_export(store, ada):
    grace = await member(store, "grace", "Grace")
    await store.pool.execute("insert into blocks values ($1, $2, $3)", grace.id, ada.id, NOON)
    await store.pool.execute(
        "insert into chat_requests (from_id, to_id, words, state, created_at) values ($1, $2, 'hi', 'unseen', $3)",
        ada.id,
        grace.id,
        NOON,
    )
    assert (await exported(store, ada))["requests"][0].keys() == {"from", "to", "words", "created_at"}
    theirs = await exported(store, grace)
    assert theirs["requests"] == []
    assert (await exported(store, ada))["blocks"] == []


async def test_one_cannot_take_ones_data_along_all_day(store, ada):
    for _ in range(6):
        await exported(store, ada)
    with pytest.raises(TooOften):
        await exported(store, ada)
