"""Mastodon: an account that posts every few seconds, in all the ways that matter to a card. Source:
docs.joinmastodon.org, methods `accounts` and entity `Status`."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from practice import pictures
from practice.model import Json

NAME = "mastodon"
STEP = 20  # seconds, after which there is another post
ACCOUNT_ID = "109000000000000001"
LINK = (
    '<a href="https://example.org/a/porch/at/night" target="_blank" rel="nofollow noopener noreferrer" '
    'translate="no"><span class="invisible">https://</span><span class="ellipsis">example.org/a/porch</span>'
    '<span class="invisible">/at/night</span></a>'
)
CARD = {"url": "https://example.org/a/porch/at/night", "title": "A porch at night", "type": "link"}
POSTS: tuple[Json, ...] = (
    {"content": f"<p>The moths are back at the lamp.<br />Somebody wrote about it: {LINK}</p>"},
    {"content": "<p>Three pictures of the same moth :moth:</p>", "pictures": ("moth", "lamp", "moth again")},
    {
        "content": "<p>It tastes of <b>cinnamon</b>.</p>",
        "spoiler_text": "Food",
        "sensitive": True,
        "pictures": ("a cake",),
    },
    {"content": "<p>Tea or cocoa?</p>", "poll": {"id": "1", "options": [{"title": "Tea"}, {"title": "Cocoa"}]}},
)


def environment(base: str) -> dict[str, str]:
    return {"MASTODON_ACCOUNT": "robin", "MASTODON_BASE_URL": base, "MASTODON_PERIOD": "15"}


def routes(now: Callable[[], float]) -> list[web.RouteDef]:
    async def lookup(request: web.Request) -> web.StreamResponse:
        if request.query.get("acct") != "robin":
            return web.json_response({"error": "Record not found"}, status=404)
        return web.json_response(_account(str(request.url.origin())))

    async def statuses(request: web.Request) -> web.StreamResponse:
        if request.match_info["account"] != ACCOUNT_ID:
            return web.json_response({"error": "Record not found"}, status=404)
        newest = int(now() // STEP)
        origin = str(request.url.origin())
        listed = [_status(newest - back, origin) for back in range(min(int(request.query.get("limit", "20")), 40))]
        return web.json_response(listed, headers={"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299"})

    async def media(request: web.Request) -> web.StreamResponse:
        return web.Response(body=pictures.picture(request.match_info["name"]), content_type="image/png")

    return [
        web.get("/api/v1/accounts/lookup", lookup),
        web.get("/api/v1/accounts/{account}/statuses", statuses),
        web.get("/media/{name}.png", media),
    ]


def _account(origin: str) -> Json:
    return {
        "id": ACCOUNT_ID,
        "username": "robin",
        "acct": "robin",
        "display_name": "Robin :lamp:",
        "url": f"{origin}/@robin",
        "emojis": [{"shortcode": "lamp", "url": f"{origin}/media/lamp.png", "static_url": f"{origin}/media/lamp.png"}],
    }


def _status(number: int, origin: str) -> Json:
    post = POSTS[number % len(POSTS)]
    media = [_media(f"{number}-{n}", words, origin) for n, words in enumerate(post.get("pictures", ()))]
    return {
        "id": str(number),
        "uri": f"{origin}/users/robin/statuses/{number}",
        "url": f"https://mastodon.example/@robin/{number}",
        "created_at": datetime.fromtimestamp(number * STEP, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z"),
        "account": _account("https://mastodon.example"),
        "content": post["content"],
        "spoiler_text": post.get("spoiler_text", ""),
        "sensitive": post.get("sensitive", False),
        "visibility": "public",
        "language": "en",
        "in_reply_to_id": None,
        "reblog": None,
        "media_attachments": media,
        "card": {"url": "https://example.org/a/porch/at/night", "title": "A porch at night"}
        if LINK in post["content"]
        else None,
        "poll": post.get("poll"),
        "emojis": [{"shortcode": "moth", "url": f"{origin}/media/moth.png", "static_url": f"{origin}/media/moth.png"}],
        "replies_count": number % 3,
        "reblogs_count": number % 5,
        "favourites_count": number % 7,
        "edited_at": None,
    }


def _media(name: str, words: str, origin: str) -> Json:
    where = f"{origin}/sources/mastodon/media/{name}.png"
    return {"id": name, "type": "image", "url": where, "preview_url": where, "description": words, "blurhash": None}
