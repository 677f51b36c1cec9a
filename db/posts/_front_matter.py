"""Posts as files: Markdown with what belongs to it written above, in YAML between `---` or TOML between `+++`.

Read and written by the commands of Discord and by db/moving. Anybody may bring such a file, so what is read is short,
shallow, and of plain values only.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from db.errors import Refused
from db.markdown import pictures_in
from db.names import NEWLINES
from db.posts._rules import check_day
from db.posts._shape import BadDraft, Draft, Post

FRONT_MAX = 16_384  # characters
DEPTH_MAX = 8  # lists and tables in each other
DIGITS_MAX = 10**18  # a number that is longer is none that a post has; Python refuses to write the longest ones at all
FRONT = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\n(.*?\n)??(?:\1|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
HEADING = re.compile(r"\s*# +(\S[^\n]*?)[ #]*(?:\n|\Z)")
LISTED = re.compile(r"[,\n]")
UNREADABLE = "What stands above the text cannot be read: {why}."


@dataclass(frozen=True, slots=True)
class Extra:
    """What a file says beside the draft: `date` when it came out or shall, `draft` whether it is one, None where it
    says nothing. `cover` is the name of a file, where it is no picture of this site. `aliases` are addresses it had.
    `revision` is the one that somebody was given to change, in this very file.
    """

    date: datetime | None = None
    draft: bool | None = None
    updated: datetime | None = None
    unlisted: bool = False
    author: str = ""
    cover: str = ""
    aliases: tuple[str, ...] = ()
    revision: int | None = None


# Rules


def read(text: str, zone: str = "UTC") -> tuple[Draft, Extra]:
    """The draft, still to be checked, whose title and slug may be empty; times without a zone are of `zone`. Without
    anything above it, the title is the first heading. Raises BadDraft (`front_matter`).
    """
    text = NEWLINES.sub("\n", text)
    found = FRONT.match(text)
    values = _values(found[1], found[2] or "") if found else None
    if found is None or values is None:
        heading = HEADING.match(text)
        return Draft(heading[1], text[heading.end() :]) if heading else Draft("", text), Extra()
    return _draft(values, text[found.end() :].strip("\n")), _extra(values, zone)


def write(post: Post, *, body: str | None = None, to_change: bool = False) -> str:
    """The file that `read` makes the same draft of; `body` in place of the post's own. One that is given out
    `to_change` says which revision it is.
    """
    values: dict[str, Any] = {"title": post.title, "slug": post.slug}
    if post.kind == "page":
        values["kind"] = "page"
    values |= {"draft": True} if post.state == "draft" else {}
    values |= {"unlisted": True} if post.state == "unlisted" else {}
    if post.tags:
        values["tags"] = list(post.tags)
    if post.own_summary:
        values["summary"] = post.own_summary
    if post.cover:
        values |= {"cover": f"/media/{post.cover.media}/full.{post.cover.ext}", "cover_alt": post.cover.alt}
    if post.pinned:
        values["pinned"] = True
    if post.comments_days is not None:
        values["comments_days"] = post.comments_days
    values["author"] = post.author.name
    values |= {"revision": post.revision} if to_change else {}
    above = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=1_000_000)
    return f"---\n{above}{_dates(post)}---\n\n{post.body if body is None else body}\n"


def _dates(post: Post) -> str:
    """As other programs read them too, which PyYAML's own way is not."""
    times = {"date": post.published_at, "lastmod": post.updated_at}
    return "".join(f"{name}: {at.astimezone(UTC).isoformat()}\n" for name, at in times.items() if at)


def _values(fence: str, above: str) -> dict[str, Any] | None:
    """None for what is no table, such as a text between two lines."""
    if len(above) > FRONT_MAX:
        raise _unreadable(f"it has {len(above):,} characters, and {FRONT_MAX:,} fit")
    try:
        loaded = tomllib.loads(above) if fence == "+++" else _yaml(above)
    except RecursionError:
        raise _unreadable("it is too deep") from None
    # The three behind ValueError are what PyYAML stumbles over: `!!bool perhaps`, `!!int ""`, `!!timestamp soon`.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise _unreadable(
            f"line {mark.line + 2} is not as it should be" if mark else "it is not as it should be"
        ) from error
    if not isinstance(loaded, dict):
        return None
    _check_numbers(loaded)
    return {str(key).lower(): value for key, value in loaded.items()}


