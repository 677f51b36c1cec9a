"""Speaking in a channel on somebody's behalf: through the one webhook, or as the bot where webhooks are not allowed.

Makes the letters for the courier; what becomes of them is the relay's matter.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import discord

from cogs._courier import Courier, File, Letter, Outcome, Rejected
from cogs._webhooks import Webhooks
from cogs._wording import CONTENT_MAX, Words, alone, joined
from db import media
from db.errors import NotFound
from db.markup import escape
from db.messages import Message
from db.names import discord_username
from db.outbox import Mirror, Overdue
from db.people import avatar_path
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
NEUTRAL_NAME = "Visitor"
TOO_LARGE = {40005, 50035}
FILES_MAX = 24 * 1024 * 1024  # bytes; Discord takes 25 MiB in one request
DOUBTS_MAX = 2  # uploads without an answer, after which a slow line is not asked for a third
NO_MENTIONS = {"parse": list[str]()}


@dataclass(frozen=True, slots=True)
class Post:
    """A letter that says something, with what it says (`said`, to find it again) and who says it: `webhook` is None
    when the bot speaks itself, `username` is empty then.
    """

    letter: Letter
    said: str
    webhook: int | None
    username: str
    has_files: bool = False


def trace(content: str, descriptions: Sequence[str], filenames: Sequence[str]) -> str:
    """What a message in the channel can be recognised by."""
    return "\n".join([content.strip(), *(one.strip() for one in descriptions), *sorted(filenames)])


def trace_of(there: discord.Message) -> str:
    made = [one.description or "" for one in there.embeds if one.type == "rich"]
    return trace(there.content, made, [one.filename for one in there.attachments])


class Poster:
    def __init__(self, bot: "Bot", courier: Courier) -> None:
        self._bot = bot
        self._store = bot.store
        self._courier = courier
        self._webhooks = Webhooks(bot)
        self._refused_names: set[str] = set()
        self._without_files: set[int] = set()
        self._doubts: Counter[int] = Counter()

    def forget_webhook(self) -> None:
        self._webhooks.forget()

    def lose_webhook(self, webhook_id: int | None) -> None:
        self._webhooks.is_gone(webhook_id)

    async def prepare(self, bridge: Bridge, lines: Sequence[Message], people: Mapping[str, int]) -> Post:
        """How these messages would be posted now, as one. Raises discord.HTTPException when Discord cannot be asked."""
        webhook = await self._webhooks.present(bridge)
        files = await self._files(lines)
        words = self._words(lines, people)
        allowed = NO_MENTIONS | ({"users": [str(one) for one in words.mentioned]} if words.mentioned else {})
        if webhook is None:
            return self._as_bot(bridge.channel_id, lines, words, files, allowed)
        username = self._username(lines)
        payload = _content(words) | {"username": username, "allowed_mentions": allowed}
        if len({one.author.id for one in lines}) == 1:
            author = lines[0].author
            payload["avatar_url"] = self._store.config.public_url + avatar_path(author.id, author.picture)
        where = "" if bridge.is_hangout else f"&thread_id={bridge.channel_id}"
        letter = Letter("post", "POST", f"{webhook.path}?wait=true{where}", payload, files)
        return Post(letter, _said(payload, files), webhook.id, username, bool(files))

    def _as_bot(
        self, channel_id: int, lines: Sequence[Message], words: Words, files: tuple[File, ...], allowed: dict[str, Any]
    ) -> Post:
        payload: dict[str, Any] = self._bots_content(lines, words)
        payload |= {"allowed_mentions": allowed, "nonce": str(lines[0].id), "enforce_nonce": True}
        token = self._store.config.discord.token
        letter = Letter("bot post", "POST", f"/channels/{channel_id}/messages", payload, files, token)
        return Post(letter, _said(payload, files), None, "", bool(files))

    def _bots_content(self, lines: Sequence[Message], words: Words) -> dict[str, Any]:
        """The bot has one name, so it says whose words they are."""
        if len(lines) > 1:
            return _content(words)
        content = f"**{escape(lines[0].author.name)}**: {words.content}"
        if len(content) <= CONTENT_MAX:
            return _content(Words(content, words.description))
        # an embed holds twice as much, so that nothing is cut off
        return {"embeds": [{"author": {"name": lines[0].author.name}, "description": words.content}]}

    async def change(self, bridge: Bridge, overdue: Overdue) -> Letter | None:
        """The letter that brings one of our messages up to date, or None when nobody can: its webhook is gone, and with
        it all who could edit it. Raises Later when it cannot be told just now.
        """
        await self._webhooks.present(bridge)  # for the links
        by_bot = f"/channels/{overdue.channel_id}/messages/{overdue.discord_id}"
        token = self._store.config.discord.token
        webhook = None
        if overdue.webhook is not None:
            webhook = await self._webhooks.known(overdue.channel_id, overdue.webhook)
            if webhook is None and overdue.lines:
                return None
        where = "" if bridge.is_hangout else f"?thread_id={overdue.channel_id}"
        path, token = (f"{webhook.path}/messages/{overdue.discord_id}{where}", "") if webhook else (by_bot, token)
        if not overdue.lines:
            return Letter("delete", "DELETE", path, bot_token=token)
        words = self._words(overdue.lines, {}, was_joined=overdue.is_joined)
        content = _content(words) if webhook else self._bots_content(overdue.lines, words)
        payload = {"content": "", "embeds": [], **content, "allowed_mentions": NO_MENTIONS}
        return Letter("edit", "PATCH", path, payload, bot_token=token)

    def reaction(self, mirror: Mirror) -> Letter:
        path = (
            f"/channels/{mirror.channel_id}/messages/{mirror.discord_id}/reactions/{quote(mirror.emoji, safe='')}/@me"
        )
        token = self._store.config.discord.token
        return Letter("react", "PUT" if mirror.wanted else "DELETE", path, bot_token=token)

    async def send(self, letter: Letter) -> Outcome:
        return await self._courier.carry(letter)

    def can_do_otherwise(self, post: Post, outcome: Rejected, lines: Sequence[Message]) -> bool:
        """Whether another try can go better: with a new webhook, under a neutral name, or without the pictures.
        Remembers what to change.
        """
        name = post.username
        if outcome.webhook_is_gone:
            self.lose_webhook(post.webhook)
            return True
        if "username" in outcome.about and name and name != NEUTRAL_NAME:
            self._refused_names.add(name)
            return True
        if post.has_files and outcome.code in TOO_LARGE and lines[0].id not in self._without_files:
            self._without_files.add(lines[0].id)
            return True
        return False

    def doubt(self, post: Post, lines: Sequence[Message]) -> None:
        """Nobody knows whether this arrived. Pictures that do not get through go as links to the site."""
        if post.has_files:
            self._doubts[lines[0].id] += 1
            if self._doubts[lines[0].id] >= DOUBTS_MAX:
                self._without_files.add(lines[0].id)

    def is_of(self, there: discord.Message, said: str, our_webhooks: set[int]) -> bool:
        """Whether a message in the channel may be what we said, under whatever name: that may have changed since."""
        me = self._bot.user
        is_ours = there.webhook_id in our_webhooks or (me is not None and there.author.id == me.id)
        return is_ours and trace_of(there) == said

    def link(self, discord_id: int) -> str:
        hooks = self._webhooks
        return f"https://discord.com/channels/{hooks.guild_id}/{hooks.channel_id}/{discord_id}"

    def _words(self, lines: Sequence[Message], people: Mapping[str, int], *, was_joined: bool = False) -> Words:
        if len(lines) > 1 or was_joined:
            return joined(lines, self.link)
        words = alone(lines[0], self.link, people)
        if lines[0].id not in self._without_files:
            return words
        base = self._store.config.public_url
        ways = [f"{base}/media/{one.media}/full.{one.name.rpartition('.')[2]}" for one in lines[0].attachments]
        return Words("\n".join([words.content, *ways]).strip()[:CONTENT_MAX], words.description)

    def _username(self, lines: Sequence[Message]) -> str:
        """The author's name; of several, the house's."""
        names = {one.author.name for one in lines}
        name = discord_username(names.pop() if len(names) == 1 else self._store.config.site.name)
        return NEUTRAL_NAME if name in self._refused_names else name

    async def _files(self, lines: Sequence[Message]) -> tuple[File, ...]:
        """The pictures of a message that goes by itself. One that cannot be read any more is left out."""
        if len(lines) > 1 or lines[0].id in self._without_files:
            return ()
        files = []
        for place, one in enumerate(lines[0].attachments, start=1):
            picture = await media.get(self._store.pool, one.media)
            if picture is None:
                continue
            with suppress(NotFound):
                data = await media.read(self._store, picture)
                name = f"picture-{lines[0].id}-{place}.{one.name.rpartition('.')[2]}"
                files.append(File(name, one.content_type, data, one.alt))
        if sum(len(one.data) for one in files) > FILES_MAX:
            self._without_files.add(lines[0].id)
            return ()
        return tuple(files)


def _content(words: Words) -> dict[str, Any]:
    shown: dict[str, Any] = {"content": words.content} if words.content else {}
    return shown | ({"embeds": [{"description": words.description}]} if words.description else {})


def _said(payload: dict[str, Any], files: Sequence[File]) -> str:
    descriptions = [one["description"] for one in payload.get("embeds", [])]
    return trace(payload.get("content", ""), descriptions, [one.name for one in files])
