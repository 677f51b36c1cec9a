"""The forms that somebody banned may still send; every other one is answered with 403 and the sentence that says why.

The innermost middleware: it asks who it is, which the session must be there for.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from . import barred, keys
from .sessions import caller

SAFE = {"GET", "HEAD", "OPTIONS"}
# What is somebody's own to do, however they behaved: to leave, to come back as themselves (web/sessions.py sees to it
# that it is themselves), to take or delete what is theirs. Older members of a banned one's household come in by these.
OPEN = {
    "accounts.log_in",
    "accounts.logout",
    "auth.ask",
    "auth.open_link",
    "cases.read",
    "chats.leave",
    "hangout.leave",
    "settings.deletion",
    "settings.end_session",
    "settings.end_sessions",
    "theme.choose",
}


@web.middleware
async def refuse_banned(request: web.Request, handler: Handler) -> web.StreamResponse:
    name = request.match_info.route.name
    if request.method not in SAFE and name is not None and name not in OPEN:
        barred.check(request.app[keys.STORE], await caller(request))
    return await handler(request)
