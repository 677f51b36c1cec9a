"""What a post may be, and who may change it."""

import re
from dataclasses import replace
from datetime import datetime

from db.errors import NotFound, Refused
from db.media import check_alt
from db.names import NEWLINES, UNSAYABLE, is_seen
from db.people import Person
from db.posts._shape import BadDraft, Draft, Entry, Post
from db.posts._slugs import SLUG_MAX, is_reserved, slug_of, tag_of

TITLE_MAX, SUMMARY_MAX, BODY_MAX, TAGS_MAX, DAYS_MAX = 200, 500, 200_000, 20, 36_500
YEARS = 1000, 9000  # addresses of the archive have four digits, and PostgreSQL knows years that Python does not
NO_DAY = f"That is no day for a post; the years from {YEARS[0]} to {YEARS[1]} are."
MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{22}")
NO_DRAFT = "This is no draft any more, so it is saved only when you say so."
EMPTY = "There is nothing to read in this post yet."
CONFLICT = "Somebody has saved this post in between. Please look at what they wrote first."


def check_draft(draft: Draft) -> Draft:
    """The draft as it will be kept: cleaned, measured, its tags and slug as addresses have them. Raises BadDraft."""
    if draft.kind not in {"post", "page"}:
        raise BadDraft("kind", "That is neither a post nor a page.")
    if draft.comments_days is not None and not 0 <= draft.comments_days <= DAYS_MAX:
        raise BadDraft("comments_days", f"That is a number of days from 0 to {DAYS_MAX:,}.")
    if draft.cover is not None and draft.cover and not MEDIA_ID.fullmatch(draft.cover):
        raise BadDraft("cover", "There is no such picture.")
    return replace(
        draft,
        title=_check_title(draft.title),
        body=_check_body(draft.body),
        summary=_check_summary(draft.summary),
        tags=_check_tags(draft.tags),
        slug=_check_slug(draft.slug, draft.kind),
        cover=draft.cover or None,
        cover_alt=_check_cover_alt(draft.cover_alt) if draft.cover else "",
    )


def may_edit(person: Person, post: Entry) -> bool:
    """The owner any, an author their own."""
    return person.owner or (person.may_write_posts and post.author.id == person.id)


def check_own(person: Person, post: Post | None) -> Post:
    """Raises NotFound for a post that is not there, or not for this person to edit."""
    if post is None or not may_edit(person, post):
        raise NotFound("There is no such post.")
    return post


def as_theirs(draft: Draft, person: Person, before: Post) -> Draft:
    """The draft with what only the owner decides as it was, if somebody else saves it."""
    return draft if person.owner else replace(draft, kind=before.kind, pinned=before.pinned)


def is_out(entry: Entry, now: datetime) -> bool:
    """Whether whoever knows its address may read it: also one that is not listed, and a scheduled one in time."""
    if entry.state == "scheduled":
        return entry.published_at is not None and entry.published_at <= now
    return entry.state in {"published", "unlisted"}


def draft_of(post: Post) -> Draft:
    """The post as it would be typed."""
    return Draft(
        title=post.title,
        body=post.body,
        summary=post.own_summary,
        tags=post.tags,
        slug=post.slug,
        cover=post.cover.media if post.cover else None,
        cover_alt=post.cover.alt if post.cover else "",
        kind=post.kind,
        pinned=post.pinned,
        comments_days=post.comments_days,
    )


def is_same(draft: Draft, post: Post) -> bool:
    """Whether saving it would change nothing."""
    return replace(draft, slug=draft.slug or post.slug) == draft_of(post)


def shown(draft: Draft) -> tuple[object, ...]:
    """What readers of the post see of it; its address, place and comments apart."""
    return draft.title, draft.body, draft.summary, draft.tags, draft.cover, draft.cover_alt


def check_place(person: Person, draft: Draft, before: Post | None) -> None:
    """Where a post stands is the owner's to say: who else makes a standing page of it, or pins it above all others, is
    refused, whichever door the draft came through. Raises BadDraft.
    """
    if person.owner:
        return
    if draft.kind != (before.kind if before else "post"):
        raise BadDraft("kind", "Only the owner of the site makes standing pages.")
    if draft.pinned and not (before and before.pinned):
        raise BadDraft("pinned", "Only the owner of the site pins posts.")


def check_day(at: datetime) -> datetime:
    """A day on which a post may come out, or came out: one that every calendar knows in every time zone, for it stands
    on pages that everybody reads. Raises Refused (`bad_day`).
    """
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise Refused(NO_DAY, "bad_day")
    return at


def check_may_save(post: Entry, seen: int | None, *, by_itself: bool) -> None:
    """Raises Refused: `conflict` when somebody else saved after the revision that was `seen`, `not_draft` when nobody
    asked for it and it is more than a draft.
    """
    if by_itself and post.state != "draft":
        raise Refused(NO_DRAFT, "not_draft")
    if seen is not None and seen != post.revision:
        raise Refused(CONFLICT, "conflict")


def check_words(body: str) -> None:
    """Nothing without words is there to be read. Raises BadDraft (`empty`)."""
    if not body.strip():
        raise BadDraft("body", EMPTY, "empty")


def check_still_fit(draft: Draft, before: Post) -> None:
    """What readers have before them does not lose all its words. Raises BadDraft (`empty`)."""
    if before.state != "draft" and before.body.strip():
        check_words(draft.body)


def _check_title(raw: str) -> str:
    title = _line(raw)
    if not is_seen(title):
        raise BadDraft("title", "Please give it a title.")
    if len(title) > TITLE_MAX:
        raise BadDraft("title", f"That title has {len(title):,} characters; {TITLE_MAX} fit.")
    return title


def _check_body(raw: str) -> str:
    body = UNSAYABLE.sub("", NEWLINES.sub("\n", raw)).rstrip().lstrip("\n\ufeff")
    if len(body) > BODY_MAX:
        raise BadDraft("body", f"That text has {len(body):,} characters; {BODY_MAX:,} fit.")
    return body


def _check_summary(raw: str) -> str:
    summary = _line(raw)
    if len(summary) > SUMMARY_MAX:
        raise BadDraft("summary", f"That summary has {len(summary):,} characters; {SUMMARY_MAX} fit.")
    return summary


def _check_tags(raw: tuple[str, ...]) -> tuple[str, ...]:
    tags: dict[str, None] = {}
    for typed in raw:
        if tag := tag_of(typed):
            tags[tag] = None
        elif typed.strip():
            raise BadDraft(
                "tags", f"The tag {_line(typed)[:50]!r} needs a Latin letter or a digit, for it makes an address."
            )
    if len(tags) > TAGS_MAX:
        raise BadDraft("tags", f"Those are {len(tags)} tags; {TAGS_MAX} fit.")
    return tuple(tags)


def _check_slug(raw: str, kind: str) -> str:
    """What was typed may be a bit off: My Post is my-post."""
    slug = slug_of(raw)
    if raw.strip() and not slug:
        raise BadDraft("slug", "An address is made of small Latin letters, digits and hyphens.")
    if len(raw.strip()) > SLUG_MAX:
        raise BadDraft("slug", f"That address has {len(raw.strip()):,} characters; {SLUG_MAX} fit.")
    if is_reserved(slug, kind):
        raise BadDraft("slug", "The site itself uses that address. Please choose another one.")
    return slug


def _check_cover_alt(raw: str) -> str:
    try:
        return check_alt(raw)
    except Refused as refused:
        raise BadDraft("cover_alt", refused.sentence) from refused


def _line(raw: str) -> str:
    return " ".join(UNSAYABLE.sub("", NEWLINES.sub(" ", raw)).split())
