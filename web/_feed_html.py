"""The text of a post as a feed carries it: with whole addresses, and without what only means something on our page."""

import re
from urllib.parse import urljoin

import nh3

ADDRESSES = {"href", "src", "cite"}
TAGS = (nh3.ALLOWED_TAGS | {"figure", "figcaption", "section"}) - {"span"}
ANCHOR = re.compile(r'<a class="anchor"[^>]*></a>')  # beside a heading; only our style shows it
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "hreflang"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "li": {"id", "value"},
    "sup": {"id"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
    **{cell: {"colspan", "rowspan", "headers", "scope", "align"} for cell in ("td", "th")},
}


def absolute(html: str, home: str, page: str) -> str:
    """`home` is the site's address and `page` that of the post, from which `#footnotes` are meant."""

    def changed(_tag: str, name: str, value: str) -> str:
        if name == "srcset":
            return ", ".join(urljoin(home + "/", one.strip()) for one in value.split(","))
        return urljoin(page, value) if name in ADDRESSES else value

    return nh3.clean(ANCHOR.sub("", html), tags=TAGS, attributes=ATTRIBUTES, attribute_filter=changed, link_rel=None)
