"""What stands under answers about posts: pages of the list, revisions to bring back, the second thought before a post
goes. All of it still works after a restart, and asks each time who presses.
"""

from typing import TYPE_CHECKING

import discord

from cogs._buttons import Pressed, view_of
from cogs._post_forms import EditPost, link
from cogs._post_words import called, line, revision_line
from cogs._writers import now, writer
from db import posts
from db.errors import NotFound
from db.people import Person
from db.posts import Post, Revision

if TYPE_CHECKING:
    from cogs import Bot

LISTED = 10  # posts on a page
SAVES = 5  # revisions on a page; a row holds five buttons
GREEN, RED, GREY = discord.ButtonStyle.success, discord.ButtonStyle.danger, discord.ButtonStyle.secondary


async def own(interaction: "discord.Interaction[Bot]", post_id: int) -> tuple[Person, Post]:
    """Whoever presses, and the post, which they may edit. Raises Forbidden or NotFound."""
    person = await writer(interaction)
    post = await posts.get(interaction.client.store.pool, post_id)
    if post is None or not posts.may_edit(person, post):
        raise NotFound("This post is not there any more.")
    return person, post


# The list


class Page(Pressed, custom_id="post:list:{page}"):
    """Another page of one's posts."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        text, view = await list_page(interaction.client, await writer(interaction), self.numbers["page"])
        await interaction.edit_original_response(content=text, view=view)


async def list_page(bot: "Bot", person: Person, page: int) -> tuple[str, discord.ui.View]:
    """The posts that this person may edit, what was edited last first. Pages count from 1."""
    page = min(max(page, 1), 1_000_000)
    found = await posts.drafts_of(bot.store.pool, person, limit=LISTED + 1, offset=(page - 1) * LISTED)
    if not found:
        text = "There are no posts yet: `/post new` or `/post upload` begins one." if page == 1 else "No more posts."
        return text, view_of([Page({"page": page - 1}, "Newer")] if page > 1 else [])
    buttons = [Page({"page": page - 1}, "Newer")] if page > 1 else []
    buttons += [Page({"page": page + 1}, "Older")] if len(found) > LISTED else []
    return "\n".join(line(bot.store.config, one) for one in found[:LISTED]), view_of(buttons)


# The history


class Saves(Pressed, custom_id="post:saves:{post}:{newest}"):
    """Older or newer revisions."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        _, post = await own(interaction, self.numbers["post"])
        text, view = await history_page(interaction.client, post, self.numbers["newest"])
        await interaction.edit_original_response(content=text, view=view)


class Restore(Pressed, custom_id="post:restore:{post}:{number}"):
    """Saves what an old revision held once more."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        person, before = await own(interaction, self.numbers["post"])
        store, number = interaction.client.store, self.numbers["number"]
        post = await posts.restore(store, person, before.id, number, now(), source="discord")
        is_same = post.revision == before.revision
        how = "is as it was in" if is_same else f"is restored, as revision {post.revision}, from"
        sentence = f"{called(post)} {how} revision {number}: {link(interaction.client, post)}"
        await interaction.followup.send(sentence, ephemeral=True)


async def history_page(bot: "Bot", post: Post, newest: int) -> tuple[str, discord.ui.View]:
    """The revisions from `newest` back, read one by one, for each holds a whole text."""
    newest = min(max(newest, 1), post.revision)
    numbers = range(newest, max(0, newest - SAVES), -1)
    read = [await posts.revision(bot.store.pool, post.id, number) for number in numbers]
    found: list[Revision] = [one for one in read if one]
    older, newer = newest - SAVES, min(newest + SAVES, post.revision)
    buttons: list[Pressed] = [
        Restore({"post": post.id, "number": one.number}, f"Restore {one.number}", row=0)
        for one in found
        if one.number != post.revision
    ]
    buttons += [Saves({"post": post.id, "newest": newer}, "Newer", row=1)] if newest < post.revision else []
    buttons += [Saves({"post": post.id, "newest": older}, "Older", row=1)] if older > 0 else []
    text = "\n".join([f"{called(post)} {link(bot, post)}", *map(revision_line, found)])
    return text, view_of(buttons)


# Second thoughts


class Delete(Pressed, custom_id="post:delete:{post}"):
    """The post goes, for good."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        person, post = await own(interaction, self.numbers["post"])
        await posts.delete(interaction.client.store, person, post.id, now())
        sentence = f"{called(post)} is deleted, with its revisions and pictures."
        await interaction.edit_original_response(content=sentence, view=None)


class Keep(Pressed, custom_id="post:keep:{post}"):
    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.edit_message(content="Nothing was deleted.", view=None)


def second_thought(post: Post) -> tuple[str, discord.ui.View]:
    text = (
        f"Delete {called(post)} for good? Its text, revisions and pictures go, and its address will say that "
        "it is gone. `/post unpublish` only takes it from the readers."
    )
    numbers = {"post": post.id}
    return text, view_of([Delete(numbers, "Delete", RED), Keep(numbers, "Keep", GREY)])


# A text that no form can hold


class Rest(Pressed, custom_id="post:edit:{post}"):
    """Opens the form for all of a post but its text."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        _, post = await own(interaction, self.numbers["post"])
        await interaction.response.send_modal(EditPost(post))


BUTTONS = (Page, Saves, Restore, Delete, Keep, Rest)
