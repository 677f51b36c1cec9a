"""Posts: the blog, from the first draft to what readers see. Called by both doors."""

from db.markdown import Heading
from db.posts import _front_matter as front_matter
from db.posts._counts import count, tags, years
from db.posts._liking import like
from db.posts._lists import for_feed, listed, neighbours, next_due, related, sitemap, standing
from db.posts._previews import by_preview_token, preview_token
from db.posts._printing import Print, keep_print, preview, printed, reprint_stale
from db.posts._publishing import come_due, delete, publish, unlist, unpublish
from db.posts._queries import by_slug, drafts_of, find, get, liked_by, revision, revisions, suggest
from db.posts._rules import check_day, check_draft, draft_of, is_out, may_edit
from db.posts._saving import create, restore, save
from db.posts._searching import nearest_title, search
from db.posts._shape import (
    BadDraft,
    Cover,
    Draft,
    Entry,
    Found,
    Gone,
    Hit,
    Moved,
    Post,
    Revision,
    Save,
    Standing,
    Tag,
    Writer,
    Year,
)
from db.posts._sitemap import sitemap_marks, sitemap_pictures
from db.posts._slugs import lock as lock_slugs
from db.posts._slugs import slug_of
from db.posts._titles import addresses, kept_back, titles
from db.posts._version import version

__all__ = [
    "BadDraft",
    "Cover",
    "Draft",
    "Entry",
    "Found",
    "Gone",
    "Heading",
    "Hit",
    "Moved",
    "Post",
    "Print",
    "Revision",
    "Save",
    "Standing",
    "Tag",
    "Writer",
    "Year",
    "addresses",
    "by_preview_token",
    "by_slug",
    "check_day",
    "check_draft",
    "come_due",
    "count",
    "create",
    "delete",
    "draft_of",
    "drafts_of",
    "find",
    "for_feed",
    "front_matter",
    "get",
    "is_out",
    "keep_print",
    "kept_back",
    "like",
    "liked_by",
    "listed",
    "lock_slugs",
    "may_edit",
    "nearest_title",
    "neighbours",
    "next_due",
    "preview",
    "preview_token",
    "printed",
    "publish",
    "related",
    "reprint_stale",
    "restore",
    "revision",
    "revisions",
    "save",
    "search",
    "sitemap",
    "sitemap_marks",
    "sitemap_pictures",
    "slug_of",
    "standing",
    "suggest",
    "tags",
    "titles",
    "unlist",
    "unpublish",
    "version",
    "years",
]
