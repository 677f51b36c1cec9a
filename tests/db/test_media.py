import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import config as settings
from db import media, messages, people, rooms
from db.blobs import Blobs
from db.errors import NotFound, Refused, TooOften, Unavailable
from db.media import _removing
from tests import pictures

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def ada(store):
    return await people.add_visitor(store.pool, "Ada")


@pytest.fixture
async def grace(store):
    return await people.add_visitor(store.pool, "Grace")


def blobs(store):
    folder = store.config.data_path / "media"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def bring(store, person, picture=None, alt="", now=NOON):
    return media.add(store, person, picture or pictures.still(), alt, now)


def limit(store, **limits):
    store.config = msgspec.structs.replace(store.config, media=settings.Media(**limits))


async def test_a_picture_is_kept_under_its_digest_with_a_copy_for_each_narrower_width(store, ada):
    kept = await bring(store, ada, pictures.still("JPEG", (1000, 500)), "  A \x00\x1bteal\nwall ")
    assert (kept.content_type, kept.ext, kept.width, kept.height) == ("image/jpeg", "jpg", 1000, 500)
    assert (kept.alt, kept.widths, kept.animated, kept.used) == ("A teal wall", (320, 800), False, False)
    whole = await media.read(store, kept)
    assert (len(whole), hashlib.sha256(whole).hexdigest()) == (kept.size, kept.digest)
    assert blobs(store) == [f"{kept.digest[:2]}/{kept.digest}{end}" for end in ("", ".320", ".800")]
    assert pictures.opened(await media.read(store, kept, 800)).size == (800, 400)
    assert await media.get(store.pool, kept.id) == kept
    with pytest.raises(NotFound):
        await media.read(store, kept, 1600)


async def test_a_part_of_a_picture_is_read_without_the_rest(store, ada):
    kept = await bring(store, ada, pictures.packed(pictures.noise((600, 600)), "PNG"))
    whole = await media.read(store, kept)
    part = await media.open_range(store, kept, 1000, 900_000)
    pieces = [piece async for piece in part.chunks]
    assert (part.size, b"".join(pieces)) == (len(whole), whole[1000:900_000])
    assert len(pieces) > 1
    assert await media.size_of(store, kept, 320) == len(await media.read(store, kept, 320))


async def test_the_same_picture_twice_is_there_once_until_nobody_needs_it(store, ada, grace):
    first, second = await bring(store, ada), await bring(store, grace, now=NOON + timedelta(hours=2))
    assert (first.digest, len(blobs(store))) == (second.digest, 1)
    assert first.id != second.id
    assert await media.remove_unused(store, NOON + timedelta(hours=25)) == 1
    assert (await media.read(store, second), await media.get(store.pool, first.id)) != (b"", first)
    assert await media.remove_unused(store, NOON + timedelta(hours=27)) == 1
    assert blobs(store) == []


async def test_what_is_used_stays_and_what_is_younger_than_a_day_too(store, ada):
    used, young = await bring(store, ada), await bring(store, ada, pictures.still(colour="red"))
    await said_with(store, ada, used)
    assert await media.remove_unused(store, NOON + timedelta(hours=23)) == 0
    assert await media.remove_unused(store, NOON + timedelta(days=30)) == 1
    assert [await media.get(store.pool, one.id) is None for one in (used, young)] == [False, True]
    assert len(blobs(store)) == 1


async def test_a_picture_brought_while_the_same_one_is_cleared_away_is_there(store, ada, grace):
    for _ in range(5):
        await bring(store, ada)
        _, kept = await asyncio.gather(
            media.remove_unused(store, NOON + timedelta(days=2)), bring(store, grace, now=NOON + timedelta(days=2))
        )
        assert len(await media.read(store, kept)) == kept.size


async def test_only_own_and_unused_pictures_are_handed_out_in_the_order_asked_for(store, ada, grace):
    first, second, used = [await bring(store, ada, pictures.still(colour=colour)) for colour in ("red", "tan", "blue")]
    other = await bring(store, grace)
    room, _ = await said_with(store, ada, used)
    for not_theirs in (other, used):
        with pytest.raises(Refused, match="not here any more"):
            await messages.say(store, room.id, ada, "", "m", NOON, network="n", media=[first.id, not_theirs.id])
    said = await messages.say(store, room.id, ada, "", "m", NOON, network="n", media=[second.id, first.id])
    assert [file.media for file in said.attachments] == [second.id, first.id]


