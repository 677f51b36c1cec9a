"""Pictures of people: GET /avatars/{id}.png, a small pixel face of their own. Public, so that Discord can fetch it."""

from aiohttp import web

from db.errors import NotFound
from db.identicons import identicon


async def show(request: web.Request) -> web.Response:
    person_id = request.match_info["person_id"]
    if len(person_id) > 18:
        raise NotFound
    picture = identicon(f"person {int(person_id)}")
    return web.Response(
        body=picture,
        content_type="image/png",
        headers={
            "Cache-Control": "public, max-age=86400, stale-while-revalidate=604800",
            "Cross-Origin-Resource-Policy": "cross-origin",  # it is made to be shown elsewhere
        },
    )
