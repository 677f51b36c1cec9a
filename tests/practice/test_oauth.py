"""The practice Discord as an OAuth2 server: refuses what Discord refuses, and says so in the same words."""

import base64
import hashlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from practice import Practice, porch

CALLBACK = "http://localhost:8080/auth/discord/callback"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code",
    "client_id": str(porch.APPLICATION),
    "scope": "identify",
    "redirect_uri": CALLBACK,
    "state": "a state",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
BASIC = aiohttp.encode_basic_auth(str(porch.APPLICATION), porch.CLIENT_SECRET)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def decide(
    practice: Practice, session: aiohttp.ClientSession, answer: str = "allow", who: int = porch.MEMBERS["Mika"]
) -> URL:
    """Where the consent page sends the browser."""
    data = {"answer": answer, "who": str(who)}
    async with session.post(practice.authorize_url, params=ASKED, data=data, allow_redirects=False) as response:
        assert response.status == 303
        return URL(response.headers["Location"])


async def exchange(
    practice: Practice, session: aiohttp.ClientSession, code: str, auth: str | None = BASIC, **other: str
) -> tuple[int, dict[str, object]]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        **other,
    }
    headers = {"Authorization": auth} if auth else {}
    async with session.post(f"{practice.api_base}/oauth2/token", data=form, headers=headers) as response:
        return response.status, await response.json()


async def test_a_yes_is_worth_a_code_a_code_a_token_and_a_token_the_user(
    practice: Practice, session: aiohttp.ClientSession
) -> None:
    back = await decide(practice, session)
    assert str(back.with_query(None)) == CALLBACK
    assert back.query["state"] == "a state"
    status, token = await exchange(practice, session, back.query["code"])
    assert (status, token["token_type"], token["scope"]) == (200, "Bearer", "identify")
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    async with session.get(f"{practice.api_base}/users/@me", headers=headers) as response:
        me = await response.json()
    assert (me["id"], me["username"], me["global_name"]) == (str(porch.MEMBERS["Mika"]), "mika", "Mika")
    assert "email" not in me
    async with session.get(f"{practice.api_base}/users/@me/guilds", headers=headers) as response:
        assert response.status == 401


async def test_a_no_sends_the_browser_back_with_it(practice: Practice, session: aiohttp.ClientSession) -> None:
    back = await decide(practice, session, "deny")
    assert (back.query["error"], back.query["state"]) == ("access_denied", "a state")
    assert "code" not in back.query


async def test_a_code_is_good_once(practice: Practice, session: aiohttp.ClientSession) -> None:
    code = (await decide(practice, session)).query["code"]
    assert (await exchange(practice, session, code))[0] == 200
    status, body = await exchange(practice, session, code)
    assert (status, body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "other", [{"code_verifier": "w" * 50}, {"code_verifier": ""}, {"redirect_uri": "http://localhost:1/"}]
)
async def test_a_code_is_worth_nothing_to_whoever_did_not_ask(
    practice: Practice, session: aiohttp.ClientSession, other: dict[str, str]
) -> None:
    code = (await decide(practice, session)).query["code"]
    status, body = await exchange(practice, session, code, **other)
    assert (status, body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("auth", [aiohttp.encode_basic_auth(str(porch.APPLICATION), "wrong"), None])
async def test_a_client_without_its_secret_gets_nothing(
    practice: Practice, session: aiohttp.ClientSession, auth: str | None
) -> None:
    code = (await decide(practice, session)).query["code"]
    assert await exchange(practice, session, code, auth) == (401, {"error": "invalid_client"})


async def test_a_token_that_never_was_is_refused(practice: Practice, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{practice.api_base}/users/@me", headers={"Authorization": "Bearer x"}) as response:
        assert response.status == 401


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("client_id", "1", "Unknown Application"),
        ("redirect_uri", "https://evil.example/", "Invalid OAuth2 redirect_uri"),
        ("scope", "identify email", "The requested scope is invalid, unknown, or malformed."),
        ("response_type", "token", "Invalid OAuth2 response_type"),
    ],
)
async def test_what_cannot_be_asked_is_not_shown(
    practice: Practice, session: aiohttp.ClientSession, name: str, value: str, why: str
) -> None:
    async with session.get(practice.authorize_url, params={**ASKED, name: value}) as response:
        assert response.status == 400
        assert why in await response.text()


async def test_with_addresses_in_the_portal_no_other_is_good(
    practice: Practice, session: aiohttp.ClientSession
) -> None:
    practice.grants.redirects = {"https://porch.example/auth/discord/callback"}
    async with session.get(practice.authorize_url, params=ASKED) as response:
        assert response.status == 400


async def test_another_site_cannot_say_yes(practice: Practice, session: aiohttp.ClientSession) -> None:
    data = {"answer": "allow", "who": str(porch.OWNER)}
    headers = {"Origin": "https://evil.example"}
    async with session.post(practice.authorize_url, params=ASKED, data=data, headers=headers) as response:
        assert response.status == 403
