"""Forms for posts. One that is refused, or that fails, gives back what was typed: as a file, for Discord forgets it."""

from typing import TYPE_CHECKING, Any

import discord

from cogs._answers import sentence_for, tell
from cogs._post_words import address, called, typed_file
from cogs._writers import now, writer
from db import posts
from db.posts import Draft, Post

if TYPE_CHECKING:
    from cogs import Bot

OPEN = 24 * 3600.0  # seconds that somebody may write for
BODY_MAX = 4000  # characters that a form's field holds
TITLE_MAX, SLUG_MAX, SUMMARY_MAX, TAGS_MAX = 200, 100, 500, 400
GIVEN_BACK = "What you typed is in this file: mend it and give it to `/post upload`."
LONG = discord.TextStyle.paragraph

Field = discord.ui.TextInput["Typed"]


class Typed(discord.ui.Modal):
    """A form whose fields are a draft's. Each has an id of its own, so that nobody's text gets into another's."""

    def __init__(self, title: str) -> None:
        super().__init__(title=title, timeout=OPEN)
        self.fields: dict[str, Field] = {}

    def ask(self, name: str, label: str, value: str, most: int, *, hint: str = "", required: bool = False) -> None:
        style = LONG if most >= SUMMARY_MAX else discord.TextStyle.short
        field: Field = discord.ui.TextInput(
            custom_id=name, style=style, default=value or None, max_length=most, required=required
        )
        self.fields[name] = field
        self.add_item(discord.ui.Label(text=label, description=hint or None, component=field))

    def typed(self, name: str, otherwise: str = "") -> str:
        return self.fields[name].value if name in self.fields else otherwise

    def draft(self) -> Draft:
        """What was typed."""
        tags = tuple(tag.strip() for tag in self.typed("tags").split(",") if tag.strip())
        return Draft(
            title=self.typed("title"),
            body=self.typed("body"),
            summary=self.typed("summary"),
            tags=tags,
            slug=self.typed("slug"),
        )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.save(interaction)

    async def save(self, interaction: "discord.Interaction[Bot]") -> None:
        raise NotImplementedError

    async def on_error(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:  # type: ignore[override]
        await tell(interaction, f"{sentence_for(interaction, error)} {GIVEN_BACK}", typed_file(self.draft()))


class NewPost(Typed):
    def __init__(self, title: str = "") -> None:
        super().__init__("A new post")
        self.ask("title", "Title", title[:TITLE_MAX], TITLE_MAX, required=True)
        self.ask("tags", "Tags", "", TAGS_MAX, hint="With commas between them")
        self.ask("body", "Text", "", BODY_MAX, hint="Markdown", required=True)

    async def save(self, interaction: "discord.Interaction[Bot]") -> None:
        store = interaction.client.store
        person = await writer(interaction)
        post = await posts.create(store, person, self.draft(), now(), source="discord")
        await interaction.followup.send(kept(interaction.client, post), ephemeral=True)


class EditPost(Typed):
    """Changes a post that somebody has before them. Without a body in the form, the text stays as it is."""

    def __init__(self, post: Post) -> None:
        super().__init__("Edit a post")
        self.before = post
        self.ask("title", "Title", post.title, TITLE_MAX, required=True)
        self.ask("slug", "Address", post.slug, SLUG_MAX, hint="The old address leads to the new one")
        self.ask("tags", "Tags", ", ".join(post.tags)[:TAGS_MAX], TAGS_MAX, hint="With commas between them")
        self.ask("summary", "Summary", post.own_summary, SUMMARY_MAX, hint="Stands in lists, feeds and announcements")
        if fits(post):
            self.ask("body", "Text", post.body, BODY_MAX, hint="Markdown", required=True)

    def draft(self) -> Draft:
        given, was = super().draft(), posts.draft_of(self.before)
        return Draft(
            title=given.title,
            body=self.typed("body", was.body),
            summary=given.summary,
            tags=given.tags,
            slug=given.slug,
            cover=was.cover,
            cover_alt=was.cover_alt,
            kind=was.kind,
            pinned=was.pinned,
            comments_days=was.comments_days,
        )

    async def save(self, interaction: "discord.Interaction[Bot]") -> None:
        store, before = interaction.client.store, self.before
        person = await writer(interaction)
        post = await posts.save(store, person, before.id, self.draft(), now(), source="discord", seen=before.revision)
        await interaction.followup.send(kept(interaction.client, post, before.revision), ephemeral=True)


def fits(post: Post) -> bool:
    """Whether a form can hold the text."""
    return len(post.body) <= BODY_MAX


def kept(bot: "Bot", post: Post, seen: int = 0) -> str:
    """What a save is answered with; it ends with where the post is read."""
    if post.revision == seen:
        return f"Nothing has changed in {called(post)}: {link(bot, post)}"
    return f"{called(post)} is saved as revision {post.revision}, {post.state}: {link(bot, post)}"


def link(bot: "Bot", post: Post) -> str:
    """Its address, or for what is not out a preview that whoever has the link may see."""
    config = bot.store.config
    if posts.is_out(post, now()):
        return f"<{address(config, post)}>"
    return f"<{config.public_url}/blog/preview/{posts.preview_token(bot.store, post)}>"
