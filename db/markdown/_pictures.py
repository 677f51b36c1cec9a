"""Pictures: ours in every width that there is, with a link to the whole one; anybody else's as a link.

A page loads nothing from others (web/errors.py), so a picture from elsewhere could not be seen on it.
"""

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from db.markdown._shape import MEDIA, Picture

SIZES = "(min-width: 48rem) 44rem, 92vw"  # how wide static/article.css shows them
WIDE_SIZES = f"(min-width: 64rem) 56.5rem, {SIZES}"  # and those of the class `wide`
USUAL = 800  # pixels wide: for who does not choose by srcset, such as readers of feeds


class PicturesExtension(Extension):
    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        super().__init__()
        self.pictures = pictures

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.treeprocessors.register(Pictures(md, self.pictures), "pictures", 7)  # after attr_list gave them classes


class Pictures(Treeprocessor):
    def __init__(self, md: Markdown, pictures: Mapping[str, Picture]) -> None:
        super().__init__(md)
        self.pictures = pictures

    def run(self, root: Element) -> None:
        for grand, parent, at in list(_images(root)):
            image = parent[at]
            caption = image.get("title", "")
            block = _alone(grand, parent, image) if caption or self._ours(image) else None
            is_wide = block is not None and "wide" in image.get("class", "").split()
            if block is not None:
                block.tag = "figure"
                image.attrib.pop("title", "")
                _hand_over(image, block, "class")
            parent[at] = self._shown(image, WIDE_SIZES if is_wide else SIZES, is_linked=parent.tag == "a")
            if block is not None and caption:
                SubElement(block, "figcaption").text = caption

    def _shown(self, image: Element, sizes: str, *, is_linked: bool) -> Element:
        picture = self._ours(image)
        if picture is None:
            return _elsewhere(image, image.get("src", ""), is_linked=is_linked)
        _describe(image, picture, sizes)
        if is_linked:
            return image
        link = Element("a", {"class": "look", "href": _address(picture, "full")})
        link.tail, image.tail = image.tail, None
        link.append(image)
        return link

    def _ours(self, image: Element) -> Picture | None:
        match = MEDIA.fullmatch(image.get("src", ""))
        return self.pictures.get(match[1]) if match else None


def _images(root: Element) -> Iterator[tuple[Element | None, Element, int]]:
    above: dict[Element, Element] = {}
    for parent in root.iter():
        for at, child in enumerate(parent):
            above[child] = parent
            if child.tag == "img":
                yield above.get(parent), parent, at


def _describe(image: Element, picture: Picture, sizes: str) -> None:
    """Every width that there is; the browser takes what fits, and leaves its room free before it has come."""
    image.set("alt", image.get("alt") or picture.alt)
    usual = min((width for width in picture.widths if width >= USUAL), default=0)
    image.set("src", _address(picture, str(usual or "full")))
    if picture.widths:
        copies = [f"{_address(picture, str(width))} {width}w" for width in sorted(picture.widths)]
        image.set("srcset", ", ".join([*copies, f"{_address(picture, 'full')} {picture.width}w"]))
        image.set("sizes", sizes)
    image.set("width", str(picture.width))
    image.set("height", str(picture.height))
    image.set("loading", "lazy")
    image.set("decoding", "async")


def _address(picture: Picture, name: str) -> str:
    return f"/media/{picture.media}/{name}.{picture.ext}"


def _elsewhere(image: Element, source: str, *, is_linked: bool) -> Element:
    """A link to it, or its words alone where no link can be."""
    if source.startswith("/static/"):
        return image
    can_link = source.startswith(("https://", "http://")) and not is_linked
    words = Element("a", {"href": source}) if can_link else Element("span")
    words.text = image.get("alt") or "A picture"
    words.tail = image.tail
    return words


def _alone(grand: Element | None, parent: Element, image: Element) -> Element | None:
    """The paragraph in which nothing else stands than this picture, or a link with nothing but it."""
    inner, block = image, parent
    if parent.tag == "a" and grand is not None and _holds_only(parent, image):
        inner, block = parent, grand
    return block if block.tag == "p" and _holds_only(block, inner) else None


def _holds_only(outer: Element, inner: Element) -> bool:
    return len(outer) == 1 and not (outer.text or "").strip() and not (inner.tail or "").strip()


def _hand_over(image: Element, block: Element, attribute: str) -> None:
    if value := image.attrib.pop(attribute, ""):
        block.set(attribute, value)
