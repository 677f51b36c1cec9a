"""Pages that are there for members only: whoever else comes is asked to log in, and then brought back."""

from aiohttp import web

from db.people import Person

from .sessions import current_person


async def member(request: web.Request, back: str = "") -> Person:
    """Who is asking. Sends others to the log-in, from which they come `back`: to the page that they asked for, if it is
    none of a form.
    """
    person = await current_person(request)
    if person is None or not person.is_member:
        asked = str(request.rel_url) if request.method in {"GET", "HEAD"} else ""
        raise web.HTTPSeeOther(request.rel_url.with_path("/login").with_query(next=asked or back or "/"))
    return person
