"""A Markdown file becomes a post, or the text of one: its front matter is read, its pictures go to media, and its links
to them lead there. And the other way: a post as a file.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from cogs._post_embeds import cut
from cogs._post_files import Brought, bring, text_of
from cogs._post_forms import BODY_MAX, kept
from cogs._post_links import alts_in, key_of, linked
from cogs._post_words import called, text_file
from cogs._writers import now
from db import posts
from db.people import Person
from db.posts import Draft, Extra, Post

if TYPE_CHECKING:
    from cogs import Bot

ANSWER_MAX = 1900  # characters, of the 2,000 that a message holds
NOTES_MAX = 10
MEDIA_PATH = "/media/"


class Upload:
    """One file with its pictures, brought by somebody who writes. `title` goes before the file's own."""

    def __init__(
        self, bot: "Bot", person: Person, file: discord.Attachment, pictures: Sequence[discord.Attachment], title: str
    ) -> None:
        self.bot = bot
        self.person = person
        self.file = file
        self.pictures = pictures
        self.title = title
        self.notes: list[str] = []

    async def keep(self, before: Post | None) -> str:
        """Saves it as a new post or as the text of `before`, and returns what to answer. Raises Refused."""
        draft, extra = await asyncio.to_thread(posts.read_front_matter, await text_of(self.file))
        draft = self._titled(draft, before)
        brought = await bring(self.bot, self.person, self.pictures, await asyncio.to_thread(alts_in, draft.body))
        self.notes += brought.notes
        draft = self._covered(await self._linked(draft, brought), brought)
        store = self.bot.store
        if before:
            post = await posts.save(store, self.person, before.id, draft, now(), source="discord")
        else:
            post = await posts.create(store, self.person, draft, now(), source="discord")
        post = await self._out(post, extra)
        return self._answer(post, before)

    def _titled(self, draft: Draft, before: Post | None) -> Draft:
        """A file without front matter is the text alone; of a new post its first heading is the title, or its name."""
        if before and not draft.title:
            draft = replace(posts.draft_of(before), body=draft.body)
        if self.title:
            return replace(draft, title=self.title)
        if draft.title:
            return draft
        first, _, rest = draft.body.lstrip().partition("\n")
        if first.startswith("# "):
            return replace(draft, title=first[2:].strip("# \r"), body=rest.lstrip("\n"))
        stem = self.file.filename.rpartition(".")[0]
        return replace(draft, title=stem.replace("_", " ").replace("-", " ").strip() or "Untitled")

    async def _linked(self, draft: Draft, brought: Brought) -> Draft:
        found = await asyncio.to_thread(linked, draft.body, brought.addresses)
        self.notes += [f"`{name.replace('`', '')}` is in the text, and was not attached." for name in found.missing]
        cover = key_of(draft.cover or "")
        for key, picture in brought.pictures.items():
            if picture.url not in found.text and key != cover:
                self.notes.append(f"`{key}` was attached, and the text does not show it: `![…]({picture.url})` would.")
        return replace(draft, body=found.text)

    def _covered(self, draft: Draft, brought: Brought) -> Draft:
        """The cover is the name of a picture that came along, or one that the site has already."""
        if not draft.cover:
            return draft
        picture = brought.pictures.get(key_of(draft.cover))
        if picture:
            return replace(draft, cover=picture.id, cover_alt=draft.cover_alt or picture.alt)
        if draft.cover.startswith(MEDIA_PATH):
            return replace(draft, cover=draft.cover.removeprefix(MEDIA_PATH).partition("/")[0])
        if "." not in draft.cover and "/" not in draft.cover:
            return draft
        self.notes.append(f"The cover `{cut(draft.cover, 80).replace('`', '')}` was not attached.")
        return replace(draft, cover=None, cover_alt="")

    async def _out(self, post: Post, extra: Extra) -> Post:
        """A file that says `draft: false` comes out, on its date if that is to come."""
        if extra.draft is not False or post.state != "draft":
            return post
        return await posts.publish(self.bot.store, self.person, post.id, now(), at=extra.date)

    def _answer(self, post: Post, before: Post | None) -> str:
        shown = self.notes[:NOTES_MAX]
        shown += [f"And {len(self.notes) - NOTES_MAX} more of the kind."] if len(self.notes) > NOTES_MAX else []
        last = kept(self.bot, post, before.revision if before else 0)
        room = ANSWER_MAX - len(last)
        return "\n".join([*([cut("\n".join(shown), room)] if shown else []), last])


def editable(post: Post) -> tuple[str, discord.File]:
    """A post whose text no form holds: what to say, and the file to change."""
    sentence = (
        f"The text of {called(post)} has {len(post.body):,} characters, and a form holds {BODY_MAX:,}. Change this "
        f"file and give it back with `/post upload`, its option `post` being `{post.slug}`."
    )
    return sentence, text_file(f"{post.slug}.md", posts.write_front_matter(post))
