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
from db.errors import Refused
from db.people import Person
from db.posts import Draft, Post, front_matter

if TYPE_CHECKING:
    from cogs import Bot

ANSWER_MAX = 1900  # characters, of the 2,000 that a message holds
NOTES_MAX = 10
OVER = "Without the line `revision` your file is saved all the same, as the newest."
OWNERS = "Only the owner makes standing pages and pins posts, so this stays as it was."
ABOVE = ("---", "+++", "\ufeff---", "\ufeff+++")  # how front matter begins


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
        draft, extra = await asyncio.to_thread(self._read, await text_of(self.file), before)
        brought = await bring(self.bot, self.person, self.pictures, await asyncio.to_thread(alts_in, draft.body))
        self.notes += brought.notes
        draft = self._covered(await self._linked(draft, extra.cover, brought), extra.cover, brought)
        post = await self._save(draft, before, extra.revision)
        if (post.kind, post.pinned) != (draft.kind, draft.pinned):
            self.notes.append(OWNERS)
        post = await self._out(post, extra)
        return self._answer(post, before)

    async def _save(self, draft: Draft, before: Post | None, seen: int | None) -> Post:
        store, moment = self.bot.store, now()
        if before is None:
            return await posts.create(store, self.person, draft, moment, source="discord")
        try:
            return await posts.save(store, self.person, before.id, draft, moment, source="discord", seen=seen)
        except Refused as refused:
            if refused.code == "conflict":
                raise Refused(f"{refused.sentence} {OVER}", refused.code) from None
            raise

    def _read(self, text: str, before: Post | None) -> tuple[Draft, front_matter.Extra]:
        """A file without front matter is the text of a post, and nothing else of it but perhaps its title."""
        draft, extra = front_matter.read(text, self.bot.store.config.site.timezone)
        if before and not text.startswith(ABOVE):
            draft = replace(posts.draft_of(before), title=draft.title or before.title, body=draft.body)
        stem = self.file.filename.rpartition(".")[0].replace("_", " ").replace("-", " ").strip()
        return replace(draft, title=self.title or draft.title or stem or "Untitled"), extra

    async def _linked(self, draft: Draft, cover: str, brought: Brought) -> Draft:
        found = await asyncio.to_thread(linked, draft.body, brought.addresses)
        self.notes += [f"`{name.replace('`', '')}` is in the text, and was not attached." for name in found.missing]
        for key, picture in brought.pictures.items():
            if picture.url not in found.text and key != key_of(cover):
                self.notes.append(f"`{key}` was attached, and the text does not show it: `![…]({picture.url})` would.")
        return replace(draft, body=found.text)

    def _covered(self, draft: Draft, cover: str, brought: Brought) -> Draft:
        """The draft with its cover, where that is the name of a picture that came along."""
        if not cover:
            return draft
        picture = brought.pictures.get(key_of(cover))
        if picture:
            return replace(draft, cover=picture.id, cover_alt=draft.cover_alt or picture.alt)
        self.notes.append(f"The cover `{cut(cover, 80).replace('`', '')}` was not attached.")
        return draft

    async def _out(self, post: Post, extra: front_matter.Extra) -> Post:
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
    return sentence, text_file(f"{post.slug}.md", front_matter.write(post, to_change=True))
