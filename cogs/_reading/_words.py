"""The words of a message, and the names behind the ids in them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import discord
import msgspec

from db.markup import Mentions
from db.messages import Heard
from db.names import FALLBACK, NEWLINES, UNSAYABLE, clean_name

CONTENT_MAX = 6000  # Discord's own limit is 4,000
NAME_MAX = 100
NAMED_MAX = 100  # ids looked up for one message
USER = re.compile(r"<@!?([0-9]{15,20})>")
ROLE = re.compile(r"<@&([0-9]{15,20})>")
CHANNEL = re.compile(r"<#([0-9]{15,20})>")


def clean(text: str, longest: int = CONTENT_MAX) -> str:
    """Without what PostgreSQL cannot keep, or what would turn the text around it."""
    return UNSAYABLE.sub("", NEWLINES.sub("\n", text))[:longest]


def name_of(user: discord.abc.User) -> str:
    return clean_name(user.display_name)[:NAME_MAX] or user.name or FALLBACK


def mentions(message: discord.Message, text: str) -> Mentions:
    """The names of all that the text mentions: those that Discord tells with the message, and those that the server is
    known to have. Nobody need have been notified: what a webhook or a forward mentions comes as bare ids.
    """
    told = {user.id: name_of(user) for user in message.mentions}
    return Mentions(
        users=_named(USER, text, lambda number: told.get(number) or _member_name(message.guild, number)),
        roles=_named(ROLE, text, lambda number: _role_name(message, number)),
        channels=_named(CHANNEL, text, lambda number: channel_name(message, number)),
    )


def unnamed(heard: Heard) -> set[int]:
    """Users that are mentioned and whose names Discord did not tell."""
    missing = _missing(heard.content, heard.mentions)
    passed_on = heard.extras.forward
    return missing | (_missing(passed_on.content, passed_on.mentions) if passed_on else set())


def _missing(text: str, named: Mentions) -> set[int]:
    return {int(one) for one in USER.findall(text)[:NAMED_MAX] if one not in named.users}


def with_names(heard: Heard, names: Mapping[int, str]) -> Heard:
    """With the names that are known here for those that Discord did not name."""
    if not unnamed(heard) & names.keys():
        return heard
    extras, passed_on = heard.extras, heard.extras.forward
    if passed_on:
        mentioned = _filled(passed_on.content, passed_on.mentions, names)
        extras = msgspec.structs.replace(extras, forward=msgspec.structs.replace(passed_on, mentions=mentioned))
    return replace(heard, mentions=_filled(heard.content, heard.mentions, names), extras=extras)


def _filled(text: str, named: Mentions, names: Mapping[int, str]) -> Mentions:
    found = {str(one): names[one] for one in _missing(text, named) & names.keys()}
    return replace(named, users={**named.users, **found})


def _named(pattern: re.Pattern[str], text: str, name: Callable[[int], str]) -> dict[str, str]:
    numbers: Iterable[str] = list(dict.fromkeys(pattern.findall(text)))[:NAMED_MAX]
    return {number: found for number in numbers if (found := name(int(number)))}


def _member_name(guild: discord.Guild | None, user_id: int) -> str:
    member = guild.get_member(user_id) if guild else None
    return name_of(member) if member else ""


def _role_name(message: discord.Message, role_id: int) -> str:
    role = message.guild.get_role(role_id) if message.guild else None
    return clean(role.name, NAME_MAX) if role else ""


def channel_name(message: discord.Message, channel_id: int) -> str:
    """The channel's name, where everybody may know it who may read the hangout: the page is open to all, and the names
    of hidden channels are nobody's business. Empty otherwise.
    """
    guild = message.guild
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if guild is None or channel is None:
        return ""
    return clean(channel.name, NAME_MAX) if _is_open(guild, channel) or not _is_open(guild, message.channel) else ""


def _is_open(guild: discord.Guild, channel: object) -> bool:
    if isinstance(channel, discord.Thread):
        return not channel.is_private() and _is_open(guild, channel.parent)
    return isinstance(channel, discord.abc.GuildChannel) and channel.permissions_for(guild.default_role).view_channel
