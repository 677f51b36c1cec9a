"""The shapes of a post: as it is typed, as it stands in a list, and whole."""

from dataclasses import dataclass
from datetime import datetime

from db.errors import Refused
from db.markdown import Heading


class BadDraft(Refused):
    """A post that cannot be kept as it was typed; `field` is the field of Draft that it is about."""

    def __init__(self, field: str, sentence: str, code: str = "bad_post") -> None:
        super().__init__(sentence, code)
        self.field = field


@dataclass(frozen=True, slots=True)
class Draft:
    """A post as somebody typed it. An empty `slug` is made from the title, or stays what it was. `cover` is a media id.
    `comments_days` is None for what the site does.
    """

    title: str
    body: str
    summary: str = ""
    tags: tuple[str, ...] = ()
    slug: str = ""
    cover: str | None = None
    cover_alt: str = ""
    kind: str = "post"
    pinned: bool = False
    comments_days: int | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote a post. `username` where they are a member of the site."""

    id: int
    name: str
    owner: bool
    username: str | None
    picture: str | None


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture over a post: `widths` are those of its narrower copies."""

    media: str
    ext: str
    width: int
    height: int
    widths: tuple[int, ...]
    alt: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as lists show it. `summary` is what the author wrote, or else the beginning of the text. `state` is as
    kept: a `scheduled` post is there for readers once `published_at` has come. `comments` are those to be read,
    `revision` that of its last save.
    """

    id: int
    kind: str
    slug: str
    author: Writer
    state: str
    title: str
    summary: str
    tags: tuple[str, ...]
    cover: Cover | None
    pinned: bool
    created_at: datetime
    published_at: datetime | None
    updated_at: datetime
    revision: int
    words: int
    likes: int
    comments: int

    @property
    def minutes(self) -> int:
        """How long reading takes, in minutes, at 220 words each."""
        return max(1, round(self.words / 220))


@dataclass(frozen=True, slots=True)
class Post(Entry):
    """A whole post. `html` is what the press made of `body`; `own_summary` is the author's alone, which may be empty.
    `room_id` is the room of its comments, there since it first came out.
    """

    body: str
    own_summary: str
    html: str
    contents: tuple[Heading, ...]
    comments_days: int | None
    room_id: int | None


@dataclass(frozen=True, slots=True)
class Save:
    """One save, without the text. `source` is `web`, `discord` or `import`; `by` is the name of who saved it, empty for
    somebody gone. `is_empty` where there were no words yet.
    """

    number: int
    slug: str
    title: str
    summary: str
    tags: tuple[str, ...]
    cover: str | None
    cover_alt: str
    by: str
    source: str
    created_at: datetime
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Revision(Save):
    """One save with its text."""

    body: str


@dataclass(frozen=True, slots=True)
class Moved:
    """An address that a post had once; `slug` is where it is now, `kind` tells under which path."""

    slug: str
    kind: str = "post"


@dataclass(frozen=True, slots=True)
class Gone:
    """There was a post, which its author has deleted."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as addresses have it, and how many posts carry it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Year:
    """A year in the site's time zone, and how many posts came out in it."""

    year: int
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A page that hangs in no list: where it is, and what it is called."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that was found; `snippet_html` is safe, with what was looked for in <mark>."""

    entry: Entry
    snippet_html: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, and how much there is on all pages together; 0 where this page has nothing."""

    hits: list[Hit]
    total: int
