"""Media: the pictures that people bring, and the small ones of Discord's that are kept. Called by both doors.

The bytes are in db/blobs under their digest, the rest is a row. A picture that nothing uses is gone after
a day, and one that a deleted message used within minutes; from the deletion on it is not shown.
"""

from db.darkroom import VARIANTS
from db.media._acts import add, change_alt, open_range, read, size_of
from db.media._discord import DiscordFile, discord_file, forget_discord_files, keep_discord_file
from db.media._moving import bring_back, take_back
from db.media._queries import SharedFile, attachment_of, get, may_see, portrait_of, release, use
from db.media._removing import remove_unused, tidy
from db.media._shape import ALT_MAX, UNUSED, Media, blob_name, check_alt

__all__ = [
    "ALT_MAX",
    "UNUSED",
    "VARIANTS",
    "DiscordFile",
    "Media",
    "SharedFile",
    "add",
    "attachment_of",
    "blob_name",
    "bring_back",
    "change_alt",
    "check_alt",
    "discord_file",
    "forget_discord_files",
    "get",
    "keep_discord_file",
    "may_see",
    "open_range",
    "portrait_of",
    "read",
    "release",
    "remove_unused",
    "size_of",
    "take_back",
    "tidy",
    "use",
]