async def test_an_own_unused_picture_can_be_described_and_no_other(store, ada, grace):
    kept = await bring(store, ada)
    assert (await media.change_alt(store, ada, kept.id, "A wall")).alt == "A wall"
    with pytest.raises(NotFound):
        await media.change_alt(store, grace, kept.id, "Mine")
    with pytest.raises(Refused, match="1000 fit"):
        await media.change_alt(store, ada, kept.id, "x" * 1001)
    await said_with(store, ada, kept)
    with pytest.raises(NotFound):
        await media.change_alt(store, ada, kept.id, "Too late")
    assert (await media.get(store.pool, kept.id)).alt == "A wall"


async def test_more_pictures_than_a_day_allows_are_refused_until_the_first_is_a_day_old(store, ada, grace):
    limit(store, per_day=2)
    for hours in (0, 1):
        await bring(store, ada, now=NOON + timedelta(hours=hours))
    with pytest.raises(TooOften, match="2 pictures in a day") as refusal:
        await bring(store, ada, now=NOON + timedelta(hours=2))
    assert refusal.value.retry_after == 22 * 3600
    await bring(store, grace, now=NOON + timedelta(hours=2))
    await bring(store, ada, now=NOON + timedelta(hours=24))


async def test_several_at_once_do_not_get_past_the_quota(store, ada):
    limit(store, per_day=3)
    answers = await asyncio.gather(*(bring(store, ada) for _ in range(6)), return_exceptions=True)
    assert [type(answer) for answer in answers].count(TooOften) == 3


async def test_a_full_quota_of_bytes_is_refused_with_a_sentence_and_nothing_is_kept(store, ada):
    limit(store, quota=5000)
    with pytest.raises(Refused, match=r"have filled their .* MiB") as refusal:
        await bring(store, ada, pictures.packed(pictures.noise((64, 64)), "PNG"))
    assert (refusal.value.code, blobs(store)) == ("quota", [])


async def test_a_small_picture_of_discords_is_kept_until_it_is_forgotten(store):
    for attachment in (7, 8, 7):
        await media.keep_discord_file(store, attachment, pictures.still(), "image/png")
    kept, data = await media.discord_file(store, 7)
    assert (kept.content_type, data, len(blobs(store))) == ("image/png", pictures.still(), 1)
    await media.forget_discord_files(store, [7, 99])
    assert await media.discord_file(store, 7) is None
    assert (await media.discord_file(store, 8))[1] == pictures.still()
    await media.forget_discord_files(store, [8])
    assert (await media.remove_unused(store, NOON), blobs(store)) == (2, [])


async def test_a_copy_whose_bytes_are_lost_is_as_good_as_none_and_can_be_kept_again(store):
    await media.keep_discord_file(store, 7, pictures.still(), "image/png")
    (store.config.data_path / "media" / blobs(store)[0]).unlink()
    assert await media.discord_file(store, 7) is None
    await media.keep_discord_file(store, 7, pictures.still(), "image/png")
    assert (await media.discord_file(store, 7))[1] == pictures.still()


async def test_a_person_who_is_removed_leaves_their_pictures_to_nobody(store, ada):
    kept = await bring(store, ada)
    await store.pool.execute("update media set used = true")
    await store.pool.execute("delete from people where id = $1", ada.id)
    assert (await media.get(store.pool, kept.id)).person_id is None


async def test_when_bytes_cannot_be_removed_the_rows_wait_for_the_next_time(store, ada):
    await bring(store, ada)
    here, store.blobs = store.blobs, away(store)
    later = NOON + timedelta(days=2)
    with pytest.raises(Unavailable):
        await media.remove_unused(store, later)
    store.blobs = here
    assert await media.remove_unused(store, later) == 0, "the request that failed may still be on its way"
    await a_minute_later(store)
    assert (await media.remove_unused(store, later), blobs(store)) == (1, [])


async def test_a_deleted_message_is_forgotten_although_the_bytes_cannot_be_removed(store):
    await media.keep_discord_file(store, 7, pictures.still(), "image/png")
    here, store.blobs = store.blobs, away(store)
    await media.forget_discord_files(store, [7])
    with pytest.raises(Unavailable):
        await media.remove_unused(store, NOON)
    store.blobs = here
    assert await media.discord_file(store, 7) is None
    await a_minute_later(store)
    assert (await media.remove_unused(store, NOON), blobs(store)) == (1, [])


