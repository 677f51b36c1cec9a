"""What is kept of whom, for how long and why: /privacy, drawn from the settings and from the rules' own numbers.

What a setting switches off is not on the page, and what it changes is there as it is set; only what no setting knows is
written in the template. tests/web/test_privacy.py holds the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from aiohttp import web

from db import media, networks, sessions, visits
from db.config import Config

from . import _head, keys, pages

CARDS = {  # how each source is called; any other by its name
    "lanyard": "Lanyard",
    "lastfm": "Last.fm",
    "wakatime": "WakaTime",
    "github": "GitHub",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "weather": "Open-Meteo",
}
BY_ITSELF = "which tells of changes by itself, over a line that stays open"
BESIDE_THE_BOT = "only while Discord does not tell the bot of this site itself how the owner is"
UNITS = (("year", 365 * 86_400), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody else whom the server asks for a card: who, at which host, and how often, in words."""

    name: str
    host: str
    often: str


async def show(request: web.Request) -> web.Response:
    """GET /privacy"""
    app = request.app

    async def read() -> pages.Context:
        return {
            "head": _head.of_page(app, "Privacy", request.path),
            "session_cookie": app[keys.SESSION_COOKIE],
            **facts(app[keys.CONFIG]),
        }

    return await pages.shelved(request, ("privacy.show",), "privacy/show.html", read)


def facts(config: Config) -> dict[str, object]:
    """What the template says, where it depends on anything."""
    discord, analytics = config.discord, config.analytics
    return {
        "owner": config.site.owner_name or "the owner of this site",
        "spans": _spans(config),
        "has_relay": bool(discord.token),
        "has_door": bool(discord.client_id and discord.client_secret),
        "has_mod_channel": bool(discord.token and discord.mod_channel_id),
        "has_comment_threads": bool(discord.token and discord.comments_channel_id),
        "is_open": config.accounts.registration == "open",
        "moderation": config.comments.moderation,
        "bucket": (urlsplit(config.media.endpoint).hostname or "Amazon S3") if config.media.bucket else "",
        "has_redis": bool(config.redis.url),
        "hub": urlsplit(config.blog.hub).hostname or "",
        "stats_public": analytics.public,
        "has_countries": bool(analytics.country_database),
        "asked": list(asked(config)),
    }


def _spans(config: Config) -> dict[str, str]:
    return {
        "idle": span(sessions.IDLE),
        "life": span(sessions.LIFE),
        "theme": span(timedelta(seconds=pages.YEAR)),
        "ban": span(networks.LIFE),
        "evidence": span(timedelta(days=config.mod.evidence_days)) if config.mod.evidence_days else "",
        "edit": span(timedelta(seconds=config.hangout.edit_window)),
        "comment_edit": span(timedelta(seconds=config.comments.edit_window)),
        "unused_picture": span(media.UNUSED),
        "request": span(timedelta(days=config.chat.request_days)),
        "salt": span(visits.SALT_USED),
        "salt_gone": span(visits.SALT_KEPT),
        "again": span(visits.AGAIN),
        "detail": span(timedelta(days=config.analytics.detail_days)),
    }


def asked(config: Config) -> Iterator[Asked]:
    """The sources of cards that are on."""
    for name, source in config.sources.items():
        if not source.off:
            host = urlsplit(source.base_url).hostname or ""
            often = f"about every {span(timedelta(seconds=source.period))}"
            if name == "lanyard":
                often = BESIDE_THE_BOT if config.discord.token else BY_ITSELF
            yield Asked(CARDS.get(name, name.capitalize()), host, often)


def span(length: timedelta) -> str:
    """`14 days`, `1 hour`, `90 minutes`: in the largest unit that it is whole in, where nearly is whole enough for what
    is kept a minute less than it may be.
    """
    seconds = round(length.total_seconds())
    whole = seconds + 60 if seconds > 3600 and (seconds + 60) % 3600 == 0 else seconds
    unit, size = next(((unit, size) for unit, size in UNITS if whole and whole % size == 0), UNITS[-1])
    return f"{whole // size} {unit}{'' if whole == size else 's'}"
