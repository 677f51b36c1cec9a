"""Permission bits, and who may do what where. Source: Discord's permissions page and its order of overwrites."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from practice.model import Channel, Guild

BAN_MEMBERS = 1 << 2
ADD_REACTIONS = 1 << 6
VIEW_AUDIT_LOG = 1 << 7
ADMINISTRATOR = 1 << 3
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_EXTERNAL_EMOJIS = 1 << 18
MANAGE_WEBHOOKS = 1 << 29
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
SEND_MESSAGES_IN_THREADS = 1 << 38
MODERATE_MEMBERS = 1 << 40
PIN_MESSAGES = 1 << 51

EVERYTHING = (1 << 53) - 1
EVERYONE = (
    ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_EXTERNAL_EMOJIS
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS
)
KEEPING = BAN_MEMBERS | VIEW_AUDIT_LOG | MODERATE_MEMBERS
BOT = EVERYONE | MANAGE_MESSAGES | PIN_MESSAGES | MANAGE_WEBHOOKS | MANAGE_THREADS | KEEPING
READING = VIEW_CHANNEL | READ_MESSAGE_HISTORY  # all that a member keeps in a timeout


def in_guild(guild: "Guild", user_id: int) -> int:
    """The bits a user holds in the guild as a whole; 0 for who is no member."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    held = guild.roles[guild.id].permissions
    for role in member.roles:
        held |= guild.roles[role].permissions
    return EVERYTHING if user_id == guild.owner_id or held & ADMINISTRATOR else held


def in_channel(guild: "Guild", user_id: int, channel: "Channel") -> int:
    """The bits a user holds in a channel of the guild; in a direct channel everything, for somebody unknown nothing."""
    if channel.guild_id is None:
        return EVERYTHING
    member = guild.members.get(user_id)
    if member is None:
        return 0
    held = in_guild(guild, user_id)
    if held == EVERYTHING:
        return EVERYTHING
    # Discord applies overwrites from the widest to the narrowest: everyone, all roles at once, the member.
    for targets in ({guild.id}, set(member.roles), {user_id}):
        found = [overwrite for overwrite in channel.overwrites if overwrite.id in targets]
        for overwrite in found:
            held &= ~overwrite.deny
        for overwrite in found:
            held |= overwrite.allow
    return held if held & VIEW_CHANNEL else 0
