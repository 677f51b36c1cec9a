"""A person's presence in Discord as the card `lanyard` shows it, whoever tells of it: Lanyard, or our own gateway.

Both give activities as Discord's 'Gateway Events' page describes them; how their pictures are named is from there too
('Activity Asset Image').
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from db.cards import Card, Snapshot

from ._words import Part, line, moment, shaped

KINDS = {0: "playing", 1: "streaming", 2: "listening", 3: "watching", 5: "competing"}
CUSTOM = 4
SHOWN = 3  # activities
STATUSES = {"online", "idle", "dnd"}
WORDS = 128  # characters of each line, Discord's own limit
CDN = "https://cdn.discordapp.com"
PROXIED = re.compile(r"mp:((?:external|attachments)/[\w./%+~=-]{1,600})")
SPOTIFY = re.compile(r"spotify:([0-9A-Za-z]{1,64})")
ASSET = re.compile(r"[0-9]{1,20}")
CONTINUOUS = 600.0  # seconds after which what was known says nothing any more of now


class Emoji(Part, frozen=True):
    name: str | None = None
    id: str | int | None = None


class Timestamps(Part, frozen=True):
    start: float | None = None


class Assets(Part, frozen=True):
    large_image: str | None = None


class Activity(Part, frozen=True):
    type: int = 0
    name: str | None = None
    details: str | None = None
    state: str | None = None
    emoji: Emoji | None = None
    timestamps: Timestamps | None = None
    assets: Assets | None = None
    application_id: str | int | None = None


class Activities(Part, frozen=True):
    listed: list[Activity]


def presence(status: str, told: Sequence[Mapping[str, Any]], cdn: str = CDN) -> Snapshot:
    """The card of somebody with this status and these activities. Raises SourceFailed for activities that are none."""
    shown = status if status in STATUSES else "offline"
    all_of_them = shaped({"listed": told}, Activities).listed if shown != "offline" else []
    custom = next((one for one in all_of_them if one.type == CUSTOM), None)
    activities = [one for one in all_of_them if one.type in KINDS and line(one.name, WORDS)][:SHOWN]
    pictures = {f"activity{n}": picture_of(one, cdn) for n, one in enumerate(activities)}
    data = {
        "status": shown,
        "custom": (line(custom.state, WORDS) or None) if custom else None,
        "custom_emoji": _emoji(custom.emoji) if custom and custom.emoji else None,
        "activities": [_activity(one) for one in activities],
        "seen_at": None,
    }
    return Snapshot(data, {key: url for key, url in pictures.items() if url})


def remembering(snapshot: Snapshot, before: Card | None, now: datetime) -> Snapshot:
    """With the time at which they were seen last, of somebody who is not there: now when they have just gone, or when
    it was last known to be so.
    """
    if snapshot.data["status"] != "offline" or before is None:
        return snapshot
    seen_at = before.data.get("seen_at")
    if before.data.get("status") in STATUSES:
        seen_at = (now if before.age(now) < CONTINUOUS else before.fetched_at).isoformat(timespec="seconds")
    return Snapshot({**snapshot.data, "seen_at": seen_at}, snapshot.pictures)


def picture_of(activity: Activity, cdn: str = CDN) -> str | None:
    """Where the picture of what they do is; None when it has none, or one that lies elsewhere."""
    image = (activity.assets.large_image if activity.assets else None) or ""
    if proxied := PROXIED.fullmatch(image):
        return f"https://media.discordapp.net/{proxied[1]}"
    if spotify := SPOTIFY.fullmatch(image):
        return f"https://i.scdn.co/image/{spotify[1]}"
    application = str(activity.application_id or "")
    if ASSET.fullmatch(image) and ASSET.fullmatch(application):
        return f"{cdn.rstrip('/')}/app-assets/{application}/{image}.png"
    return None


def _activity(activity: Activity) -> dict[str, Any]:
    return {
        "kind": KINDS[activity.type],
        "name": line(activity.name, WORDS),
        "details": line(activity.details, WORDS) or None,
        "state": line(activity.state, WORDS) or None,
        "since": _since(activity.timestamps),
    }


def _since(timestamps: Timestamps | None) -> str | None:
    """Discord counts milliseconds."""
    start = timestamps.start if timestamps else None
    return moment(start // 1000) if start is not None and start > 0 else None


def _emoji(emoji: Emoji) -> str | None:
    """A character as it is; one of a server's own by its name, for its picture is nobody's here."""
    name = line(emoji.name, 64)
    return (f":{name}:" if emoji.id else name) or None
