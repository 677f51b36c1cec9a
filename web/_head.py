"""The head of a page: what search engines, and previews of a link in a chat, say of it."""

from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web
from markupsafe import Markup

from db.config import Config
from db.posts import Entry, Post

from . import days, keys

CARD = 1200, 630  # of the made picture, in pixels


@dataclass(frozen=True, slots=True)
class Image:
    """What a preview shows; `url` with the site's address."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Head:
    """For templates/_meta.html. `canonical` is empty for pages that have no lasting address."""

    title: str
    description: str
    canonical: str
    kind: str = "website"
    indexed: bool = True
    image: Image | None = None
    article: Entry | None = None
    data: Markup | None = None


def of_page(app: web.Application, title: str, path: str, description: str = "") -> Head:
    config = app[keys.CONFIG]
    return Head(title, description or config.site.description, config.public_url + path if path else "")


def of_post(app: web.Application, post: Post, path: str) -> Head:
    config = app[keys.CONFIG]
    image = image_of(config, post)
    is_public = post.state != "unlisted"
    return Head(
        post.title,
        post.summary or config.site.description,
        config.public_url + path,
        "article" if post.kind == "post" else "website",
        is_public,
        image,
        post if post.kind == "post" and post.published_at else None,
        in_script(_data(config, post, path, image)),
    )


def image_of(config: Config, post: Entry) -> Image:
    """The cover, or else the picture that is made of the title."""
    if cover := post.cover:
        url = f"{config.public_url}/media/{cover.media}/full.{cover.ext}"
        return Image(url, cover.width, cover.height, cover.alt or post.title)
    return Image(f"{config.public_url}/blog/{post.slug}/card.png", *CARD, f"{post.title}, in pixel letters")


def _data(config: Config, post: Post, path: str, image: Image) -> dict[str, Any]:
    """schema.org/BlogPosting, as far as it is known."""
    author: dict[str, Any] = {"@type": "Person", "name": post.author.name}
    if post.author.username:
        author["url"] = f"{config.public_url}/people/{post.author.username}"
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BlogPosting" if post.kind == "post" else "WebPage",
        "headline" if post.kind == "post" else "name": post.title,
        "description": post.summary,
        "url": config.public_url + path,
        "mainEntityOfPage": config.public_url + path,
        "image": image.url,
        "author": author,
        "inLanguage": config.site.language,
        "dateModified": days.iso(post.updated_at),
    }
    if post.published_at:
        data["datePublished"] = days.iso(post.published_at)
    if post.kind == "post":
        data |= {"keywords": list(post.tags), "wordCount": post.words}
    return data


def in_script(data: object) -> Markup:
    """JSON that may stand in a script element: nothing in it ends that, or begins a comment there."""
    text = msgspec.json.encode(data).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - without any character that means something in HTML