async def test_a_file_of_discords_that_was_forgotten_can_be_kept_again_before_and_after_it_is_removed(store):
    for sweeps in (False, True):
        await media.keep_discord_file(store, 7, pictures.still(), "image/png")
        await media.forget_discord_files(store, [7])
        if sweeps:
            await media.remove_unused(store, NOON)
        await media.keep_discord_file(store, 7, pictures.still(), "image/png")
        await media.remove_unused(store, NOON)
        assert (await media.discord_file(store, 7))[1] == pictures.still()


async def test_other_bytes_under_the_id_of_a_kept_file_are_not_taken(store):
    await media.keep_discord_file(store, 7, pictures.still(), "image/png")
    await media.keep_discord_file(store, 7, pictures.still(colour="red"), "image/png")
    assert ((await media.discord_file(store, 7))[1], len(blobs(store))) == (pictures.still(), 1)


# A message is deleted


async def said_with(store, person, *brought):
    """A message that carries these pictures, and its room."""
    room = await rooms.by_slug(store.pool, rooms.HANGOUT)
    ids = [one.id for one in brought]
    return room, await messages.say(store, room.id, person, "look", "n", NOON, network="n", media=ids)


async def test_a_picture_of_a_deleted_message_is_gone_at_once_and_its_bytes_with_the_next_sweep(store, ada):
    kept = await bring(store, ada, pictures.still("JPEG", (1000, 500)))
    room, message = await said_with(store, ada, kept)
    assert (await media.get(store.pool, kept.id)).used
    await messages.delete(store, room.id, ada, message.id, NOON + timedelta(minutes=1))
    assert await media.get(store.pool, kept.id) is None
    with pytest.raises(NotFound):
        await media.change_alt(store, ada, kept.id, "again")
    assert (await media.remove_unused(store, NOON + timedelta(minutes=2)), blobs(store)) == (1, [])


async def test_the_same_bytes_in_another_message_outlive_the_deleted_one(store, ada, grace):
    first, second = await bring(store, ada), await bring(store, grace)
    room, message = await said_with(store, ada, first)
    await said_with(store, grace, second)
    await messages.delete(store, room.id, ada, message.id, NOON)
    assert await media.remove_unused(store, NOON) == 1
    assert len(await media.read(store, second)) == second.size
    assert await media.get(store.pool, first.id) is None


