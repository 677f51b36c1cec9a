"""What Discord checks before it accepts a text, a name, a picture's address or an embed. Every function returns the
value as Discord keeps it or raises the refusal Discord would answer with. Sources: Discord's message and webhook
pages."""

from typing import Any
from urllib.parse import urlsplit

from practice.model import Json
from practice.refusals import Refusal, invalid_form, refusal

CONTENT_MAX = 2000
NAME_MAX = 80
NONCE_MAX = 25
FILES_MAX = 10
FILE_SIZE_MAX = 10 * 1024 * 1024
FORBIDDEN_IN_NAMES = ("clyde", "discord")
FORBIDDEN_NAMES = ("everyone", "here")
EMBED_LIMITS = {"title": 256, "description": 4096, "url": 2048}
EMBED_PARTS = (("author", "name", 256), ("footer", "text", 2048), ("image", "url", 2048), ("thumbnail", "url", 2048))
FIELDS_MAX = 25


def content(value: Any, path: str = "content") -> str:
    """At most 2,000 characters; white space around it is dropped."""
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        raise invalid_form(path, "BASE_TYPE_STRING", "Must be a string.")
    text = str(value)
    if len(text) > CONTENT_MAX:
        raise invalid_form(path, "BASE_TYPE_MAX_LENGTH", f"Must be {CONTENT_MAX} or fewer in length.")
    return text.strip()


def name(value: Any, path: str = "username") -> str:
    """A webhook's name, or the name it takes for one message: 1 to 80 characters, none of Discord's own names."""
    if not isinstance(value, str):
        raise invalid_form(path, "BASE_TYPE_STRING", "Must be a string.")
    text = value.strip()
    if not 1 <= len(text) <= NAME_MAX:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {NAME_MAX} in length.")
    for word in FORBIDDEN_IN_NAMES:
        if word in text.lower():
            raise invalid_form(path, "USERNAME_INVALID_CONTAINS", f'Username cannot contain "{word}"')
    if text.lower() in FORBIDDEN_NAMES:
        raise invalid_form(path, "USERNAME_INVALID", f'Username cannot be "{text.lower()}"')
    return text


def avatar_url(value: Any) -> str | None:
    """An http or https address of at most 2,048 characters, or nothing."""
    if not value:
        return None
    if not isinstance(value, str):
        raise invalid_form("avatar_url", "BASE_TYPE_STRING", "Must be a string.")
    if len(value) > 2048:
        raise invalid_form("avatar_url", "BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.")
    try:
        parts = urlsplit(value)
    except ValueError:
        raise invalid_form("avatar_url", "URL_TYPE_INVALID_URL", "Not a well formed URL.") from None
    if parts.scheme not in {"http", "https"}:
        problem = f"Scheme \"{parts.scheme}\" is not supported. Scheme must be one of ('http', 'https')."
        raise invalid_form("avatar_url", "URL_TYPE_INVALID_SCHEME", problem)
    if not parts.hostname or " " in value:
        raise invalid_form("avatar_url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    return value


def nonce(value: Any) -> str | int | None:
    if value is not None and len(str(value)) > NONCE_MAX:
        raise invalid_form("nonce", "NONCE_TYPE_TOO_LONG", f"Nonce is too long (max {NONCE_MAX} characters).")
    return value if isinstance(value, str | int) else None


def embeds(value: Any) -> list[Json]:
    """At most ten, with at most 6,000 characters over all; kept as they came, marked as rich ones."""
    listed: list[Json] = list(value or [])
    if len(listed) > 10:
        raise invalid_form("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for index, embed in enumerate(listed):
        check_embed(embed, f"embeds.{index}")
    if sum(map(embed_length, listed)) > 6000:
        raise invalid_form("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    return [{"type": "rich", **embed} for embed in listed]


def check_embed(embed: Json, path: str) -> None:
    texts = [(key, embed.get(key), limit) for key, limit in EMBED_LIMITS.items()]
    texts += [(f"{part}.{key}", (embed.get(part) or {}).get(key), limit) for part, key, limit in EMBED_PARTS]
    for key, text, limit in texts:
        if len(text or "") > limit:
            raise invalid_form(f"{path}.{key}", "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")
        if text and key.endswith("url") and not text.startswith(("http://", "https://", "attachment://")):
            raise invalid_form(f"{path}.{key}", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
    if len(embed.get("fields") or []) > FIELDS_MAX:
        raise invalid_form(f"{path}.fields", "BASE_TYPE_MAX_LENGTH", f"Must be {FIELDS_MAX} or fewer in length.")


def embed_length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    texts += [field.get(key) for field in embed.get("fields") or [] for key in ("name", "value")]
    return sum(len(text or "") for text in texts)


def not_empty(text: str, *parts: object) -> None:
    """Raises 50006 when a message would hold nothing that can be seen."""
    if not text and not any(parts):
        raise refusal(50006)


def snowflake(value: Any, path: str) -> int:
    """An id from a path, a query or a body."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number < 1 << 64:
        raise invalid_form(path, "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not snowflake.')
    return number


def between(value: Any, low: int, high: int, path: str) -> int:
    """A whole number within limits; `value` None is not allowed."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise invalid_form(path, "NUMBER_TYPE_COERCE", f'Value "{str(value)[:40]}" is not int.') from None
    if number < low:
        raise invalid_form(path, "NUMBER_TYPE_MIN", f"Value should be greater than or equal to {low}.")
    if number > high:
        raise invalid_form(path, "NUMBER_TYPE_MAX", f"Value should be less than or equal to {high}.")
    return number


def file_size(size: int) -> None:
    if size > FILE_SIZE_MAX:
        raise Refusal(413, 40005, "Request entity too large")
