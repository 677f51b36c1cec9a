"""Bluesky: an account that posts every few seconds. Source: the lexicons of github.com/bluesky-social/atproto."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from practice import pictures
from practice.model import Json

NAME = "bluesky"
STEP = 20  # seconds, after which there is another post
HANDLE, DID = "robin.example", "did:plc:porchporchporchporchporc"
WORDS = (
    "Good evening from the porch 🌙 example.org/porch-at-night #moths",
    "What the lamp looks like from the street.",
    "Two lines.\n\nAnd a thought after them, for @mika.example",
)


def environment(base: str) -> dict[str, str]:
    return {"BLUESKY_HANDLE": HANDLE, "BLUESKY_BASE_URL": base, "BLUESKY_PERIOD": "15"}


def routes(now: Callable[[], float]) -> list[web.RouteDef]:
    async def feed(request: web.Request) -> web.StreamResponse:
        if request.query.get("actor") not in {HANDLE, DID}:
            return web.json_response({"error": "InvalidRequest", "message": "Profile not found"}, status=400)
        newest = int(now() // STEP)
        origin = str(request.url.origin())
        return web.json_response({"feed": [_repost(newest, origin), *(_item(newest - n, origin) for n in range(5))]})

    async def thumb(request: web.Request) -> web.StreamResponse:
        return web.Response(body=pictures.picture(request.match_info["name"]), content_type="image/png")

    return [web.get("/xrpc/app.bsky.feed.getAuthorFeed", feed), web.get("/thumb/{name}.png", thumb)]


def _item(number: int, origin: str, handle: str = HANDLE, did: str = DID) -> Json:
    words = WORDS[number % len(WORDS)]
    at = f"{datetime.fromtimestamp(number * STEP, UTC):%Y-%m-%dT%H:%M:%S}.000Z"
    record = {"$type": "app.bsky.feed.post", "text": words, "createdAt": at, "langs": ["en"], "facets": _facets(words)}
    post: Json = {
        "uri": f"at://{did}/app.bsky.feed.post/3porch{number}",
        "cid": "bafyreiporch",
        "author": {"did": did, "handle": handle, "displayName": handle.partition(".")[0].title()},
        "record": record,
        "replyCount": number % 3,
        "repostCount": number % 4,
        "likeCount": number % 9,
        "quoteCount": 0,
        "indexedAt": at,
        "labels": [],
    }
    if number % len(WORDS) == 1:
        where = f"{origin}/sources/bluesky/thumb/{number}.png"
        seen = {"thumb": where, "fullsize": where, "alt": "A lamp, seen from the street"}
        post["embed"] = {"$type": "app.bsky.embed.images#view", "images": [seen]}
    return {"post": post}


def _repost(number: int, origin: str) -> Json:
    """Somebody else's post, which the account passed on."""
    item = _item(number, origin, "mika.example", "did:plc:mikamikamikamikamikamika")
    by = {"did": DID, "handle": HANDLE}
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": by, "indexedAt": item["post"]["indexedAt"]}
    return {**item, "reason": reason}


def _facets(words: str) -> list[Json]:
    """They count bytes."""
    features = {
        "example.org/porch-at-night": {"$type": "#link", "uri": "https://example.org/porch-at-night"},
        "#moths": {"$type": "#tag", "tag": "moths"},
        "@mika.example": {"$type": "#mention", "did": "did:plc:mikamikamikamikamikamika"},
    }
    return [_facet(words, part, feature) for part, feature in features.items() if part in words]


def _facet(words: str, part: str, feature: dict[str, str]) -> Json:
    start = len(words[: words.index(part)].encode())
    full = {**feature, "$type": f"app.bsky.richtext.facet{feature['$type']}"}
    return {"index": {"byteStart": start, "byteEnd": start + len(part.encode())}, "features": [full]}
