"""Who may change a post, and a post as the editor's form has it: read out of one, and made of what was typed.

Called by web/write.py, web/revisions.py and web/_editor.py.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from db import posts
from db.errors import NotFound
from db.people import Person
from db.posts import BadDraft, Draft, Post

from . import keys
from .hall import whole_number
from .sessions import current_person

LOCAL = "%Y-%m-%dT%H:%M"  # as a browser's field for a time has it (HTML, 2.3.5.7)
CENTURY = 100
SHORT, SHORT_MAX = ("title", "slug", "tags", "summary", "cover_alt"), 4000  # what is longer is not even looked through


# Who, and what


async def writer(request: web.Request) -> Person:
    """Who asks, if they write here. To everybody else there is no such page: raises NotFound."""
    person = await current_person(request)
    if person is None or not person.may_write_posts:
        raise NotFound
    return person


async def own_post(request: web.Request) -> tuple[Person, Post]:
    """The post of this address, and who asks, if they may change it. Raises NotFound."""
    person = await writer(request)
    post = await posts.get(request.app[keys.STORE].pool, whole_number(request.match_info["id"]) or 0)
    if post is None or not posts.may_edit(person, post):
        raise NotFound
    return person, post


def zone_of(request: web.Request) -> ZoneInfo:
    return ZoneInfo(request.app[keys.CONFIG].site.timezone)


# What was typed


def fields_of(post: Post) -> dict[str, str]:
    """A post as the form has it."""
    return {
        "title": post.title,
        "slug": post.slug,
        "tags": ", ".join(post.tags),
        "summary": post.own_summary,
        "cover": post.cover.media if post.cover else "",
        "cover_alt": post.cover.alt if post.cover else "",
        "kind": post.kind,
        "pinned": "on" if post.pinned else "",
        "comments_days": "" if post.comments_days is None else str(post.comments_days),
        "body": post.body,
    }


def draft_of(fields: Mapping[str, str], post: Post) -> Draft:
    """What was typed. Raises BadDraft."""
    for name in SHORT:
        if len(fields.get(name, "")) > SHORT_MAX:
            raise BadDraft(name, f"Those are {len(fields[name]):,} characters, and far more than fit there.")
    cover = fields.get("cover", "") if "no_cover" not in fields else ""
    return Draft(
        title=fields.get("title", ""),
        body=fields.get("body", ""),
        summary=fields.get("summary", ""),
        tags=tuple(tag for tag in fields.get("tags", "").split(",") if tag.strip()),
        slug=fields.get("slug", "").strip(),
        cover=cover or None,
        cover_alt=fields.get("cover_alt", "") if cover else "",
        kind=fields.get("kind", post.kind),
        pinned="pinned" in fields,
        comments_days=_days(fields.get("comments_days", "").strip()),
    )


def check_cover(draft: Draft) -> None:
    """Before readers see it. Raises BadDraft."""
    if draft.cover and not draft.cover_alt.strip():
        raise BadDraft("cover_alt", "Please say what the cover shows, for those who cannot see it.")


def _days(typed: str) -> int | None:
    days = whole_number(typed)
    if typed and (days is None or days > 36_500):
        raise BadDraft("comments_days", "Please give a number of days, or leave it empty.")
    return days


def time_of(typed: str, zone: ZoneInfo, now: datetime) -> datetime:
    """When a post shall come out, as it was typed in the site's time zone. Raises BadDraft."""
    try:
        at = datetime.fromisoformat(typed[:16]).replace(tzinfo=zone)
    except ValueError:
        raise BadDraft("at", "Please choose a day and a time.") from None
    if at <= now or at.year > now.year + CENTURY:
        raise BadDraft("at", f"Please choose a time to come; here it is {now.astimezone(zone):%H:%M} now.")
    return at.astimezone(UTC)
