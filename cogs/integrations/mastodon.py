"""Mastodon: the latest post of an account, from the server it lives on, without a key.

Only what everybody may read (public and unlisted), no replies and no boosts. Servers in secure mode show nothing to
those who are not signed in. Source: docs.joinmastodon.org, methods `accounts` and entity `Status`.
"""

from typing import Any
from urllib.parse import urlsplit

from db.cards import Snapshot
from db.config import Mastodon

from ._outbound import Outbound, SourceFailed
from ._posts import post, without
from ._words import ODD, Part, moment, shaped

ACCOUNT_KEPT = 7 * 86_400.0  # seconds; an account keeps its number for good
READ = "20"  # posts, for those to oneself are not left out by the server
OPEN = ("public", "unlisted")
SHOWN = {"image", "gifv", "video"}  # by its preview
SECURE = "It shows its posts only to those who are signed in (secure mode), so there can be no card of it."
NOBODY = "It knows no such account: look at [mastodon] account and base_url."


class Emoji(Part, frozen=True):
    shortcode: str = ""


class Account(Part, frozen=True):
    id: str
    username: str = ""
    acct: str = ""
    display_name: str = ""
    url: str | None = None
    emojis: tuple[Emoji, ...] = ()


class Media(Part, frozen=True):
    type: str = "unknown"
    preview_url: str | None = None
    description: str | None = None


class Preview(Part, frozen=True):
    url: str | None = None
    title: str | None = None


class Status(Part, frozen=True):
    id: str
    account: Account
    created_at: str = ""
    url: str | None = None
    uri: str | None = None
    content: str = ""
    spoiler_text: str | None = None
    sensitive: bool | None = False
    visibility: str = "private"
    in_reply_to_id: str | None = None
    reblog: dict[str, Any] | None = None
    media_attachments: tuple[Media, ...] = ()
    card: Preview | None = None
    poll: dict[str, Any] | None = None
    emojis: tuple[Emoji, ...] = ()
    replies_count: int | None = 0
    reblogs_count: int | None = 0
    favourites_count: int | None = 0


class Found(Part, frozen=True):
    statuses: list[dict[str, Any]]


async def fetch(outbound: Outbound, settings: Mastodon) -> Snapshot:
    wanted = {"acct": settings.account.removeprefix("@")}
    try:
        account = await outbound.json("/api/v1/accounts/lookup", query=wanted, kept_for=ACCOUNT_KEPT, reading=_account)
        query = {"limit": READ, "exclude_replies": "true", "exclude_reblogs": "true"}
        answer = await outbound.json(f"/api/v1/accounts/{account.id}/statuses", query=query)
    except SourceFailed as failed:
        raise _told(failed) from None
    told = shaped({"statuses": answer}, Found).statuses
    latest = next((one for one in told if _is_for_all(one)), None)
    if latest is None:
        return Snapshot({})
    return _card(shaped(latest, Status), urlsplit(settings.base_url).hostname or "")


def _account(answer: Any) -> Account:
    account = shaped(answer, Account)
    if not (account.id.isascii() and account.id.isalnum()):
        raise SourceFailed(ODD)
    return account


def _told(failed: SourceFailed) -> SourceFailed:
    """401 without a key means secure mode."""
    if failed.status == 401:
        return SourceFailed(SECURE, is_setup=True, status=401)
    if failed.status in {404, 410}:
        return SourceFailed(NOBODY, is_setup=True, status=failed.status)
    return failed


def _is_for_all(told: dict[str, Any]) -> bool:
    visibility = told.get("visibility")
    return (
        isinstance(visibility, str) and visibility in OPEN and not told.get("reblog") and not told.get("in_reply_to_id")
    )


def _card(status: Status, host: str) -> Snapshot:
    account = status.account
    handle = account.acct if "@" in account.acct else f"{account.acct}@{urlsplit(account.url or '').hostname or host}"
    card = status.card or Preview()
    return post(
        name=without(account.display_name, _codes(account.emojis)).strip() or account.username,
        handle=f"@{handle}",
        url=status.url or status.uri,
        at=moment(status.created_at),
        markup=without(status.content, _codes(status.emojis), r"\1"),
        pictures=[(one.preview_url, one.description) for one in status.media_attachments if one.type in SHOWN],
        card=(card.url, card.title),
        warning=without(status.spoiler_text or "", _codes(status.emojis), r"\1"),
        is_sensitive=bool(status.sensitive),
        reposts=status.reblogs_count,
        likes=status.favourites_count,
        replies=status.replies_count,
        is_poll=status.poll is not None,
    )


def _codes(emojis: tuple[Emoji, ...]) -> list[str]:
    return [one.shortcode for one in emojis]
