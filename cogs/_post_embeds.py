"""How a post is shown in Discord: an embed, as Discord's API takes it. Pure."""

from typing import Any

from db.config import Config
from db.markup import escape
from db.posts import Entry

TITLE_MAX, SUMMARY_MAX, AUTHOR_MAX, FOOTER_MAX = 256, 1000, 256, 2048
LAMP = 0xE8A33D


def address(config: Config, slug: str) -> str:
    return f"{config.public_url}/blog/{slug}"


def embed_of(config: Config, post: Entry) -> dict[str, Any]:
    """Title, summary, cover or made card, author, tags; `url` leads to the post, and by it our announcement is known.

    The limits are Discord's, but for the summary, which stays short. A title is drawn as markup as well.
    """
    embed: dict[str, Any] = {
        "title": cut(escape(post.title), TITLE_MAX),
        "url": address(config, post.slug),
        "color": LAMP,
        "author": {"name": cut(post.author.name, AUTHOR_MAX)},
        "image": {"url": _picture(config, post)},
    }
    if post.author.username:
        embed["author"]["url"] = f"{config.public_url}/people/{post.author.username}"
    if post.summary:
        embed["description"] = cut(escape(post.summary), SUMMARY_MAX)
    if post.tags:
        embed["footer"] = {"text": cut(" ".join(f"#{tag}" for tag in post.tags), FOOTER_MAX)}
    if post.published_at:
        embed["timestamp"] = post.published_at.isoformat()
    return embed


def cut(text: str, most: int) -> str:
    """The text, or as much of it as fits."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _picture(config: Config, post: Entry) -> str:
    """The revision makes another address of another card, for Discord keeps a picture by its address."""
    if post.cover:
        return f"{config.public_url}/media/{post.cover.media}/full.{post.cover.ext}"
    return f"{address(config, post.slug)}/card.png?v={post.revision}"
