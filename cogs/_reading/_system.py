"""What Discord itself tells in a channel, in our own words: the rest of a sentence that begins with somebody's name."""

import discord

from cogs._reading._words import clean
from db.markup import escape

NAME_MAX = 100
Type = discord.MessageType
PLAIN = {
    Type.new_member: "came in.",
    Type.pins_add: "pinned a message.",
    Type.guild_incident_alert_mode_enabled: "has closed the server to newcomers for a while.",
    Type.guild_incident_alert_mode_disabled: "has opened the server to newcomers again.",
    Type.stage_end: "ended the stage.",
}
NAMED = {
    Type.channel_name_change: "called this place {}.",
    Type.channel_follow_add: "brings news from {} here.",
    Type.thread_created: "began a thread: {}.",
    Type.stage_start: "opened the stage: {}.",
    Type.stage_topic: "changed the topic of the stage to {}.",
}
TIERS = {Type.premium_guild_tier_1: 1, Type.premium_guild_tier_2: 2, Type.premium_guild_tier_3: 3}


def sentence(message: discord.Message) -> str | None:
    """None for what is better left out."""
    kind = message.type
    if kind in PLAIN:
        return PLAIN[kind]
    if kind in NAMED:
        return NAMED[kind].format(_quoted(message.content))
    if kind is Type.poll_result:
        return _result(message)
    return _boost(message) if kind is Type.premium_guild_subscription or kind in TIERS else None


def _boost(message: discord.Message) -> str:
    times = f" {message.content} times" if message.content.isdecimal() and len(message.content) < 4 else ""
    tier = f", which has reached level {TIERS[message.type]}" if message.type in TIERS else ""
    return f"boosted the server{times}{tier}."


def _result(message: discord.Message) -> str | None:
    """How a poll ended. Discord writes it into the fields of an embed."""
    told = {str(field.name): str(field.value) for embed in message.embeds for field in embed.fields}
    if "poll_question_text" not in told:
        return None
    asked = f"asked {_quoted(told['poll_question_text'])}, and the poll is over:"
    votes, total = told.get("victor_answer_votes", "0"), told.get("total_votes", "0")
    if "victor_answer_id" not in told:
        return f"{asked} nobody voted." if total == "0" else f"{asked} no answer won."
    winner = told.get("victor_answer_text") or told.get("victor_answer_emoji_name") or "an answer without words"
    return f"{asked} {_quoted(winner)} won with {_quoted(votes)} of {_quoted(total)} votes."


def _quoted(text: str) -> str:
    """Literally: names are no markup."""
    return escape(clean(" ".join(text.split()), NAME_MAX))
