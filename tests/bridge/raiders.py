"""People of the scenario of a raid: each with a browser, an address and a name of their own."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import aiohttp

JSON = {"Accept": "application/json"}


@dataclass
class Guest:
    """`refused`: the codes of what they could not do. `said`: what stands of theirs, by its id. `closed`: the code with
    which their socket was closed.
    """

    url: str
    name: str
    address: str
    refused: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    closed: int | None = None
    client: aiohttp.ClientSession = field(init=False)
    ws: aiohttp.ClientWebSocketResponse | None = None

    def __post_init__(self) -> None:
        headers = {"X-Forwarded-For": self.address}
        self.client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), headers=headers)

    async def post(self, path: str, **form: str) -> dict[str, Any]:
        async with self.client.post(f"{self.url}{path}", data=form, headers=JSON) as answer:
            told: dict[str, Any] = await answer.json()
        if "error" in told or answer.status >= 400 or answer.status == 202:
            self.refused.append(code_of(told))
        return told

    async def join(self) -> None:
        await self.post("/hangout/join", name=self.name)

    async def say(self, content: str) -> str:
        """By form. Returns the id, empty where it was refused or waits."""
        told = await self.post("/hangout", content=content, nonce=secrets.token_hex(8))
        if "id" in told:
            self.said[told["id"]] = content
        return str(told.get("id", ""))

    async def sit_down(self) -> None:
        self.ws = await self.client.ws_connect(f"{self.url}/ws/hangout")
        await self._until({"hello"})

    async def send(self, content: str) -> str:
        """By socket."""
        assert self.ws
        await self.ws.send_json({"type": "send", "nonce": secrets.token_hex(8), "content": content})
        frame = await self._until({"ack", "error"})
        if frame["type"] == "error":
            self.refused.append(frame["code"])
            return ""
        self.said[frame["id"]] = content
        return str(frame["id"])

    async def is_shown_out(self) -> str:
        """Waits for the end of their socket; returns the last sentence that they were told."""
        assert self.ws
        frame = await self._until({"error"})
        await self.ws.receive()
        self.closed = self.ws.close_code
        return str(frame["message"])

    async def leave(self) -> None:
        await self.client.close()

    async def _until(self, types: set[str]) -> dict[str, Any]:
        assert self.ws
        while True:
            frame: dict[str, Any] = await self.ws.receive_json(timeout=30)
            if frame["type"] in types:
                return frame


def code_of(told: dict[str, Any]) -> str:
    found = told.get("code") or told.get("error")
    return str(found.get("code") if isinstance(found, dict) else found)
