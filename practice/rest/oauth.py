"""The token endpoint: `POST /oauth2/token`, a form, with the client's id and secret as Basic or among the fields."""

import base64

from aiohttp import web

from practice.grants import TokenRefused
from practice.rest.requests import discord, reply


async def token(request: web.Request) -> web.Response:
    if request.content_type != "application/x-www-form-urlencoded":
        return reply({"error": "invalid_request"}, 400)
    form = {name: str(value) for name, value in (await request.post()).items()}
    try:
        client = client_of(request, form)
        response = reply(discord(request).grants.exchange(client, form))
    except TokenRefused as refused:
        response = reply(refused.body, refused.status)
    response.headers["Cache-Control"] = "no-store"
    return response


def client_of(request: web.Request, form: dict[str, str]) -> tuple[str, str]:
    header = request.headers.get("Authorization")
    if header is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    kind, _, encoded = header.partition(" ")
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise TokenRefused(401, "invalid_client") from None
    return (name, secret) if kind == "Basic" else ("", "")
