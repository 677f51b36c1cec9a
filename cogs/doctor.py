"""The doctor: `python bot.py check`. Looks at everything Porchlight needs, a line each, with what to do."""

import ipaddress
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord

from cogs import PRESENCE_FLAGS, integrations
from db import doctor as houses
from db.cards import Card
from db.config import Config
from db.doctor import Finding

CONTENT_FLAGS = 1 << 18 | 1 << 19  # application flags GATEWAY_MESSAGE_CONTENT and its LIMITED form
CALLBACK = "/auth/discord/callback"
PORTAL = "https://discord.com/developers/applications"
NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "manage_webhooks": "Manage Webhooks",
    "add_reactions": "Add Reactions",
    "attach_files": "Attach Files",
}
NEEDED_TO_KEEP = {
    "manage_messages": "Manage Messages",
    "moderate_members": "Moderate Members",
    "view_audit_log": "View Audit Log",
    "ban_members": "Ban Members",
}
NEEDED_TO_TELL = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "read_message_history": "Read Message History",
    "embed_links": "Embed Links",
}
NEEDED_FOR_COMMENTS = {
    **NEEDED,
    "embed_links": "Embed Links",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads",
    "manage_threads": "Manage Threads",
}
HAS_MESSAGES = frozenset({discord.ChannelType.text.value, discord.ChannelType.news.value})
HAS_THREADS = frozenset({discord.ChannelType.text.value, discord.ChannelType.forum.value})


@dataclass(frozen=True, slots=True)
class Place:
    """A channel that the configuration may name besides the hangout's, by its key in [discord]."""

    subject: str
    key: str
    kinds: frozenset[int]
    words: str
    needed: dict[str, str]


PLACES = (
    Place("News", "announce_channel_id", HAS_MESSAGES, "a text channel", NEEDED_TO_TELL),
    Place("Moderators", "mod_channel_id", HAS_MESSAGES, "a text channel", NEEDED_TO_TELL),
    Place("Comments", "comments_channel_id", HAS_THREADS, "a forum or a text channel", NEEDED_FOR_COMMENTS),
)


Undrawable = Callable[[Config, Iterable[Card]], Mapping[str, str]]


def _nothing(_config: Config, _kept: Iterable[Card]) -> Mapping[str, str]:
    return {}


async def check(config: Config, undrawable: Undrawable = _nothing) -> int:
    """Prints the findings as they come. Returns the exit status: 0 when nothing needs to be done, else 1.
    `undrawable` says which cards no page can draw, and why.
    """
    is_well = True
    async for finding in _look(config, undrawable):
        is_well = is_well and finding.is_well
        mark = "ok  " if finding.is_well else "TODO"
        sys.stdout.write(f"{mark} {finding.subject}: {finding.sentence}\n")
        sys.stdout.flush()
    return 0 if is_well else 1


async def _look(config: Config, undrawable: Undrawable) -> AsyncIterator[Finding]:
    database = await houses.look_at_database(config)
    yield database.finding
    yield await houses.look_at_redis(config)
    told = await integrations.tried(config, houses.cards_to_ask(config, database.states, datetime.now(UTC)))
    for finding in houses.look_at_cards(config, database.states, told):
        yield finding
    for name, error in undrawable(config, database.kept).items():
        sentence = f"cannot be drawn ({error}): look at templates/cards/_{name}.html."
        yield Finding(f"Drawing {name}", sentence, is_well=False)
    async for finding in _look_at_discord(config, database.channel_id):
        yield finding
    yield look_at_public_url(config)
    yield houses.look_at_appeal(config)


