"""What the page's rarer buttons do: forwards, polls, threads, pins, voice messages, the pictures of links."""

from aiohttp import web

from practice import embeds
from practice.model import Json
from practice.page import views
from practice.page.acts import where, who
from practice.page.doors import PRACTICE, Handler
from practice.rest.requests import nothing, read, reply


async def forward(request: web.Request) -> web.Response:
    """Forwards message `id` to `channel`."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    said = practice.forward(who(body.get("who")), int(body["id"]), channel=where(body.get("channel")))
    return reply(views.message(practice.world, said))


async def voice(request: web.Request) -> web.Response:
    practice, body = request.config_dict[PRACTICE], await read(request)
    seconds = float(body.get("seconds") or 3)
    if not 0 < seconds <= 1200:
        raise ValueError("A voice message lasts up to 20 minutes.")
    said = practice.voice(who(body.get("who")), seconds, channel=where(body.get("channel")))
    return reply(views.message(practice.world, said))


async def poll(request: web.Request) -> web.Response:
    """`answers` is a list of texts."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    said = practice.poll(
        who(body.get("who")),
        str(body.get("question") or ""),
        [str(each) for each in body.get("answers") or []],
        hours=int(body.get("hours") or 24),
        multiple=bool(body.get("multiple")),
        channel=where(body.get("channel")),
    )
    return reply(views.message(practice.world, said))


async def vote(request: web.Request) -> web.Response:
    """Votes for an answer by its number, or takes the vote back when that person gave it already."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    person, number, answer = who(body.get("who")), int(body["id"]), int(body["answer"])
    asked = practice.find(number).poll
    mine = practice.member(person).user.id
    voted = asked is not None and any(each.id == answer and mine in each.voters for each in asked.answers)
    (practice.unvote if voted else practice.vote)(person, number, answer)
    return nothing()


async def end_poll(request: web.Request) -> web.Response:
    practice, body = request.config_dict[PRACTICE], await read(request)
    practice.end_poll(int(body["id"]))
    return nothing()


async def thread(request: web.Request) -> web.Response:
    """A thread on message `id`, or in `channel` without one; a post in a forum begins with `text`."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    number = int(body["id"]) if body.get("id") else None
    place = where(body.get("channel"))
    name, text = str(body.get("name") or ""), str(body.get("text") or "")
    made = practice.start_thread(who(body.get("who")), name, channel=place, message_id=number, text=text)
    return reply(views.channel_button(made))


async def change_thread(request: web.Request) -> web.Response:
    """Makes a thread `archived` or not, `locked` or not."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    given = {key: bool(body[key]) for key in ("archived", "locked") if key in body}
    practice.change_thread(where(body.get("channel")), who=who(body.get("who")), **given)
    return nothing()


async def pin(request: web.Request) -> web.Response:
    """Pins a message, or takes its pin away."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    number = int(body["id"])
    if practice.find(number).pinned_at:
        practice.unpin(number)
    else:
        practice.pin(who(body.get("who")), number)
    return nothing()


async def unfurl(request: web.Request) -> web.Response:
    """Adds what was found behind `url`: title, description, site, image, kind."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    texts: Json = {
        name: str(body[name]) for name in ("title", "description", "site", "image", "kind") if body.get(name)
    }
    found = embeds.link(practice.world, str(body.get("url") or ""), **texts)
    embeds.unfurl(practice.world, practice.find(int(body["id"])), found)
    return nothing()


async def suppress(request: web.Request) -> web.Response:
    practice, body = request.config_dict[PRACTICE], await read(request)
    practice.suppress_embeds(int(body["id"]))
    return nothing()


async def clear(request: web.Request) -> web.Response:
    """Takes all reactions away, or those of `emoji`."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    practice.clear_reactions(int(body["id"]), body.get("emoji"))
    return nothing()


async def join(request: web.Request) -> web.Response:
    """A new member called `name`."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    name = str(body.get("name") or "").strip()
    if not 1 <= len(name) <= 32:
        raise ValueError("A name has 1 to 32 characters.")
    practice.join(name)
    return nothing()


async def role(request: web.Request) -> web.Response:
    """Gives `whom` the role `role`, or takes it when they hold it already."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    whom, number = who(body.get("whom")), int(body["role"])
    holds = number in practice.member(whom).roles
    (practice.take_role if holds else practice.give_role)(whom, number)
    return nothing()


async def ban(request: web.Request) -> web.Response:
    """Bans `whom`; with `lift` lets them in again."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    act = practice.unban if body.get("lift") else practice.ban
    act(who(body.get("whom")), by=who(body.get("who")), reason=str(body.get("reason") or "") or None)
    return nothing()


async def time_out(request: web.Request) -> web.Response:
    """`whom` only reads for so many `minutes`; 0 ends it."""
    practice, body = request.config_dict[PRACTICE], await read(request)
    minutes = float(body.get("minutes") or 0)
    if not 0 <= minutes <= 28 * 24 * 60:
        raise ValueError("A timeout lasts up to 28 days.")
    reason = str(body.get("reason") or "") or None
    practice.time_out(who(body.get("whom")), minutes * 60, by=who(body.get("who")), reason=reason)
    return nothing()


async def expire(request: web.Request) -> web.Response:
    request.config_dict[PRACTICE].expire_links()
    return nothing()


POSTS: dict[str, Handler] = {
    "forward": forward,
    "voice": voice,
    "poll": poll,
    "vote": vote,
    "end_poll": end_poll,
    "thread": thread,
    "change_thread": change_thread,
    "pin": pin,
    "unfurl": unfurl,
    "suppress": suppress,
    "clear": clear,
    "join": join,
    "role": role,
    "ban": ban,
    "time_out": time_out,
    "expire": expire,
}
