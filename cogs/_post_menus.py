"""A message of Discord as a post: its first line is the title, its pictures go to media."""

import re
from typing import TYPE_CHECKING

import discord

from cogs._post_files import bring
from cogs._post_marks import has_spoiler, written_out
from cogs._post_words import called
from cogs._writers import now
from db import posts, settings
from db.errors import Forbidden, Refused
from db.people import Person
from db.posts import Draft, Post

if TYPE_CHECKING:
    from cogs import Bot

TITLE_MAX = 120  # characters of a first line that make a title; a longer one is text
MARKS = re.compile(r"^(#{1,3}|-#|>|[-*]|\d{1,3}\.) +|[*_~`]{1,3}")
BARE = re.compile(r"<(https?://[^\s<>]+)>")
NOTHING = "There is nothing in this message that could be a post."
AT_ONCE = "A post is being made of this message just now. Please look again in a moment."
COVERED = "Something in it is behind spoiler bars, and a page would show it to everybody, so it is not out."


async def post_of(bot: "Bot", person: Person, message: discord.Message) -> tuple[Post, list[str]]:
    """The post that this message is, made now as a draft if there is none yet; and what was not taken along. Of two who
    ask at once one makes it.

    Raises Refused (`empty`, `at_once`), and Forbidden for an author and somebody else's words.
    """
    if not person.owner and message.author.id != person.discord_id:
        raise Forbidden("Only what you said yourself can be a post of yours.", "not_yours")
    key = f"post of message:{message.id}"
    known = await settings.get(bot.store.pool, key)
    post = await posts.get(bot.store.pool, known) if known else None
    if post and posts.may_edit(person, post):
        return post, []
    if not await settings.claim(bot.store.pool, key, known or 0):
        raise Refused(AT_ONCE, "at_once")
    try:
        post, notes = await _made(bot, person, message)
        await settings.keep(bot.store.pool, key, post.id)
    except BaseException:
        await settings.give_up(bot.store.pool, key)
        raise
    return post, notes


def is_covered(post: Post) -> bool:
    """Whether it is a draft that still has spoilers as Discord covers them."""
    return post.state == "draft" and has_spoiler(f"{post.title}\n\n{post.body}")


async def _made(bot: "Bot", person: Person, message: discord.Message) -> tuple[Post, list[str]]:
    pictures = [one for one in message.attachments if (one.content_type or "").startswith("image/")]
    words = written_out(message.clean_content, bot.store.config.site.timezone).strip()
    if not words and not pictures:
        raise Refused(NOTHING, "empty")
    brought = await bring(bot, person, pictures)
    shown = [f"![{_alt(one.alt)}]({one.url})" for one in brought.pictures.values()]
    title, text = title_and_text(words)
    body = "\n\n".join([*([text] if text else []), *shown])
    if not body:
        raise Refused(" ".join([NOTHING, *brought.notes]), "empty")
    post = await posts.create(bot.store, person, Draft(title, body), now(), source="discord")
    return post, brought.notes


def title_and_text(words: str) -> tuple[str, str]:
    """The first line without its marks, and what follows; a message of one line is its own text as well."""
    words = BARE.sub(r"\1", words)
    first, _, rest = words.partition("\n")
    title = " ".join(MARKS.sub("", first).split())
    if len(title) > TITLE_MAX:
        title, rest = f"{title[: TITLE_MAX - 1].rpartition(' ')[0] or title[: TITLE_MAX - 1]}…", words
    return title or "Untitled", rest.strip() or words


def _alt(alt: str) -> str:
    return alt.replace("[", "(").replace("]", ")")


def answer(notes: list[str], post: Post, how: str, link: str) -> str:
    return "\n".join([*notes[:5], f"{called(post)} {how}: {link}"])
