"""The consent page: an application asks to know who somebody is. Whoever sits here chooses who that is, and answers."""

from html import escape
from pathlib import Path
from string import Template

from aiohttp import web
from yarl import URL

from practice.grants import Asked
from practice.model import Member
from practice.page.doors import HEADERS, PRACTICE
from practice.page.views import picture_of
from practice.refusals import Refusal

PAGE = Template((Path(__file__).parents[1] / "templates" / "authorize.html").read_text(encoding="utf-8"))
SORRY = Template((Path(__file__).parents[1] / "templates" / "sorry.html").read_text(encoding="utf-8"))


async def show(request: web.Request) -> web.StreamResponse:
    practice = request.config_dict[PRACTICE]
    try:
        asked = practice.grants.read(request.query)
    except Refusal as refused:
        return web.Response(text=SORRY.substitute(why=escape(refused.message)), content_type="text/html", status=400)
    members = [each for each in practice.world.guild.members.values() if not each.user.bot]
    people = "\n".join(card(each, is_first=each is members[0]) for each in members)
    name, site = escape(practice.world.application.name), escape(str(URL(asked.redirect_uri).host))
    text = PAGE.substitute(people=people, application=name, site=site)
    return web.Response(text=text, content_type="text/html", headers=headers(asked))


async def decide(request: web.Request) -> web.StreamResponse:
    """The form's answer, at the same address: `who` and `answer`. Sends the browser back to the application."""
    practice = request.config_dict[PRACTICE]
    asked, form = practice.grants.read(request.query), await request.post()
    if form.get("answer") != "allow":
        denied = "The resource owner or authorization server denied the request"
        back = asked.answer(error="access_denied", error_description=denied)
    else:
        user = practice.member(int(str(form.get("who", "0")))).user
        back = asked.answer(code=practice.grants.allow(asked, user.id))
    return web.Response(status=303, headers={"Location": back, **headers(asked)})


def card(member: Member, *, is_first: bool) -> str:
    user = member.user
    checked = " checked" if is_first else ""
    return (
        f'<li><label><input type="radio" name="who" value="{user.id}"{checked}>'
        f'<img src="{escape(picture_of(user))}" alt="" width="40" height="40">'
        f"<span>{escape(member.name)} <small>@{escape(user.username)}</small></span></label></li>"
    )


def headers(asked: Asked) -> dict[str, str]:
    """As everywhere here, but the form leads to the application, and its Origin must not be `null`."""
    there = str(URL(asked.redirect_uri).origin())
    policy = HEADERS["Content-Security-Policy"].replace("form-action 'self'", f"form-action 'self' {there}")
    return {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}
