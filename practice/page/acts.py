"""What the page's buttons do; each takes a JSON object (speaking: a form with files) and answers with JSON. Scripts may
use them as well, from this machine."""

from typing import Any

import msgspec
from aiohttp import web
from aiohttp.web_request import FileField

from practice import evening
from practice.files import SPOILER, Upload, content_type
from practice.model import Json
from practice.page import views
from practice.page.doors import PRACTICE
from practice.rest.requests import nothing, read, reply
from practice.sources import SOURCES


def who(given: Any) -> int | str:
    """A user id as a number, anything else as a name."""
    text = str(given or "owner")
    return int(text) if text.isdecimal() else text


def where(given: Any) -> int | str:
    text = str(given or "hangout")
    return int(text) if text.isdecimal() else text


async def say(request: web.Request) -> web.Response:
    """Form fields: who, channel, content, reply_to, sticker, and files under `files`, all spoilers if `spoiler` is
    set."""
    practice, form = request.config_dict[PRACTICE], await request.post()
    given = [part for part in form.getall("files", []) if isinstance(part, FileField) and part.filename]
    before = SPOILER if form.get("spoiler") else ""
    uploads = [upload(n, part, before) for n, part in enumerate(given)]
    reply_to = str(form.get("reply_to") or "")
    said = practice.say(
        who(form.get("who")),
        str(form.get("content") or ""),
        channel=where(form.get("channel")),
        reply_to=int(reply_to) if reply_to else None,
        files=uploads,
        stickers=[str(each) for each in form.getall("sticker", []) if each],
    )
    return reply(views.message(practice.world, said))


async def edit(request: web.Request) -> web.Response:
    practice, body = request.config_dict[PRACTICE], await read(request)
    return reply(views.message(practice.world, practice.edit(int(body["id"]), str(body["content"]))))


async def delete(request: web.Request) -> web.Response:
    """Deletes `ids`: one by itself, several as one bulk deletion."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    ids = [int(each) for each in body["ids"]]
    if len(ids) == 1:
        practice.delete(ids[0])
    else:
        practice.bulk_delete(*ids)
    return nothing()


async def react(request: web.Request) -> web.Response:
    """Adds a reaction, or takes it back when that person has it already."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    person, number, emoji = who(body.get("who")), int(body["id"]), str(body["emoji"])
    mine = practice.member(person).user.id in practice.find(number).reactions.get(emoji, [])
    (practice.unreact if mine else practice.react)(person, number, emoji)
    return nothing()


async def typing(request: web.Request) -> web.Response:
    practice, body = request.config_dict[PRACTICE], await read(request)
    practice.typing(who(body.get("who")), where(body.get("channel")))
    return nothing()


async def status(request: web.Request) -> web.Response:
    practice, body = request.config_dict[PRACTICE], await read(request)
    practice.set_status(who(body.get("who")), str(body["status"]))
    return nothing()


async def activity(request: web.Request) -> web.Response:
    """What `who` does from now on: `kind` (a number of Discord's), `name`, `details`, `state`, and `custom` words."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    custom = str(body.get("custom") or "").strip()
    name = str(body.get("name") or "").strip()
    doing = [evening.custom(custom)] if custom else []
    if name:
        words = {key: str(body[key]).strip() for key in ("details", "state") if body.get(key)}
        doing.append(evening.activity(int(body.get("kind") or 0), name, practice.world.now(), **words))
    practice.set_activities(who(body.get("who")), *doing)
    return nothing()


async def command(request: web.Request) -> web.Response:
    """Runs a slash command and waits for the answer. `options` by name; with files it is a form, whose `payload` is
    that object and whose files are named by their options."""
    practice = request.config_dict[PRACTICE]
    body = await (with_files(request) if request.content_type.startswith("multipart/") else read(request))
    place = where(body.get("channel"))
    answer = await practice.command(str(body["command"]), body.get("options"), who=who(body.get("who")), channel=place)
    return reply(views.answer(practice.world, answer))


async def with_files(request: web.Request) -> Json:
    form = await request.post()
    body: Json = msgspec.json.decode(str(form["payload"]))
    files = {name: part for name, part in form.items() if isinstance(part, FileField) and part.filename}
    given = {name: upload(0, part) for name, part in files.items()}
    return {**body, "options": {**(body.get("options") or {}), **given}}


def upload(index: int, part: FileField, before: str = "") -> Upload:
    return Upload(index, before + part.filename, content_type(part.filename), part.file.read())


async def menu(request: web.Request) -> web.Response:
    """Runs a context menu command, by its `name`, on message `id`, or on the person `whom`."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    target = who(body["whom"]) if body.get("whom") else practice.find(int(body["id"]))
    answer = await practice.menu(str(body["name"]), target, who=who(body.get("who")))
    return reply(views.answer(practice.world, answer))


async def autocomplete(request: web.Request) -> web.Response:
    practice, body = request.config_dict[PRACTICE], await read(request)
    choices = await practice.autocomplete(
        str(body["command"]),
        str(body["focused"]),
        body.get("options"),
        who=who(body.get("who")),
        channel=where(body.get("channel")),
    )
    return reply({"choices": choices})


async def press(request: web.Request) -> web.Response:
    practice, body = request.config_dict[PRACTICE], await read(request)
    number = int(body["id"])
    message = practice.world.whispers.get(number) or practice.find(number)
    answer = await practice.press(message, str(body["custom_id"]), body.get("values") or (), who=who(body.get("who")))
    return reply(views.answer(practice.world, answer))


async def submit(request: web.Request) -> web.Response:
    """Sends a form; `token` is that of the answer that opened it, `values` are by custom_id."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    form = views.answer_to(practice, str(body["token"]))
    return reply(views.answer(practice.world, await practice.submit(form, body.get("values") or {})))


async def break_(request: web.Request) -> web.Response:
    """`{"fault": "away", "seconds": 10}`: a method of practice.faults and its arguments."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    given: Json = {**body}
    if given.get("fault") == "stop":
        practice.sources.always.clear()
    practice.faults.by_name(str(given.pop("fault", "")))(**given)
    return nothing()


async def break_sources(request: web.Request) -> web.Response:
    """`{"sources": ["lastfm"], "seconds": 60}`: what these live cards ask fails for so long; without a list, all."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    known = [source.NAME for source in SOURCES]
    named = [str(each) for each in body.get("sources") or known]
    if unknown := set(named) - set(known):
        raise LookupError(f"There is no source {min(unknown)!r}. There are: {', '.join(known)}.")
    seconds = float(body.get("seconds") or 60)
    if not 0 < seconds <= 3600:
        raise ValueError("Sources are away for an hour at most.")
    practice.sources.away(*named, seconds=seconds)
    return nothing()


async def state(request: web.Request) -> web.Response:
    practice = request.config_dict[PRACTICE]
    channel = practice.channel(where(request.query.get("channel")))
    return reply(views.state(practice, channel, int(request.query.get("limit", views.NEWEST))))