def look_at_public_url(config: Config) -> Finding:
    """Whether Discord's servers could fetch the visitors' pictures."""
    url = urlsplit(config.public_url)
    host = url.hostname or ""
    subject = "Public URL"
    if not config.web.base_url or host == "localhost" or _is_private(host):
        sentence = (
            f"{config.public_url} is only known to this machine: set [web] base_url to the site's public address."
        )
        return Finding(subject, sentence, is_well=False)
    if url.scheme != "https":
        return Finding(subject, f"{config.public_url} is not https: put a proxy with TLS in front.", is_well=False)
    return Finding(subject, config.public_url)


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Rest:
    """Plain requests with the bot's token."""

    session: aiohttp.ClientSession
    base: str
    token: str

    async def get(self, path: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bot {self.token}"}
        async with self.session.get(f"{self.base}{path}", headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)


async def _look_at_discord(config: Config, remembered: int | None) -> AsyncIterator[Finding]:
    if not config.discord.token:
        yield Finding("Discord", "no token yet: see 'Connect Discord' in the README ([discord] token).", is_well=False)
        return
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        rest = _Rest(session, config.discord.api_base.rstrip("/"), config.discord.token)
        try:
            status, me = await rest.get("/users/@me")
            if status != 200:
                yield Finding(
                    "Token", f"Discord answers {status}: copy a fresh one from {PORTAL} (Bot).", is_well=False
                )
                return
            yield Finding("Token", f"the bot is {me.get('username')}")
            yield await _look_at_intent(rest)
            yield await _look_at_sign_in(session, config)
            yield await _look_at_channel(rest, config.discord.channel_id or remembered, int(me["id"]))
            for place in PLACES:
                if channel_id := getattr(config.discord, place.key):
                    yield await _look_at_place(rest, place, channel_id, int(me["id"]))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            sentence = f"cannot be reached ({type(error).__name__}): check the network and [discord] api_base."
            yield Finding("Discord", sentence, is_well=False)
        except (KeyError, TypeError, AttributeError):
            sentence = "what answers there does not speak Discord's API: check [discord] api_base."
            yield Finding("Discord", sentence, is_well=False)


async def _look_at_intent(rest: _Rest) -> Finding:
    _, application = await rest.get("/oauth2/applications/@me")
    flags = int(application.get("flags") or 0)
    if flags & CONTENT_FLAGS:
        lamp = "" if flags & PRESENCE_FLAGS else "; Presence Intent is off, so the porch lamp stays dark"
        return Finding("Intents", f"Message Content Intent is on{lamp}")
    return Finding("Intents", f"switch on Message Content Intent at {PORTAL} (Bot).", is_well=False)


async def _look_at_sign_in(session: aiohttp.ClientSession, config: Config) -> Finding:
    """Whether members could come in through Discord: asked with a code that is none, so nothing is given out."""
    subject, discord = "Sign in with Discord", config.discord
    if not (discord.client_id and discord.client_secret):
        if discord.client_id or discord.client_secret:
            both = "client_id and client_secret go together: set both or none ([discord])."
            return Finding(subject, both, is_well=False)
        return Finding(subject, "off; [discord] client_id and client_secret switch it on")
    form = {"grant_type": "authorization_code", "code": "none", "redirect_uri": f"{config.public_url}{CALLBACK}"}
    secret = aiohttp.encode_basic_auth(str(discord.client_id), discord.client_secret)
    address = f"{discord.api_base.rstrip('/')}/oauth2/token"
    async with session.post(address, data=form, headers={"Authorization": secret}) as answer:
        told = await answer.json(content_type=None)
    if told.get("error") == "invalid_client" or answer.status == 401:
        wrong = f"Discord does not know this client: copy id and secret from {PORTAL} (OAuth2)."
        return Finding(subject, wrong, is_well=False)
    return Finding(subject, f"on; the redirect in the portal must be {config.public_url}{CALLBACK}")


async def _look_at_channel(rest: _Rest, channel_id: int | None, me: int) -> Finding:
    if not channel_id:
        return Finding("Channel", "none yet: run /hangout here in it, or set [discord] channel_id.", is_well=False)
    status, channel = await rest.get(f"/channels/{channel_id}")
    if status != 200:
        sentence = (
            f"the bot cannot see it (Discord answers {status}): invite the bot to the server, let it View Channel."
        )
        return Finding("Channel", sentence, is_well=False)
    missing = await _missing(rest, channel, me, NEEDED)
    name = f"#{channel.get('name')}"
    if missing:
        return Finding("Permissions", f"in {name} the bot still needs: {', '.join(missing)}.", is_well=False)
    keeping = await _missing(rest, channel, me, NEEDED_TO_KEEP)
    besides = f"; to moderate in both places it could have: {', '.join(keeping)}" if keeping else ""
    return Finding("Channel", f"{name}, with all permissions{besides}")


async def _look_at_place(rest: _Rest, place: Place, channel_id: int, me: int) -> Finding:
    """Whether the bot could do there what the channel is named for."""
    status, channel = await rest.get(f"/channels/{channel_id}")
    if status != 200:
        sentence = f"the bot cannot see [discord] {place.key} (Discord answers {status}): let it View Channel."
        return Finding(place.subject, sentence, is_well=False)
    if channel.get("type") not in place.kinds:
        return Finding(place.subject, f"[discord] {place.key} must name {place.words}.", is_well=False)
    missing = await _missing(rest, channel, me, place.needed)
    name = f"#{channel.get('name')}"
    if missing:
        return Finding(place.subject, f"in {name} the bot still needs: {', '.join(missing)}.", is_well=False)
    return Finding(place.subject, f"{name}, with all permissions")


async def _missing(rest: _Rest, channel: dict[str, Any], me: int, needed: dict[str, str]) -> list[str]:
    """The needed permissions that the bot lacks, computed as Discord's documentation on permissions describes."""
    guild_id = channel["guild_id"]
    _, member = await rest.get(f"/guilds/{guild_id}/members/{me}")
    _, roles = await rest.get(f"/guilds/{guild_id}/roles")
    mine = {guild_id, *member.get("roles", [])}
    value = 0
    for role in roles:
        value |= int(role["permissions"]) if role["id"] in mine else 0
    granted = discord.Permissions(value)
    if granted.administrator:
        return []
    overwrites = {one["id"]: one for one in channel.get("permission_overwrites", [])}
    everyone = overwrites.get(guild_id)
    of_roles = [overwrites[one] for one in mine - {guild_id} if one in overwrites]
    own = overwrites.get(str(me))
    for group in ([everyone] if everyone else [], of_roles, [own] if own else []):
        deny, allow = 0, 0
        for one in group:
            deny, allow = deny | int(one["deny"]), allow | int(one["allow"])
        value = value & ~deny | allow
    granted = discord.Permissions(value)
    return [label for name, label in needed.items() if not getattr(granted, name)]
