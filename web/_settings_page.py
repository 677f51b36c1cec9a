"""Draws /settings for web/settings.py: all that a member can set, with what was refused in its form again."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import accounts, chats, sessions, visits
from db.errors import NotFound, Refused
from db.sessions import Session

from . import frames, keys, pages
from ._members import member
from .sessions import current_session

PAGE = "/settings"
# Of each form, the field that a refusal is about; what is not listed is about the first one.
FIELDS = {
    "profile": {"bad_name": "name", "too_long": "about", "bad_link": "links"},
    "picture": {"": "file"},
    "privacy": {"": "may_ask"},
    "discord": {"": "unlink"},
    "password": {"wrong_password": "current", "bad_password": "new"},
    "deletion": {"wrong_password": "password", "bad_username": "username"},
}


async def settings_page(
    request: web.Request, status: int = 200, *, problems: dict[str, str] | None = None, typed: Any = None
) -> web.Response:
    """`problems` are sentences by `form.field`; `typed` is what the profile's form held."""
    person = await member(request, PAGE)
    store = request.app[keys.STORE]
    account = await accounts.get(store.pool, person.id)
    if account is None:
        raise NotFound
    here = await current_session(request)
    context = {
        "account": account,
        "typed": typed or {"name": person.name, "about": account.about, "links": account.links},
        "sessions": [_session(one, here) for one in await sessions.of_person(store.pool, person.id, datetime.now(UTC))],
        "problems": defaultdict(str, problems or {}),
        "saved": request.query.get("saved", ""),
        "limits": _limits(request),
        "uncounted": await visits.is_excluded(store.pool, person.id),
        "blocked": [frames.person(one) for one in await chats.blocked_by(store.pool, person.id)],
    }
    return await pages.render(request, "settings/show.html", context, status)


async def refused(request: web.Request, form: str, refusal: Refused, typed: Any = None) -> web.Response:
    """The page with the sentence by its field."""
    fields = FIELDS[form]
    field = fields.get(refusal.code) or next(iter(fields.values()))
    response = await settings_page(request, refusal.status, problems={f"{form}.{field}": refusal.sentence}, typed=typed)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(refusal.retry_after)))
    if refusal.status == 413:
        response.force_close()  # the rest of the picture need not come
    return response


def saved(request: web.Request, form: str) -> web.HTTPSeeOther:
    """Back to the section, which says that it is done."""
    return web.HTTPSeeOther(f"{pages.url_for(request.app, 'settings.show', {'saved': form})}#{form}")


def _session(one: Session, here: bytes | None) -> dict[str, Any]:
    return {
        "id": one.id,
        "agent": one.data.get("agent") or "A browser",
        "since": frames.time(one.created_at),
        "seen": frames.time(one.seen_at),
        "is_this": one.token_hash == here,
    }


def _limits(request: web.Request) -> dict[str, int]:
    config = request.app[keys.STORE].config
    return {
        "name_max": config.hangout.name_max,
        "about_max": accounts.ABOUT_MAX,
        "links_max": accounts.LINKS_MAX,
        "url_max": accounts.URL_MAX,
        "label_max": accounts.LABEL_MAX,
        "upload_max": config.media.upload_max,
    }
