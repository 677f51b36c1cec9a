"""Which events a session asked for, and what it may read of them. Source: Discord's 'Gateway Intents'."""

from practice.model import Json

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
GUILD_MODERATION = 1 << 2
GUILD_EXPRESSIONS = 1 << 3
GUILD_WEBHOOKS = 1 << 5
GUILD_PRESENCES = 1 << 8
MESSAGES = 1 << 9
REACTIONS = 1 << 10
TYPING = 1 << 11
MESSAGE_CONTENT = 1 << 15
POLLS = 1 << 24
DIRECT_POLLS = 1 << 25
DIRECT_SHIFT = 3  # the intents for direct messages lie three bits above those for guilds
PRIVILEGED = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT
KNOWN = (1 << 26) - 1

BY_PREFIX = {
    "MESSAGE_REACTION_": REACTIONS,
    "MESSAGE_POLL_": POLLS,
    "MESSAGE_": MESSAGES,
    "TYPING_": TYPING,
    "GUILD_MEMBER_": GUILD_MEMBERS,
    "GUILD_BAN_": GUILD_MODERATION,
    "GUILD_AUDIT_LOG_": GUILD_MODERATION,
    "PRESENCE_": GUILD_PRESENCES,
    "GUILD_EMOJIS_": GUILD_EXPRESSIONS,
    "GUILD_STICKERS_": GUILD_EXPRESSIONS,
    "WEBHOOKS_": GUILD_WEBHOOKS,
    "GUILD_": GUILDS,
    "CHANNEL_": GUILDS,
    "THREAD_": GUILDS,
}
DIRECT = MESSAGES | REACTIONS | TYPING
HIDDEN = {"content": "", "embeds": [], "attachments": [], "components": []}


def needed(event: str, data: Json) -> int:
    """The intent that an event is sent for; 0 when every session gets it."""
    for prefix, intent in BY_PREFIX.items():
        if event.startswith(prefix):
            if intent == POLLS and "guild_id" not in data:
                return DIRECT_POLLS
            direct = intent & DIRECT and "guild_id" not in data
            return intent << DIRECT_SHIFT if direct else intent
    return 0


def readable(event: str, data: Json, intents: int, bot_id: int) -> Json:
    """A message as a session without the content intent sees it: empty, unless it is the bot's own, direct or to it."""
    if event not in {"MESSAGE_CREATE", "MESSAGE_UPDATE"} or intents & MESSAGE_CONTENT:
        return data
    mine = data["author"]["id"] == str(bot_id) or any(user["id"] == str(bot_id) for user in data["mentions"])
    return data if mine or "guild_id" not in data else blanked(data)


def blanked(data: Json) -> Json:
    """A message without what somebody wrote."""
    return {**{key: value for key, value in data.items() if key not in {"poll", "message_snapshots"}}, **HIDDEN}
