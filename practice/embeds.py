"""The pictures of links: a moment after a message is said Discord looks its links up and shows what it found. That
is an update of the message, but no edit."""

import hashlib
from urllib.parse import urlsplit

from practice import messages
from practice.model import SUPPRESS_EMBEDS, Json, Message
from practice.world import World


def unfurl(world: World, message: Message, embed: Json) -> None:
    """Adds what was found behind a link."""
    message.embeds = [*message.embeds, embed]
    messages.tell_update(world, message)


def suppress(world: World, message: Message, *, suppressed: bool = True) -> None:
    """Hides all embeds of a message, or shows them again."""
    message.flags = message.flags & ~SUPPRESS_EMBEDS | (SUPPRESS_EMBEDS if suppressed else 0)
    messages.tell_update(world, message)


def link(
    world: World,
    url: str,
    *,
    kind: str = "link",
    title: str | None = None,
    description: str | None = None,
    site: str | None = None,
    image: str | None = None,
    size: tuple[int, int] = (1200, 630),
) -> Json:
    """What Discord makes of a link. `kind` is link, article, image or video; a link to an image is its own image;
    `size` is the image's, in pixels."""
    picture = image or (url if kind == "image" else None)
    optional: Json = {
        "title": title,
        "description": description,
        "provider": {"name": site} if site else None,
        "thumbnail": media(world, picture, size) if picture else None,
        "video": media(world, url, size) if kind == "video" else None,
    }
    return {"type": kind, "url": url} | {key: value for key, value in optional.items() if value is not None}


def media(world: World, url: str, size: tuple[int, int]) -> Json:
    """A picture elsewhere, with the address under which Discord passes it on."""
    parts = urlsplit(url)
    mark = hashlib.sha256(url.encode()).hexdigest()[:32]
    passed_on = f"{world.cdn_base}/external/{mark}/{parts.scheme}/{parts.netloc}{parts.path}"
    return {"url": url, "proxy_url": passed_on, "width": size[0], "height": size[1]}
