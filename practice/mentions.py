"""Who is mentioned by a text, and whose device rings. Source: Discord's 'Allowed Mentions Object'. Where Discord
overlooks a mention inside a code block this does not: a test that asserts silence is then stricter than Discord."""

import re
from dataclasses import dataclass, field

from practice import checks, permissions
from practice.model import Json, Message, Ping
from practice.refusals import invalid_form
from practice.world import World

USER = re.compile(r"<@!?(\d{15,20})>")
ROLE = re.compile(r"<@&(\d{15,20})>")
EVERYONE = re.compile(r"@(everyone|here)\b")
KINDS = {"users", "roles", "everyone"}


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which mentions may work: kinds in general, or single ids of users and roles."""

    parse: frozenset[str] = frozenset(KINDS)
    users: frozenset[int] = field(default_factory=frozenset)
    roles: frozenset[int] = field(default_factory=frozenset)
    replied_user: bool = True

    def user(self, user_id: int) -> bool:
        return "users" in self.parse or user_id in self.users

    def role(self, role_id: int) -> bool:
        return "roles" in self.parse or role_id in self.roles


FOR_MESSAGES = Allowed()
FOR_WEBHOOKS = Allowed(frozenset({"users"}))  # and for interactions


def read_allowed(given: Json | None, default: Allowed) -> Allowed:
    """Reads `allowed_mentions`; raises 50035 where Discord does."""
    if given is None:
        return default
    parse = set(map(str, given.get("parse") or []))
    if parse - KINDS:
        raise invalid_form("allowed_mentions.parse", "BASE_TYPE_CHOICES", f"Value must be one of {sorted(KINDS)}.")
    ids = {
        kind: frozenset(checks.snowflake(each, f"allowed_mentions.{kind}") for each in given.get(kind) or [])
        for kind in ("users", "roles")
    }
    for kind, listed in ids.items():
        if listed and kind in parse:
            problem = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            raise invalid_form("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", problem)
        if len(listed) > 100:
            raise invalid_form(f"allowed_mentions.{kind}", "BASE_TYPE_BAD_LENGTH", "Must be 100 or fewer in length.")
    return Allowed(frozenset(parse), ids["users"], ids["roles"], bool(given.get("replied_user", False)))


def record(world: World, message: Message, allowed: Allowed) -> None:
    """Fills in the message's three mention fields from its content, as the author's permissions and `allowed` let
    it."""
    found = dict.fromkeys(int(number) for number in USER.findall(message.content))
    message.mentions = [who for who in found if who in world.users and allowed.user(who)]
    loud = may_be_loud(world, message)
    roles = (world.guild.roles.get(int(number)) for number in ROLE.findall(message.content))
    message.mention_roles = [role.id for role in roles if role and allowed.role(role.id) and (role.mentionable or loud)]
    spoken = EVERYONE.search(message.content) is not None
    message.mention_everyone = spoken and loud and "everyone" in allowed.parse
    mention_replied(world, message, allowed)


def mention_replied(world: World, message: Message, allowed: Allowed) -> None:
    if message.reference is None or message.snapshots or not allowed.replied_user:
        return
    original = world.messages.get(message.reference.channel_id, {}).get(message.reference.message_id or 0)
    if original and original.webhook_id is None and original.author.id not in message.mentions:
        message.mentions.append(original.author.id)


def may_be_loud(world: World, message: Message) -> bool:
    if message.webhook_id is not None:
        return True  # a webhook holds no permissions; only allowed_mentions keeps it quiet
    held = world.permissions(message.author.id, world.channel(message.channel_id))
    return bool(held & permissions.MENTION_EVERYONE)


def ring(world: World, message: Message) -> None:
    """Writes down who was really notified. Nobody is by their own message, nor by an edit."""
    if message.mention_everyone:
        world.pings.append(Ping(message.id, "everyone"))
    targets = [*message.mention_roles, *(who for who in message.mentions if who != message.author.id)]
    world.pings.extend(Ping(message.id, target) for target in targets)
