"""Last.fm's card: what is playing, what was, and what its errors mean."""

import json

import pytest

from cogs.integrations._outbound import SourceFailed
from practice.sources import Fault
from practice.sources.lastfm import KEY, SECONDS

STAR = "https://lastfm.freetls.fastly.net/i/u/300x300/2a96cbd8b46e442fc41c2b86b821562f.png"


def answered(*tracks):
    return Fault(body=json.dumps({"recenttracks": {"track": tracks if len(tracks) != 1 else tracks[0]}}))


async def test_what_is_playing_comes_first_and_the_three_before_it_with_their_times(desk):
    found = await desk.ask("lastfm")
    assert (found.data["title"], found.data["artist"], found.data["is_playing"]) == (
        "Kettle Song",
        "Teo & the Spoons",
        True,
    )
    assert found.data["played_at"] is None
    assert [one["played_at"] for one in found.data["recent"]] == [
        "2026-05-29T11:59:45+00:00",
        "2026-05-29T11:59:30+00:00",
        "2026-05-29T11:59:15+00:00",
    ]
    assert found.data["user_url"] == "https://www.last.fm/user/robin"
    assert (await desk.outbound("lastfm").picture(found.pictures["cover"]))[:4] == b"\x89PNG"


async def test_when_nothing_plays_the_last_one_is_told_with_its_time_and_three_more(desk):
    desk.clock[0] += 4 * SECONDS
    found = (await desk.ask("lastfm")).data
    assert (found["is_playing"], found["played_at"], len(found["recent"])) == (False, "2026-05-29T12:00:45+00:00", 3)


async def test_the_song_changes_with_time(desk):
    first = await desk.ask("lastfm")
    desk.clock[0] += SECONDS
    assert (await desk.ask("lastfm")).data["title"] != first.data["title"]


async def test_one_track_that_comes_without_its_list_and_without_extras_is_read(desk):
    track = {"name": "Alone", "artist": {"#text": "One", "mbid": ""}, "date": {"uts": "1603188238", "#text": "then"}}
    desk.faults.always["lastfm"] = answered(track)
    found = await desk.ask("lastfm")
    assert found.data == {
        "title": "Alone",
        "artist": "One",
        "album": "",
        "url": None,
        "is_playing": False,
        "played_at": "2020-10-20T10:03:58+00:00",
        "loved": False,
        "user_url": "https://www.last.fm/user/robin",
        "recent": [],
    }
    assert found.pictures == {}


@pytest.mark.parametrize("image", ["", STAR, "javascript:alert(1)"])
async def test_what_is_no_cover_is_not_one(desk, image):
    images = [{"size": "small", "#text": image}, {"size": "extralarge", "#text": image}]
    desk.faults.always["lastfm"] = answered({"name": "A", "artist": {"name": "B"}, "loved": "1", "image": images})
    found = await desk.ask("lastfm")
    assert (found.pictures, found.data["loved"], found.data["artist"]) == ({}, True, "B")


async def test_texts_and_links_of_strangers_are_made_fit_for_a_page(desk):
    track = {"name": "a\u202e\nb" + "x" * 5000, "artist": {"#text": "<b>"}, "url": "javascript:alert(1)"}
    desk.faults.always["lastfm"] = answered(track)
    found = (await desk.ask("lastfm")).data
    assert (found["title"][:4], len(found["title"]), found["artist"], found["url"]) == ("a bx", 200, "<b>", None)


@pytest.mark.parametrize("status", [200, 400, 403, 404, 503])
@pytest.mark.parametrize(
    ("error", "sentence", "is_setup"),
    [
        (6, "It knows no user of this name.", True),
        (8, "It has trouble of its own.", False),
        (10, "It does not take the API key.", True),
        (17, "The user keeps recent tracks private there.", True),
        (26, "It has suspended the API key.", True),
        ("29", "It says that we ask too often.", False),
    ],
)
async def test_errors_are_told_by_their_number_whatever_the_status(desk, status, error, sentence, is_setup):
    body = json.dumps({"error": error, "message": f"something about {KEY}"})
    desk.faults.always["lastfm"] = Fault(status=status, body=body)
    with pytest.raises(SourceFailed) as failed:
        await desk.ask("lastfm")
    assert (failed.value.sentence, failed.value.is_setup) == (sentence, is_setup)


async def test_a_wrong_key_and_a_wrong_name_are_for_the_owner_to_mend(desk):
    for changes, sentence in (
        ({"api_key": "wrong"}, "It does not take the API key."),
        ({"user": "nobody"}, "It knows no user of this name."),
    ):
        with pytest.raises(SourceFailed, match=sentence) as failed:
            await desk.ask("lastfm", **changes)
        assert failed.value.is_setup


async def test_a_listener_without_tracks_has_no_card_yet(desk):
    desk.faults.always["lastfm"] = answered()
    with pytest.raises(SourceFailed, match="no tracks"):
        await desk.ask("lastfm")
