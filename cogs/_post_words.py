"""What is said of posts in Discord: a line for each, addresses, and a text as a file to keep. Pure."""

import io
import json
from datetime import datetime

import discord

from cogs._post_embeds import cut
from db.config import Config
from db.markup import escape
from db.posts import Draft, Entry, Revision

TITLE_SHOWN = 80


def address(config: Config, post: Entry) -> str:
    """Where readers find it."""
    return f"{config.public_url}/{post.slug}" if post.kind == "page" else f"{config.public_url}/blog/{post.slug}"


def called(post: Entry) -> str:
    return f"**{escape(cut(post.title, TITLE_SHOWN))}**"


def stamp(moment: datetime, style: str = "F") -> str:
    """A moment as Discord shows it to everybody in their own zone."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def state_of(post: Entry) -> str:
    if post.state == "scheduled" and post.published_at:
        return f"scheduled for {stamp(post.published_at)}"
    if post.state == "published" and post.published_at:
        return f"published {stamp(post.published_at, 'D')}"
    return post.state


def line(config: Config, post: Entry) -> str:
    link = f"<{address(config, post)}>" if post.state in ("published", "unlisted") else f"`{post.slug}`"
    kind = "page, " if post.kind == "page" else ""
    return f"{called(post)} ({kind}{state_of(post)}) {link}"


def revision_line(revision: Revision) -> str:
    """Who saved, when, through which door, and how long the text was."""
    door = {"web": "on the site", "discord": "in Discord", "import": "by an import"}[revision.source]
    by = f" by {escape(revision.by)}" if revision.by else ""
    size = f"{len(revision.body):,} characters"
    return (
        f"**{revision.number}** {stamp(revision.created_at, 'f')}{by} {door}: {escape(cut(revision.title, 40))}, {size}"
    )


def typed_file(draft: Draft) -> discord.File:
    """What was typed, as a file that `/post upload` takes. JSON's strings are YAML's, too."""
    fields = {"title": draft.title, "slug": draft.slug, "tags": list(draft.tags), "summary": draft.summary}
    head = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items() if value]
    return text_file("post.md", "\n".join(["---", *head, "---", "", draft.body, ""]))


def text_file(name: str, text: str) -> discord.File:
    return discord.File(io.BytesIO(text.encode("utf-8", "replace")), name)