def _check_numbers(held: object) -> None:
    """Raises BadDraft for a number that cannot be written down. What is this deep was looked at before, or is TOML."""
    waiting = [held]
    while waiting:
        one = waiting.pop()
        if isinstance(one, int) and abs(one) >= DIGITS_MAX:
            raise _unreadable("it has a number that is too large")
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one


def _yaml(above: str) -> Any:
    """Looks at the events first: nothing is built of what is deep or refers to itself."""
    depth = 0
    for event in yaml.parse(above, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _unreadable("it refers to itself")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            raise _unreadable("it is too deep")
    return yaml.load(above, Loader=yaml.CSafeLoader)


def _unreadable(why: str) -> BadDraft:
    return BadDraft("front_matter", UNREADABLE.format(why=why))


def _draft(values: Mapping[str, Any], body: str) -> Draft:
    cover = pictures_in(_cover(values))
    days = values.get("comments_days")
    is_page = "page" in {values.get("kind"), values.get("layout"), values.get("type")}
    return Draft(
        title=_word(values, "title"),
        body=body,
        summary=_word(values, "summary", "description", "excerpt"),
        tags=tuple(dict.fromkeys([*_list(values, "tags", "tag"), *_list(values, "categories", "category")])),
        slug=_word(values, "slug"),
        cover=cover[0] if cover else None,
        cover_alt=_cover_alt(values),
        kind="page" if is_page else "post",
        pinned=values.get("pinned") is True,
        comments_days=days if isinstance(days, int) and not isinstance(days, bool) else None,
    )


def _extra(values: Mapping[str, Any], zone: str) -> Extra:
    draft = values.get("draft")
    if draft is None and isinstance(values.get("published"), bool):
        draft = not values["published"]  # Jekyll's word for it
    cover, revision = _cover(values), values.get("revision")
    return Extra(
        date=_time(values, zone, "date", "publishdate"),
        draft=draft if isinstance(draft, bool) else None,
        updated=_time(values, zone, "lastmod", "updated", "last_modified_at"),
        unlisted=values.get("unlisted") is True,
        author=_word(values, "author"),
        cover="" if pictures_in(cover) else cover,
        aliases=tuple(_list(values, "aliases", "redirect_from")),
        revision=revision if isinstance(revision, int) and not isinstance(revision, bool) else None,
    )


def _word(values: Mapping[str, Any], *names: str) -> str:
    """The first of these that is a plain value, as text."""
    found = (values[name] for name in names if isinstance(values.get(name), str | int | float | date))
    return next((str(one).strip() for one in found if not isinstance(one, bool)), "")


def _list(values: Mapping[str, Any], *names: str) -> list[str]:
    """A list, or words with commas between them."""
    held: Any = next((values[name] for name in names if values.get(name)), [])
    if isinstance(held, str):
        held = LISTED.split(held)
    held = held if isinstance(held, list) else [held]
    return [str(one).strip() for one in held if isinstance(one, str | int | float) and str(one).strip()]


def _cover(values: Mapping[str, Any]) -> str:
    held = values.get("cover") or values.get("image") or values.get("featured_image")
    return _word(held, "image", "src", "path", "url") if isinstance(held, dict) else str(held or "").strip()


def _cover_alt(values: Mapping[str, Any]) -> str:
    held = values.get("cover") or values.get("image")
    return _word(held, "alt") if isinstance(held, dict) else _word(values, "cover_alt", "image_alt")


def _time(values: Mapping[str, Any], zone: str, *names: str) -> datetime | None:
    """The first of these that is there. Raises BadDraft for what is no time."""
    name = next((name for name in names if values.get(name) is not None), "")
    held = values.get(name)
    if held is None:
        return None
    try:
        at = _moment(held)
        return check_day(at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone)))
    except (ValueError, OverflowError, Refused):
        raise _unreadable(f"{name} is no time") from None


def _moment(held: object) -> datetime:
    if isinstance(held, datetime):
        return held
    if isinstance(held, date):
        return datetime.combine(held, time())
    return datetime.fromisoformat(str(held).strip())
