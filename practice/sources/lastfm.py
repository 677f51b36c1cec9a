"""A stand-in for Last.fm: user.getRecentTracks, with another song every 15 seconds and silence now and then."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from practice.pictures import picture

NAME = "lastfm"
USER = "robin"
KEY = "practice-lastfm-key"
SECONDS = 15  # a song
SONGS = (
    ("Moths at the Window", "The Rocking Chairs", "Evenings In"),
    ("Rain on the Tin Roof", "Juniper Lane", "Weather Permitting"),
    ("Kettle Song", "Teo & the Spoons", "Second Breakfast"),
    ("Postcards Never Sent", "Mira Halloway", "Letters"),
    ("Late Train Home", "The Night Porters", "Platform Two"),
    ("A Map of the Garden", "Juniper Lane", "Weather Permitting"),
    ("Lantern Weather", "The Rocking Chairs", "Evenings In"),
)
SIZES = ("small", "medium", "large", "extralarge")
Track = dict[str, Any]


def environment(base: str) -> dict[str, str]:
    return {
        "LASTFM_BASE_URL": f"{base}/2.0/",
        "LASTFM_USER": USER,
        "LASTFM_API_KEY": KEY,
        "LASTFM_PERIOD": "10",
    }


def routes(now: Callable[[], float]) -> list[web.RouteDef]:
    async def ask(request: web.Request) -> web.Response:
        return recent(request, int(now() // SECONDS))

    return [web.get("/2.0/", ask), web.get("/covers/{name}.png", cover)]


def recent(request: web.Request, slot: int) -> web.Response:
    query = request.query
    if query.get("method") != "user.getrecenttracks" or query.get("format") != "json":
        return refusal(400, 3, "Invalid Method - No method with that name in this package")
    if query.get("api_key") != KEY:
        return refusal(403, 10, "Invalid API key - You must be granted a valid key by last.fm")
    if query.get("user") != USER:
        return refusal(404, 6, "User not found")
    limit = int(query.get("limit", "50"))
    covers = f"{request.url.origin()}{request.path.removesuffix('2.0/')}covers"
    is_extended = query.get("extended") == "1"
    tracks = [track(slot - back, covers, is_extended=is_extended) for back in range(1, limit + 1)]
    if is_playing(slot):  # it comes in addition to what was asked for, without a date
        playing = track(slot, covers, is_extended=is_extended)
        del playing["date"]
        tracks.insert(0, {**playing, "@attr": {"nowplaying": "true"}})
    total = {"user": USER, "page": "1", "perPage": str(limit), "totalPages": "1", "total": str(len(SONGS))}
    return web.json_response({"recenttracks": {"track": tracks, "@attr": total}})


def is_playing(slot: int) -> bool:
    return slot % 5 != 4


def track(slot: int, covers: str, *, is_extended: bool) -> Track:
    number = slot % len(SONGS)
    title, artist, album = SONGS[number]
    link = f"https://www.last.fm/music/{artist.replace(' ', '+')}/_/{title.replace(' ', '+')}"
    by: Track = {"name": artist, "mbid": "", "url": "", "image": []} if is_extended else {"#text": artist, "mbid": ""}
    found: Track = {
        "name": title,
        "artist": by,
        "album": {"#text": album, "mbid": ""},
        "url": link,
        "mbid": "",
        "streamable": "0",
        "image": [{"size": size, "#text": f"{covers}/{album.replace(' ', '-')}.png"} for size in SIZES],
        "date": {"uts": str(slot * SECONDS), "#text": "recently"},
    }
    return {**found, "loved": str(int(number % 3 == 0))} if is_extended else found


async def cover(request: web.Request) -> web.Response:
    return web.Response(body=picture(request.match_info["name"]), content_type="image/png")


def refusal(status: int, error: int, message: str) -> web.Response:
    return web.json_response({"message": message, "error": error}, status=status)
