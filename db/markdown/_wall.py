"""The wall: whatever was drawn is parsed as a browser would, and only what is listed here comes out.

Authors may write HTML in their Markdown, so this is what keeps scripts, frames, forms, styles, other people's pictures
and the page's own names from coming along. A second wall is the page's policy (web/errors.py).
"""

import re
from collections.abc import Collection

import nh3
from pygments.token import STANDARD_TYPES

from db.markdown._shape import MEDIA

PREFIX = "s-"  # before every id, so that none is one of the page's own
TAGS = {
    *("a", "abbr", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn"),
    *("div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd"),
    *("li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub"),
    *("summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr"),
}
ADMONITIONS = {"note", "info", "tip", "hint", "important", "warning", "caution", "attention", "danger", "error"}
ALIGNED = {"left", "center", "right"}
SHAPES = {"wide", "pixelated"}  # what authors may ask of a picture
CLASSES = {
    "a": {"anchor", "look", "footnote-ref", "footnote-backref"},
    "div": {"admonition", "footnote", "table", "toc", *ADMONITIONS},
    "figure": {"code", *SHAPES},
    "img": SHAPES,
    "li": {"task", "done"},
    "p": {"admonition-title"},
    "span": {"box", "line", "marked", *filter(None, STANDARD_TYPES.values())},
    "td": ALIGNED,
    "th": ALIGNED,
}
ATTRIBUTES = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"href"},
    "blockquote": {"cite"},
    "code": {"class"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "figure": {"data-language"},
    "img": {"alt", "decoding", "height", "loading", "sizes", "src", "srcset", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "span": {"data-n"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
VALUES = {
    "div": {"role": {"group"}, "aria-label": {"Table"}, "tabindex": {"0"}},
    "pre": {"tabindex": {"0"}},
    "span": {"role": {"img"}, "aria-label": {"Done", "To do"}},
}
IDENTIFIER = re.compile(r"\S{1,200}")
LANGUAGE = re.compile(r"language-[\w.+#-]{1,40}")
# An address of ours may be relative, but what looks like a scheme must be one of these, whatever is hidden in it.
LEADING = re.compile(r"(?:https?:|mailto:|[^:/?#]*+(?:[/?#]|$))", re.IGNORECASE)
NUMBER = re.compile(r"-?[0-9]{1,6}")
COPY = re.compile(r"/media/[A-Za-z0-9_-]{22}/(?:full|\d{1,5})\.(?:png|jpg|webp|gif) [0-9]{1,5}w")
OURS = re.compile(r"/static/[\w./-]{1,300}")
NUMBERS = {"width", "height", "colspan", "rowspan", "start", "value", "data-n"}
IMAGE = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>')  # as nh3 writes it: quotes within a value are escaped
EMPTY = "<p></p>"  # left behind by a block that stood where only words may
ALT = re.compile(r' alt="([^"]*)"')
SOURCE = re.compile(r' src="([^"]*)"')


def anchor(identifier: str) -> str:
    return PREFIX + identifier


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    """The value, or None where the attribute may not stay."""
    if attribute in NUMBERS:
        return value if NUMBER.fullmatch(value) else None
    if (tag, attribute) == ("a", "href") and len(value) > 1 and value[0] == "#":
        return f"#{anchor(value[1:])}"
    return value if _is_fit(tag, attribute, value) else None


def _is_fit(tag: str, attribute: str, value: str) -> bool:
    match tag, attribute:
        case _, "id":
            return IDENTIFIER.fullmatch(value) is not None
        case "a", "href":
            return LEADING.match(value) is not None
        case "img", "src":
            return MEDIA.fullmatch(value) is not None or (OURS.fullmatch(value) is not None and ".." not in value)
        case "img", "srcset":
            return all(COPY.fullmatch(copy) for copy in value.split(", "))
        case "code", "class":
            return LANGUAGE.fullmatch(value) is not None
    return True


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "template"},
    attributes=ATTRIBUTES,
    attribute_filter=_allowed,
    allowed_classes=CLASSES,
    tag_attribute_values=VALUES,
    id_prefix=PREFIX,
    link_rel="noopener",
    url_schemes={"http", "https", "mailto"},
)


def checked(html: str, pictures: Collection[str]) -> str:
    """The fragment with nothing in it but what is allowed. A picture that may not be shown leaves its words; of ours
    only those of `pictures` may, by their ids.
    """

    def kept(match: re.Match[str]) -> str:
        words, source = ALT.search(match[1]), SOURCE.search(match[1])
        media = MEDIA.fullmatch(source[1]) if source else None
        if source and (media is None or media[1] in pictures):
            return match[0] if words else f'<img alt=""{match[1]}>'
        return words[1].replace("<", "&lt;").replace(">", "&gt;") if words else ""

    return IMAGE.sub(kept, _CLEANER.clean(html)).replace(EMPTY, "")


def pictures_in(html: str) -> tuple[str, ...]:
    """The media ids of the pictures that are shown, each once."""
    images = (match[0] for match in IMAGE.finditer(html))
    return tuple(dict.fromkeys(media for image in images for media in MEDIA.findall(image)))
