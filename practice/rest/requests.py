"""Reading requests and writing answers in Discord's manner: bodies as JSON or multipart, ids as strings, and a
content type that is exactly `application/json`."""

import re
from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import BodyPartReader, web

from practice import checks
from practice.files import Upload, content_type
from practice.gateway import Gateway
from practice.grants import Grants
from practice.interactions import Interactions
from practice.model import Channel, Json
from practice.refusals import invalid_form, refusal
from practice.world import World

BODY_MAX = 25 * 1024 * 1024
FILE_FIELD = re.compile(r"^files?\[?(\d*)\]?$")


@dataclass(frozen=True, slots=True)
class Discord:
    """What every handler works on."""

    world: World
    gateway: Gateway
    interactions: Interactions
    grants: Grants


SHAPES: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("embeds", "components", "attachments"), (list, "LIST_TYPE_CONVERT")),
    **dict.fromkeys(("allowed_mentions", "message_reference", "data"), (dict, "MODEL_TYPE_CONVERT")),
    "flags": (int, "NUMBER_TYPE_COERCE"),
}
DISCORD = web.AppKey("discord", Discord)
BODY = "practice.body"


def discord(request: web.Request) -> Discord:
    return request.config_dict[DISCORD]


def world(request: web.Request) -> World:
    return request.config_dict[DISCORD].world


def reply(data: object, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(data), status=status, headers={"Content-Type": "application/json"})


def nothing() -> web.Response:
    return web.Response(status=204)


def number(request: web.Request, name: str) -> int:
    """An id from the path."""
    return checks.snowflake(request.match_info[name], name)


def channel(request: web.Request) -> Channel:
    return world(request).channel(number(request, "channel_id"))


def flag(request: web.Request, name: str) -> bool:
    return request.query.get(name, "").lower() in {"1", "true"}


async def read_any(request: web.Request) -> Any:
    """The JSON of a body, whatever it is; code 50109 when it is none."""
    raw = await request.read()
    try:
        data = msgspec.json.decode(raw) if raw else {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise refusal(50109) from None
    request[BODY] = data if isinstance(data, dict) else {"list": data}
    return data


async def read(request: web.Request) -> Json:
    body, _ = await read_with_files(request)
    return body


def check_shapes(body: Json) -> None:
    """Raises 50035 for a field that is not even the right kind of thing; null stands for an absent one."""
    for name, (kind, code) in SHAPES.items():
        if body.get(name) is not None and not isinstance(body[name], kind):
            raise invalid_form(name, code, f"Expected {kind.__name__}.")
        if kind is list and not all(isinstance(each, dict) for each in body.get(name) or []):
            raise invalid_form(name, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")


async def read_with_files(request: web.Request) -> tuple[Json, list[Upload]]:
    """The JSON object of a body and its files, with the fields of the right kind."""
    body, uploads = await read_parts(request)
    check_shapes(body)
    return body, uploads


async def read_parts(request: web.Request) -> tuple[Json, list[Upload]]:
    """Multipart has `payload_json` and `files[n]`; anything else is JSON without files."""
    if not request.content_type.startswith("multipart/"):
        data = await read_any(request)
        if not isinstance(data, dict):
            raise refusal(50109)
        return data, []
    body: Json = {}
    uploads: list[Upload] = []
    size = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read(decode=True))
        size += len(data)
        if size > BODY_MAX:
            raise refusal(40005)
        named = FILE_FIELD.match(part.name or "")
        if part.name == "payload_json":
            body |= msgspec.json.decode(data, type=Json)
        elif named and part.filename:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads.append(Upload(int(named[1] or 0), part.filename, content_type(part.filename, kind), data))
    request[BODY] = body
    return body, uploads
