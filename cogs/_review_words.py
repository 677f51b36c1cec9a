"""What the moderators' channel shows of a comment: who says what below which post, why it waits, what was decided; and
the buttons that fit. Nothing that somebody wrote is read as markup, and nobody is mentioned.
"""

from datetime import UTC, datetime
from typing import Any

import discord

from cogs._buttons import Pressed, view_of
from cogs._moderators import moderator
from db import comments
from db.comments import WHY, Comment, Notice
from db.config import Config
from db.markup import escape
from db.people import avatar_path

WORDS_MAX = 4096  # Discord's own limit for the text of an embed
COLOURS = {"waiting": 0xF2B84B, "approved": 0x1F6B3A, "deleted": 0x8D8196, "spam": 0xA3203A}


class Decision(Pressed, custom_id="comment:none:{comment}"):
    """One of the buttons below a comment. The message then shows what was decided."""

    decision = ""

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        by, store, now = await moderator(interaction), interaction.client.store, datetime.now(UTC)
        decided = await comments.decide(
            store, self.numbers["comment"], self.decision, by, now, seen=await self._seen(interaction, now)
        )
        notice = await comments.notice_of(store.pool, decided.id, now)
        if notice and interaction.message:
            made = discord.Embed.from_dict(embed(store.config, notice))
            await interaction.edit_original_response(embed=made, view=view_of(buttons(notice)))
            await comments.record_notice(store, notice, interaction.message.id)

    async def _seen(self, interaction: discord.Interaction[Any], now: datetime) -> str | None:
        """The mark of the words below which the button stood: other ones than those that are here now, and it is
        refused.
        """
        notice = await comments.notice_of(interaction.client.store.pool, self.numbers["comment"], now)
        shown = [one.description for one in interaction.message.embeds] if interaction.message else []
        if notice is None or not shown:
            return None
        is_as_shown = _letters(shown[0] or "") == _letters(_words(notice.comment))
        return comments.mark_of(notice.comment.content if is_as_shown else "other words")


class Approve(Decision, custom_id="comment:approve:{comment}"):
    decision = "approve"


class Delete(Decision, custom_id="comment:delete:{comment}"):
    decision = "delete"


class Spam(Decision, custom_id="comment:spam:{comment}"):
    decision = "spam"


class Ban(Decision, custom_id="comment:ban:{comment}"):
    decision = "ban"


class Unban(Decision, custom_id="comment:unban:{comment}"):
    decision = "unban"


BUTTONS = (Approve, Delete, Spam, Ban, Unban)
GREEN, GREY, RED = discord.ButtonStyle.success, discord.ButtonStyle.secondary, discord.ButtonStyle.danger


def shown(config: Config, notice: Notice) -> dict[str, Any]:
    """The message, as Discord's API takes it."""
    return {
        "embeds": [embed(config, notice)],
        "components": view_of(buttons(notice)).to_components(),
        "allowed_mentions": {"parse": []},
    }


def buttons(notice: Notice) -> list[Pressed]:
    one = {"comment": notice.comment.id}
    fitting: list[Pressed] = []
    if notice.comment.state in {"waiting", "spam"}:
        fitting.append(Approve(one, "Approve", GREEN))
    if notice.comment.state != "deleted":
        fitting.append(Delete(one, "Delete", GREY))
    if notice.comment.state in {"waiting", "approved"}:
        fitting.append(Spam(one, "Spam", GREY))
    fitting.append(Unban(one, "Lift the ban", GREY) if notice.banned else Ban(one, "Ban author", RED))
    return fitting


def is_about(message: discord.Message, comment_id: int) -> bool:
    """Whether this message of ours shows that comment, whatever has become of it."""
    ids = {getattr(part, "custom_id", None) for row in message.components for part in getattr(row, "children", [])}
    return any(str(one).startswith("comment:") and str(one).endswith(f":{comment_id}") for one in ids)


def embed(config: Config, notice: Notice) -> dict[str, Any]:
    comment = notice.comment
    author = {
        "name": _kind(comment),
        "icon_url": config.public_url + avatar_path(comment.author.id, comment.author.picture),
    }
    if comment.author.username:
        author["url"] = f"{config.public_url}/people/{comment.author.username}"
    return {
        "author": author,
        "title": f"On {notice.title}"[:256],
        "url": _address(config, notice),
        "description": _words(comment),
        "color": COLOURS[comment.state],
        "fields": [{"name": name, "value": value, "inline": True} for name, value in _facts(notice)],
        "timestamp": comment.created_at.isoformat(),
    }


def _words(comment: Comment) -> str:
    return (escape(comment.content) if comment.content else "*gone*")[:WORDS_MAX]


def _letters(words: str) -> list[str]:
    """Discord may have its own mind about spaces and signs."""
    return [one for one in words if one.isalnum()]


def _kind(comment: Comment) -> str:
    return f"{comment.author.name} ({'member' if comment.author.username else 'visitor'})"


def _address(config: Config, notice: Notice) -> str:
    path = f"{config.public_url}/blog/{notice.slug}"
    comment = notice.comment
    if comment.state == "approved" and comment.message_id:
        return f"{path}?comment={comment.message_id}#comment-{comment.message_id}"
    return f"{path}#comments"


def _facts(notice: Notice) -> list[tuple[str, str]]:
    comment = notice.comment
    facts = [("Answers", escape(notice.answers))] if notice.answers else []
    if comment.held_for:
        tense = "Waits" if comment.state == "waiting" else "Waited"
        facts.append((tense, f"because {WHY.get(comment.held_for, comment.held_for)}"))
    facts.append(("State", _state(comment)))
    if notice.banned:
        facts.append(("Author", "banned"))
    return facts


def _state(comment: Comment) -> str:
    if comment.state == "waiting":
        return "waiting for you"
    if comment.state == "approved" and comment.decided_by is None:
        return "approved by itself"
    if comment.state == "deleted" and comment.message_id and comment.decided_by is None:
        return f"deleted in Discord{_at(comment.decided_at)}"  # on the site somebody would have done it
    by = f" by {escape(comment.decided_by)}" if comment.decided_by else ""
    return f"{comment.state}{by}{_at(comment.decided_at)}"


def _at(moment: datetime | None) -> str:
    return f", <t:{int(moment.timestamp())}:f>" if moment else ""
