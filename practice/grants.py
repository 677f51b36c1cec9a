"""OAuth2: what an application asks of a user, the codes that a yes is worth, and the tokens that codes are worth.

As Discord does it, for the scope `identify` alone. Source: Discord's page on OAuth2, RFC 6749 and RFC 7636.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import yarl

from practice import porch
from practice.model import Json, User
from practice.refusals import Refusal
from practice.world import World

CODE_SECONDS = 60.0
TOKEN_SECONDS = 604_800


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the address of the consent page."""

    redirect_uri: str
    scope: str
    state: str
    challenge: str
    method: str

    def answer(self, **given: str) -> str:
        """The address to which the browser goes back."""
        return str(yarl.URL(self.redirect_uri).update_query(given | ({"state": self.state} if self.state else {})))


@dataclass(frozen=True, slots=True)
class Code:
    asked: Asked
    user_id: int
    made_at: float


class TokenRefused(Exception):
    """What the token endpoint refuses, as RFC 6749 words it (section 5.2)."""

    def __init__(self, status: int, error: str, description: str = "") -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error} | ({"error_description": description} if description else {})


class Grants:
    """`redirects` are the addresses entered in the portal. Without any, every callback on this machine is good."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.redirects: set[str] = set()
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, tuple[int, float]] = {}

    def read(self, query: Mapping[str, str]) -> Asked:
        """Raises Refusal for what the consent page does not even show, because nobody can be sent back with it."""
        if query.get("client_id") != str(self.world.application.id):
            raise Refusal(400, 10002, "Unknown Application")
        redirect_uri = query.get("redirect_uri", "")
        if not self._is_registered(redirect_uri):
            raise Refusal(400, 50035, "Invalid OAuth2 redirect_uri")
        if query.get("response_type") != "code":
            raise Refusal(400, 50035, "Invalid OAuth2 response_type")
        method = query.get("code_challenge_method", "plain" if "code_challenge" in query else "")
        if method not in {"", "plain", "S256"}:
            raise Refusal(400, 50035, "Invalid code_challenge_method")
        if query.get("scope") != "identify":
            raise Refusal(400, 50035, "The requested scope is invalid, unknown, or malformed.")
        return Asked(redirect_uri, "identify", query.get("state", ""), query.get("code_challenge", ""), method)

    def allow(self, asked: Asked, user_id: int) -> str:
        """The code with which the user is sent back."""
        code = secrets.token_urlsafe(22)
        self._codes[code] = Code(asked, user_id, self.world.now())
        return code

    def exchange(self, client: tuple[str, str], form: Mapping[str, str]) -> Json:
        """A token for a code, once. Raises TokenRefused."""
        right = (str(self.world.application.id), porch.CLIENT_SECRET)
        if not all(hmac.compare_digest(a.encode(), b.encode()) for a, b in zip(client, right, strict=True)):
            raise TokenRefused(401, "invalid_client")
        if form.get("grant_type") != "authorization_code":
            raise TokenRefused(400, "unsupported_grant_type")
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or self.world.now() - code.made_at > CODE_SECONDS:
            raise TokenRefused(400, "invalid_grant", 'Invalid "code" in request.')
        if form.get("redirect_uri") != code.asked.redirect_uri:
            raise TokenRefused(400, "invalid_grant", 'Invalid "redirect_uri" in request.')
        if not proves(form.get("code_verifier", ""), code.asked):
            raise TokenRefused(400, "invalid_grant", 'Invalid "code_verifier" in request.')
        return self._token(code)

    def _token(self, code: Code) -> Json:
        token = secrets.token_urlsafe(22)
        self._tokens[token] = (code.user_id, self.world.now() + TOKEN_SECONDS)
        return {
            "token_type": "Bearer",
            "access_token": token,
            "expires_in": TOKEN_SECONDS,
            "refresh_token": secrets.token_urlsafe(22),
            "scope": code.asked.scope,
        }

    def user_of(self, authorization: str) -> User | None:
        """Whom a `Bearer` header stands for."""
        kind, _, token = authorization.partition(" ")
        user_id, until = self._tokens.get(token, (0, 0.0)) if kind == "Bearer" else (0, 0.0)
        return self.world.users.get(user_id) if self.world.now() < until else None

    def _is_registered(self, redirect_uri: str) -> bool:
        if self.redirects:
            return redirect_uri in self.redirects
        try:
            host = yarl.URL(redirect_uri).host or ""
            return host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            return False


def proves(verifier: str, asked: Asked) -> bool:
    """Whether whoever brings the code is who asked for it."""
    if not asked.challenge:
        return True
    made = verifier
    if asked.method == "S256":
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made.encode(), asked.challenge.encode())
