from datetime import UTC, datetime, timedelta

from db import people, sessions

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEY = sessions.hash_token("a token")


def test_tokens_are_long_different_and_only_their_hash_is_kept():
    tokens = {sessions.new_token() for _ in range(100)}
    assert {len(token) for token in tokens} == {43}
    assert len(tokens) == 100
    assert len(sessions.hash_token(tokens.pop())) == 32


async def test_a_session_is_found_by_its_hash_with_what_it_holds(store):
    ada = await people.add_visitor(store.pool, "Ada")
    await sessions.add(store.pool, KEY, ada.id, {"colour": "blue"}, NOON)
    kept = await sessions.load(store.pool, KEY, NOON)
    assert kept == sessions.Session(kept.id, KEY, ada.id, {"colour": "blue"}, NOON, NOON)
    assert await sessions.load(store.pool, sessions.hash_token("another"), NOON) is None


async def test_a_session_ends_after_14_quiet_days(store):
    await sessions.add(store.pool, KEY, None, {}, NOON)
    assert await sessions.load(store.pool, KEY, NOON + timedelta(days=13, hours=23))
    assert await sessions.load(store.pool, KEY, NOON + timedelta(days=14)) is None


async def test_a_session_ends_after_90_days_however_busy(store):
    await sessions.add(store.pool, KEY, None, {}, NOON)
    await sessions.touch(store.pool, KEY, NOON + timedelta(days=89))
    assert await sessions.load(store.pool, KEY, NOON + timedelta(days=89, hours=23))
    assert await sessions.load(store.pool, KEY, NOON + timedelta(days=90)) is None


async def test_visits_are_noted_at_most_hourly(store):
    await sessions.add(store.pool, KEY, None, {}, NOON)
    kept = await sessions.load(store.pool, KEY, NOON)
    assert not sessions.is_due(kept, NOON + timedelta(minutes=59))
    assert sessions.is_due(kept, NOON + timedelta(minutes=60))


async def test_changes_of_different_entries_do_not_undo_each_other(store):
    await sessions.add(store.pool, KEY, None, {"a": 1, "b": 2}, NOON)
    await sessions.change(store.pool, KEY, {"c": 3}, [])
    await sessions.change(store.pool, KEY, {"a": 9}, ["b"])
    assert (await sessions.load(store.pool, KEY, NOON)).data == {"a": 9, "c": 3}


async def test_rotating_ends_the_old_token_and_keeps_the_end_of_its_life(store):
    new = sessions.hash_token("new")
    await sessions.add(store.pool, KEY, None, {}, NOON)
    assert await sessions.rotate(store.pool, KEY, new, None, {"x": 1})
    assert await sessions.load(store.pool, KEY, NOON) is None
    assert (await sessions.load(store.pool, new, NOON)).created_at == NOON
    assert not await sessions.rotate(store.pool, KEY, sessions.hash_token("third"), None, {})


async def test_a_persons_sessions_can_be_listed_and_revoked(store):
    ada = await people.add_visitor(store.pool, "Ada")
    hashes = [sessions.hash_token(str(number)) for number in range(3)]
    for number, token_hash in enumerate(hashes):
        await sessions.add(store.pool, token_hash, ada.id, {}, NOON + timedelta(hours=number))
    await sessions.revoke(store.pool, hashes[1])
    open_ones = await sessions.of_person(store.pool, ada.id, NOON + timedelta(days=1))
    assert [session.token_hash for session in open_ones] == [hashes[2], hashes[0]]


async def test_ended_sessions_are_removed_and_open_ones_stay(store):
    await sessions.add(store.pool, KEY, None, {}, NOON)
    await sessions.add(store.pool, sessions.hash_token("fresh"), None, {}, NOON + timedelta(days=20))
    assert await sessions.remove_ended(store.pool, NOON + timedelta(days=20)) == 1
    assert await store.pool.fetchval("select count(*) from sessions") == 1
