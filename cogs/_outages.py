"""What is raised when something outside is away: nobody's fault, and worth another try. For the loops of the cogs."""

import aiohttp
import discord

from db.errors import AWAY, Unavailable

# What Discord raises, or the way to it. A request that breaks off (ServerDisconnectedError and its like) is no OSError,
# and discord.py repeats few of them.
DISCORD_FAILED: tuple[type[Exception], ...] = (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError)
TRY_AGAIN: tuple[type[Exception], ...] = (*AWAY, Unavailable, *DISCORD_FAILED)  # the database too
