"""The JSON shapes of Discord's objects, as the bot sees them. Ids are strings, times RFC 3339 in UTC; keys that
Discord leaves out are left out, because a null in their place breaks clients. Source: Discord's resource pages and
OpenAPI file."""

from practice.payloads._guilds import (
    application,
    application_flags,
    channel,
    counts,
    emoji,
    guild,
    guild_create,
    resolved_channel,
    webhook,
)
from practice.payloads._messages import is_ephemeral, message, message_event
from practice.payloads._people import audit_entry, ban, bare_member, identified, me, member, presence, role, stamp, user
from practice.payloads._pieces import attachment, poll, poll_media, reaction_emoji, reactions, sticker, sticker_item

__all__ = [
    "application",
    "application_flags",
    "attachment",
    "audit_entry",
    "ban",
    "bare_member",
    "channel",
    "counts",
    "emoji",
    "guild",
    "guild_create",
    "identified",
    "is_ephemeral",
    "me",
    "member",
    "message",
    "message_event",
    "poll",
    "poll_media",
    "presence",
    "reaction_emoji",
    "reactions",
    "resolved_channel",
    "role",
    "stamp",
    "sticker",
    "sticker_item",
    "user",
    "webhook",
]
