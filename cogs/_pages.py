"""The channel's history, page by page from the newest back."""

import discord

PAGE = 100  # messages that Discord gives at once


async def newest_after(
    channel: discord.abc.Messageable, after: int, most: int, before: int | None = None
) -> list[discord.Message]:
    """The newest messages with ids between `after` and `before`, neither included: at most so many, oldest first."""
    found: list[discord.Message] = []
    while len(found) < most:
        upper = found[-1].id if found else before
        asked = min(PAGE, most - len(found))
        edge = discord.Object(upper) if upper is not None else None
        page = [one async for one in channel.history(limit=asked, before=edge)]
        fresh = [one for one in page if one.id > after]
        found += fresh
        if len(fresh) < asked:
            break
    found.reverse()
    return found
