"""The world: all that the practice Discord knows, and whom it tells. The modules of acts (messages, interactions,
commands) change it, the REST routes and the page call them, the gateway and the page listen."""

import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from practice import permissions, porch
from practice.model import Application, Channel, File, Guild, Json, Member, Message, Ping, Request, User, Webhook
from practice.refusals import refusal
from practice.snowflakes import Snowflakes

Listener = Callable[[str, Json], None]
URL_LIFETIME = 24 * 3600


class World:
    """`now` is the clock in Unix seconds. `cdn_base` is where attachments are served, set once the port is known."""

    def __init__(self, now: Callable[[], float] = time.time, token: str = porch.TOKEN) -> None:
        self.now = now
        self.ids = Snowflakes(now)
        self.cdn_base = ""
        self.guild: Guild = porch.guild()
        self.application: Application = porch.application(token)
        self.bot: User = self.guild.members[porch.BOT].user
        self.users: dict[int, User] = {member.user.id: member.user for member in self.guild.members.values()}
        self.channels: dict[int, Channel] = {channel.id: channel for channel in porch.channels()}
        self.messages: dict[int, dict[int, Message]] = {}
        self.whispers: dict[int, Message] = {}
        self.webhooks: dict[int, Webhook] = {}
        self.avatars: dict[str, str] = {}
        self.files: dict[int, File] = {}
        self.commands: dict[int, Json] = {}
        self.typing: dict[tuple[int, int], float] = {}
        self.nonces: dict[tuple[int, str], int] = {}
        self.closed_doors: set[int] = set()
        self.pings: list[Ping] = []
        self.requests: deque[Request] = deque(maxlen=20_000)
        self.fetches: deque[Request] = deque(maxlen=20_000)
        self._listeners: list[Listener] = []
        self.secret = secrets.token_bytes(32)

    def time(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener(event name, data)` for all that happens; the returned function ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, event: str, data: Json) -> None:
        for listener in tuple(self._listeners):
            listener(event, data)

    def channel(self, channel_id: int) -> Channel:
        """Raises 10003 for a channel that is not there."""
        if channel_id not in self.channels:
            raise refusal(10003)
        return self.channels[channel_id]

    def member(self, user_id: int) -> Member:
        if user_id not in self.guild.members:
            raise refusal(10007)
        return self.guild.members[user_id]

    def message(self, channel_id: int, message_id: int) -> Message:
        """Raises 10008 for a message that is not there, whether it never was or is deleted."""
        found = self.messages.get(channel_id, {}).get(message_id)
        if found is None:
            raise refusal(10008)
        return found

    def webhook(self, webhook_id: int) -> Webhook:
        if webhook_id not in self.webhooks:
            raise refusal(10015)
        return self.webhooks[webhook_id]

    def permissions(self, user_id: int, channel: Channel) -> int:
        place = self.channels.get(channel.parent_id or 0, channel)  # a thread is governed by its parent
        held = permissions.in_channel(self.guild, user_id, place)
        member = self.guild.members.get(user_id)
        is_quiet = member is not None and member.timed_out_until is not None and member.timed_out_until > self.time()
        return held & permissions.READING if is_quiet and held != permissions.EVERYTHING else held

    def bot_may_here(self, needed: int) -> None:
        """Raises 50013 when the bot lacks one of the needed bits in the guild as a whole."""
        if needed & ~permissions.in_guild(self.guild, self.bot.id):
            raise refusal(50013)

    def bot_may(self, channel: Channel, needed: int) -> None:
        """Raises 50001 when the bot cannot see the channel, 50013 when it lacks one of the needed bits."""
        held = self.permissions(self.bot.id, channel)
        if not held & permissions.VIEW_CHANNEL:
            raise refusal(50001)
        if needed & ~held:
            raise refusal(50013)

    def bot_sees(self, channel_id: int) -> bool:
        channel = self.channels.get(channel_id)
        return channel is not None and bool(self.permissions(self.bot.id, channel) & permissions.VIEW_CHANNEL)

    def sign(self, path: str) -> str:
        """The query that opens an attachment for a day: expiry, issue time and signature, in hexadecimal."""
        issued = int(self.now())
        return self._signed(path, f"{issued + URL_LIFETIME:x}", f"{issued:x}")

    def opens(self, path: str, expires: str, issued: str, signature: str) -> bool:
        try:
            fresh = int(expires, 16) > self.now()
        except ValueError:
            return False
        genuine = self._signed(path, expires, issued).rpartition("hm=")[2]
        return fresh and hmac.compare_digest(genuine.encode(), signature.encode())

    def forget_signatures(self) -> None:
        """Makes every address that was signed so far a dead one."""
        self.secret = secrets.token_bytes(32)

    def _signed(self, path: str, expires: str, issued: str) -> str:
        digest = hmac.digest(self.secret, f"{path} {expires} {issued}".encode(), hashlib.sha256).hex()
        return f"ex={expires}&is={issued}&hm={digest}"
