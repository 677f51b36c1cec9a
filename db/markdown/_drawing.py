"""Markdown to HTML: which extensions, in which order, and what is counted of the result."""

from collections.abc import Mapping
from typing import Any

import markdown
from markdown.extensions.toc import slugify_unicode

from db.markdown import _wall
from db.markdown._fences import FencesExtension
from db.markdown._frames import FramesExtension
from db.markdown._headings import HeadingsExtension, contents_of
from db.markdown._marks import MarksExtension
from db.markdown._pictures import PicturesExtension
from db.markdown._reading import read
from db.markdown._shape import Picture, Printed
from db.markdown._tasks import TasksExtension

HTML_MAX = 3_000_000  # characters: a text of 200,000 may grow tenfold by its code, but not without end
TOO_LARGE = "That text becomes far larger than it is. Please look for abbreviations or notes that repeat."
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "footnotes": {"BACKLINK_TITLE": "Back to where note {} stands in the text"},
    "toc": {"slugify": slugify_unicode, "permalink": "", "permalink_class": "anchor", "permalink_title": "Link here"},
    "tables": {"use_align_attribute": True},
}


class Unfit(Exception):
    """The text is refused; the exception's own text is a sentence for whoever wrote it."""


def draw(body: str, pictures: Mapping[str, Picture]) -> Printed:
    """Raises Unfit, or whatever the parser raises at a hostile text (RecursionError, MemoryError)."""
    shown = PicturesExtension(pictures)
    parser = markdown.Markdown(
        extensions=[
            *("abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "sane_lists", "smarty"),
            *("tables", "toc"),
            *(FencesExtension(), FramesExtension(), HeadingsExtension(), MarksExtension(), TasksExtension(), shown),
        ],
        extension_configs=SETTINGS,
        output_format="html",
    )
    html = parser.convert(body)
    if len(html) > HTML_MAX:
        raise Unfit(TOO_LARGE)
    html = _wall.checked(html, pictures.keys())
    reading = read(html)
    return Printed(
        html=html,
        contents=contents_of(parser),
        words=reading.words,
        excerpt=reading.excerpt,
        pictures=_wall.pictures_in(html),
        plain=reading.plain,
    )
