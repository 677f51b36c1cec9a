"""Posts in Discord, for the owner and authors: /post new, upload, edit, preview, publish, schedule, unpublish, delete,
list and history. Every answer is for whoever asked alone, and ends with the link.
"""

import asyncio
from contextlib import suppress
from datetime import datetime

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._buttons import view_of
from cogs._post_forms import EditPost, NewPost, fits, link
from cogs._post_uploads import Upload, editable
from cogs._post_views import BUTTONS, Rest, history_page, list_page, second_thought
from cogs._post_words import called, stamp
from cogs._writers import chosen, now, titles, writer
from db import posts, times
from db.errors import Unavailable
from db.posts import Post

FORM_PATIENCE = 2.0  # seconds; a form is the first answer, due within three
ASK_POST = "Title or address of the post"
ASK_TIME = "Such as 'tomorrow 9:00', 'friday 18:00' or 'in 2 hours'"


@app_commands.guild_only()
class Posts(commands.GroupCog, name="post", description="Write for the blog"):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store

    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*BUTTONS)

    async def cog_unload(self) -> None:
        self.bot.remove_dynamic_items(*BUTTONS)

    @app_commands.command()
    @app_commands.describe(title="Its title, if you know it already")
    async def new(self, interaction: discord.Interaction[Bot], title: app_commands.Range[str, 1, 200] = "") -> None:
        """Write a post in a form, of at most 4,000 characters. It stays a draft."""
        with suppress(TimeoutError):  # the form asks again who it is
            async with asyncio.timeout(FORM_PATIENCE):
                await writer(interaction)
        await interaction.response.send_modal(NewPost(title))

    @app_commands.command()
    @app_commands.describe(
        file="A Markdown file, perhaps with front matter",
        post="The post whose text it shall be; without one it is a new post",
        title="Its title, if the file has none or another",
        **{f"picture_{number}": "A picture that the text names" for number in range(1, 7)},
    )
    @app_commands.autocomplete(post=titles)
    async def upload(
        self,
        interaction: discord.Interaction[Bot],
        file: discord.Attachment,
        post: str = "",
        title: app_commands.Range[str, 1, 200] = "",
        picture_1: discord.Attachment | None = None,
        picture_2: discord.Attachment | None = None,
        picture_3: discord.Attachment | None = None,
        picture_4: discord.Attachment | None = None,
        picture_5: discord.Attachment | None = None,
        picture_6: discord.Attachment | None = None,
    ) -> None:
        """Bring a Markdown file with its pictures, as a new post or as the text of one."""
        await interaction.response.defer(ephemeral=True)
        person = await writer(interaction)
        before = await chosen(interaction, person, post) if post else None
        given = (picture_1, picture_2, picture_3, picture_4, picture_5, picture_6)
        upload = Upload(self.bot, person, file, [one for one in given if one], title)
        await interaction.followup.send(await upload.keep(before), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(post=ASK_POST)
    @app_commands.autocomplete(post=titles)
    async def edit(self, interaction: discord.Interaction[Bot], post: str) -> None:
        """Change a post in a form; a long text is given to you as a file."""
        try:
            async with asyncio.timeout(FORM_PATIENCE):
                found = await chosen(interaction, await writer(interaction), post)
        except TimeoutError:
            raise Unavailable from None
        if fits(found):
            await interaction.response.send_modal(EditPost(found))
            return
        sentence, file = editable(found)
        view = view_of([Rest({"post": found.id}, "Title, address, tags, summary", discord.ButtonStyle.primary)])
        await interaction.response.send_message(
            f"{sentence} {link(self.bot, found)}", file=file, view=view, ephemeral=True
        )

    @app_commands.command()
    @app_commands.describe(post=ASK_POST)
    @app_commands.autocomplete(post=titles)
    async def preview(self, interaction: discord.Interaction[Bot], post: str) -> None:
        """A link under which a post can be read before it is out."""
        found = await self._chosen(interaction, post)
        address = f"{self.store.config.public_url}/blog/preview/{posts.preview_token(self.store, found)}"
        sentence = f"{called(found)}, for whoever has this link: <{address}>"
        await interaction.followup.send(sentence, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(post=ASK_POST, at=f"When; now without it. {ASK_TIME}")
    @app_commands.autocomplete(post=titles)
    async def publish(self, interaction: discord.Interaction[Bot], post: str, at: str | None = None) -> None:
        """Bring a post out, now or at a time to come."""
        await self._publish(interaction, post, at)

    @app_commands.command()
    @app_commands.describe(post=ASK_POST, at=ASK_TIME)
    @app_commands.autocomplete(post=titles)
    async def schedule(self, interaction: discord.Interaction[Bot], post: str, at: str) -> None:
        """Bring a post out by itself, at a time to come."""
        await self._publish(interaction, post, at)

    async def _publish(self, interaction: discord.Interaction[Bot], typed: str, at: str | None) -> None:
        found = await self._chosen(interaction, typed)
        person = await writer(interaction)
        moment = await self._time(at) if at is not None else None
        post = await posts.publish(self.store, person, found.id, now(), at=moment)
        await interaction.followup.send(f"{self._out(post)} {link(self.bot, post)}", ephemeral=True)

    async def _time(self, at: str) -> datetime:
        return await asyncio.to_thread(times.coming, at, now(), self.store.config.site.timezone)

    def _out(self, post: Post) -> str:
        if post.state == "scheduled" and post.published_at:
            return f"{called(post)} comes out {stamp(post.published_at)}, {stamp(post.published_at, 'R')}:"
        return f"{called(post)} is out:"

    @app_commands.command()
    @app_commands.describe(post=ASK_POST)
    @app_commands.autocomplete(post=titles)
    async def unpublish(self, interaction: discord.Interaction[Bot], post: str) -> None:
        """Make a post a draft again, which readers do not see."""
        found = await self._chosen(interaction, post)
        kept = await posts.unpublish(self.store, await writer(interaction), found.id, now())
        sentence = f"{called(kept)} is a draft again; whoever has this link can read it: {link(self.bot, kept)}"
        await interaction.followup.send(sentence, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(post=ASK_POST)
    @app_commands.autocomplete(post=titles)
    async def delete(self, interaction: discord.Interaction[Bot], post: str) -> None:
        """Delete a post, once you have confirmed it."""
        text, view = second_thought(await self._chosen(interaction, post))
        await interaction.followup.send(text, view=view, ephemeral=True)

    @app_commands.command(name="list")
    async def list_(self, interaction: discord.Interaction[Bot]) -> None:
        """Your posts, in every state; the owner's list has everybody's."""
        await interaction.response.defer(ephemeral=True)
        text, view = await list_page(self.bot, await writer(interaction), 1)
        await interaction.followup.send(text, view=view, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(post=ASK_POST)
    @app_commands.autocomplete(post=titles)
    async def history(self, interaction: discord.Interaction[Bot], post: str) -> None:
        """Every save of a post, and how to bring one back."""
        found = await self._chosen(interaction, post)
        text, view = await history_page(self.bot, found, found.revision)
        await interaction.followup.send(text, view=view, ephemeral=True)

    async def _chosen(self, interaction: discord.Interaction[Bot], typed: str) -> Post:
        await interaction.response.defer(ephemeral=True)
        return await chosen(interaction, await writer(interaction), typed)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Posts(bot))