async def test_deleting_does_not_buy_more_pictures_a_day_and_gives_back_the_bytes(store, ada):
    picture = pictures.packed(pictures.noise((64, 64)), "PNG")
    limit(store, per_day=2, quota=len(picture) * 3 // 2)
    room, message = await said_with(store, ada, await bring(store, ada, picture))
    with pytest.raises(Refused, match="have filled"):
        await bring(store, ada, picture)
    await messages.delete(store, room.id, ada, message.id, NOON)
    await media.remove_unused(store, NOON)
    await bring(store, ada, picture)
    with pytest.raises(TooOften):
        await bring(store, ada, picture)
    await media.remove_unused(store, NOON + timedelta(hours=25))
    assert await store.pool.fetchval("select count(*) from media where digest is null and created_at = $1", NOON) == 0


async def test_a_picture_that_could_not_be_kept_does_not_count(store, ada):
    limit(store, per_day=1)
    here, store.blobs = store.blobs, away(store)
    with pytest.raises(Unavailable):
        await bring(store, ada)
    store.blobs = here
    kept = await bring(store, ada)
    assert await media.remove_unused(store, NOON) == 1
    assert len(await media.read(store, kept)) == kept.size


# Bytes are removed after the commit


class Slow:
    """Blobs whose removal takes until it is let on; what it notes is what was open in the database meanwhile."""

    def __init__(self, store):
        self.real, self.pool, self.begun, self.on, self.open = (
            store.blobs, store.pool, asyncio.Event(), asyncio.Event(), None,
        )  # fmt: skip

    def __getattr__(self, name):
        return getattr(self.real, name)

    async def remove(self, names):
        on = self.on
        self.begun.set()
        self.open = await self.pool.fetchval(
            """select count(*) from pg_stat_activity a where a.datname = current_database()
            and a.pid <> pg_backend_pid() and (a.state like 'idle in transaction%' or exists (
                select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory'))"""
        )
        await on.wait()
        await self.real.remove(names)


@pytest.fixture
def slow(store):
    store.blobs = Slow(store)
    return store.blobs


async def test_no_transaction_and_no_lock_waits_for_bytes_to_be_removed(store, ada, slow):
    await bring(store, ada)
    removing = asyncio.create_task(media.remove_unused(store, NOON + timedelta(days=2)))
    await slow.begun.wait()
    slow.on.set()
    assert (await removing, slow.open, blobs(store)) == (1, 0, [])


async def test_who_brings_what_is_being_removed_waits_until_it_is_and_then_it_is_there(store, ada, grace, slow):
    await bring(store, ada)
    later = NOON + timedelta(days=2)
    removing = asyncio.create_task(media.remove_unused(store, later))
    await slow.begun.wait()
    bringing = asyncio.create_task(bring(store, grace, now=later))
    keeping = asyncio.create_task(media.keep_discord_file(store, 7, pictures.still(), "image/png"))
    done, _ = await asyncio.wait([bringing, keeping], timeout=0.6)
    assert not done
    assert await media.remove_unused(store, later) == 0, "nobody removes it twice"
    slow.on.set()
    _, kept, _ = await asyncio.gather(removing, bringing, keeping)
    assert len(await media.read(store, kept)) == kept.size
    assert (await media.discord_file(store, 7))[1] == pictures.still()


async def test_who_brings_what_takes_very_long_to_be_removed_is_told_to_come_back(store, ada, slow, monkeypatch):
    monkeypatch.setattr(_removing, "PAUSE", 0.01)
    await bring(store, ada)
    removing = asyncio.create_task(media.remove_unused(store, NOON + timedelta(days=2)))
    await slow.begun.wait()
    with pytest.raises(Unavailable, match="cleared away just now"):
        await bring(store, ada, now=NOON + timedelta(days=2))
    slow.on.set()
    await removing


async def test_a_removal_that_hangs_is_given_up_before_somebody_else_may_begin(store, ada, slow, monkeypatch):
    assert _removing.PATIENCE < 30
    monkeypatch.setattr(_removing, "PATIENCE", 0.1)
    await bring(store, ada)
    with pytest.raises(Unavailable):
        await media.remove_unused(store, NOON + timedelta(days=2))


@pytest.mark.parametrize("is_discords", [False, True])
async def test_who_is_killed_before_bytes_are_removed_leaves_them_to_the_next_sweep(store, ada, slow, is_discords):
    if is_discords:
        await media.keep_discord_file(store, 7, pictures.still(), "image/png")
        await media.forget_discord_files(store, [7])
    else:
        await bring(store, ada)
    later = NOON + timedelta(days=2)
    removing = asyncio.create_task(media.remove_unused(store, later))
    await slow.begun.wait()
    removing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await removing
    assert len(blobs(store)) == 1
    slow.on.set()
    await a_minute_later(store)
    assert (await media.remove_unused(store, later), blobs(store)) == (1, [])
    assert await store.pool.fetchval("select count(*) from removals") == 0


async def test_who_comes_back_too_late_from_a_removal_does_not_end_another_ones(store, ada, slow):
    await bring(store, ada)
    later = NOON + timedelta(days=2)
    first = asyncio.create_task(media.remove_unused(store, later))
    await slow.begun.wait()
    await a_minute_later(store)
    slow.begun.clear()
    firsts, slow.on = slow.on, asyncio.Event()
    second = asyncio.create_task(media.remove_unused(store, later))
    await slow.begun.wait()
    firsts.set()
    assert await first == 0
    assert await store.pool.fetchval("select count(*) from removals") == 1
    slow.on.set()
    assert (await second, blobs(store)) == (1, [])


@pytest.mark.parametrize(
    "alt", ["A \u202ewall\u202c", "A\u2028\u2066wall\u2069", "A \x00\x1bwall\x85", "\ud800A\t \u202dwall\r\n"]
)
async def test_a_description_turns_no_text_around_and_hides_nothing(store, ada, alt):
    assert (await bring(store, ada, alt=alt)).alt == "A wall"


async def a_minute_later(store):
    await store.pool.execute("update removals set since = since - interval '1 minute'")


def away(store):
    """A bucket that does not answer."""
    closed = settings.Media(bucket="b", endpoint="http://127.0.0.1:9", access_key="a", secret_key="b")
    return Blobs(msgspec.structs.replace(store.config, media=closed))
