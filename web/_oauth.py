"""Asking Discord who somebody is: the way there and back by OAuth2 (RFC 6749) with state and PKCE (RFC 7636).

For web/auth.py. What was begun is remembered in the session and taken out of it once. The access token is used for one
question and kept nowhere.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from typing import TypeVar

import aiohttp
import msgspec
import yarl
from aiohttp import web
from aiohttp_session import get_session

from db import sessions
from db.accounts import DiscordUser
from db.config import Config
from db.errors import Refused, Unavailable
from db.people import Person

from . import keys
from .sessions import current_session

ENTRY = "oauth"  # of the session
LIFE = 600  # seconds from the beginning to the return
PATIENCE = 5.0  # seconds for both questions together
ANSWER_MAX = 64 * 1024
CODE_MAX = 500
AWAY = "Discord cannot be reached just now. Please try again in a moment."
GARBAGE = "Discord gave an answer that nobody here understands. Please try again in a moment."
LOST = "This did not begin in this browser, or it was too long ago. Please begin again."
Shape = TypeVar("Shape")
REFUSED = "Discord did not accept this. Please begin again."


class Begun(msgspec.Struct):
    """What was begun, and as whom: whoever comes back as somebody else did not begin it."""

    state: str
    verifier: str
    next: str
    member: int | None
    at: float


class Token(msgspec.Struct):
    access_token: str


class Me(msgspec.Struct):
    id: str
    username: str
    global_name: str | None = None


def is_set_up(app: web.Application) -> bool:
    discord = app[keys.CONFIG].discord
    return bool(discord.client_id and discord.client_secret) and keys.OUTBOUND in app


def redirect_uri(config: Config) -> str:
    return f"{config.public_url}/auth/discord/callback"


async def begin(request: web.Request, you: Person | None, then: str) -> str:
    """Remembers what begins now, and returns the address at Discord to go to."""
    config = request.app[keys.CONFIG]
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(48), then, _member(you), time.time())
    (await get_session(request))[ENTRY] = msgspec.to_builtins(begun)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": str(config.discord.client_id),
        "scope": "identify",
        "redirect_uri": redirect_uri(config),
        "state": begun.state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return str(yarl.URL(config.discord.authorize_url).update_query(asked))


async def take(request: web.Request, you: Person | None) -> Begun:
    """What was begun in this session, once. Raises Refused (`lost`) when it was not this, not by this person, too long
    ago, or taken already.
    """
    token_hash = await current_session(request)
    (await get_session(request)).pop(ENTRY, None)
    held = await sessions.take(request.app[keys.STORE].pool, token_hash, ENTRY) if token_hash else None
    try:
        begun = msgspec.convert(held, Begun)
    except msgspec.ValidationError:
        raise Refused(LOST, "lost") from None
    given = request.query.get("state", "").encode("utf-8", "surrogatepass")
    is_fresh = 0 <= time.time() - begun.at < LIFE
    if not hmac.compare_digest(begun.state.encode(), given) or not is_fresh or begun.member != _member(you):
        raise Refused(LOST, "lost")
    return begun


async def who(request: web.Request, begun: Begun) -> DiscordUser:
    """The user of Discord's who has come back with a code. Raises Refused, or Unavailable when Discord is away."""
    code = request.query.get("code", "")
    if not code.isascii() or not 1 <= len(code) <= CODE_MAX:
        raise Refused(REFUSED, "denied")
    try:
        async with asyncio.timeout(PATIENCE):
            token = await _exchange(request.app, code, begun.verifier)
            me = await _me(request.app, token)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise Unavailable(AWAY) from error
    if not (me.id.isascii() and me.id.isdigit() and 0 < int(me.id) < 2**63):
        raise Unavailable(GARBAGE)
    return DiscordUser(int(me.id), me.username, me.global_name or me.username)


async def _exchange(app: web.Application, code: str, verifier: str) -> str:
    config = app[keys.CONFIG]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(config),
        "code_verifier": verifier,
    }
    secret = aiohttp.encode_basic_auth(str(config.discord.client_id), config.discord.client_secret)
    headers = {"Authorization": secret}
    address = f"{config.discord.api_base.rstrip('/')}/oauth2/token"
    async with app[keys.OUTBOUND].post(address, data=form, headers=headers, allow_redirects=False) as answer:
        return _read(await _body(answer), Token).access_token


async def _me(app: web.Application, token: str) -> Me:
    address = f"{app[keys.CONFIG].discord.api_base.rstrip('/')}/users/@me"
    headers = {"Authorization": f"Bearer {token}"}
    async with app[keys.OUTBOUND].get(address, headers=headers, allow_redirects=False) as answer:
        return _read(await _body(answer), Me)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """Of an answer that is a success, and short. Raises Refused for a code or token that Discord does not take."""
    if answer.status in {400, 401, 403}:
        raise Refused(REFUSED, "denied")
    if answer.status != 200:
        raise Unavailable(AWAY)
    body = b""
    async for chunk in answer.content.iter_chunked(ANSWER_MAX):
        body += chunk
        if len(body) > ANSWER_MAX:
            raise Unavailable(GARBAGE)
    return body


def _read(body: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unavailable(GARBAGE) from None


def _member(person: Person | None) -> int | None:
    return person.id if person and person.is_member else None
