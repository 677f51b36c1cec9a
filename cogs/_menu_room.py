"""Room for fifteen menus on messages and as many on people, which is what Discord gives to a bot in a server since
March 2026 (its OpenAPI file takes 130 commands: 100 and twice 15). discord.py 2.7.1 stops at the five of before.
"""

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import CommandAlreadyRegistered, ContextMenu

if TYPE_CHECKING:
    from cogs import Bot  # noqa: F401 - named in a base class

MENUS_MAX = 15  # of each kind


class RoomyTree(app_commands.CommandTree["Bot"]):
    """A command tree that knows of the new limit."""

    def add_command(self, command: Any, /, **where: Any) -> None:
        if not isinstance(command, ContextMenu) or where:
            super().add_command(command, **where)
            return
        key = (command.name, None, command.type.value)
        if key in self._context_menus:
            raise CommandAlreadyRegistered(command.name, None)
        if sum(1 for _, scope, kind in self._context_menus if scope is None and kind == key[2]) >= MENUS_MAX:
            raise app_commands.CommandLimitReached(guild_id=None, limit=MENUS_MAX, type=command.type)
        self._context_menus[key] = command

    def copy_global_to(self, *, guild: discord.abc.Snowflake) -> None:
        """The slash commands as ever, and the menus, of which it would refuse a sixth."""
        menus = self._context_menus
        copied = {(name, guild.id, kind): menu for (name, scope, kind), menu in menus.items() if scope is None}
        self._context_menus = {}
        try:
            super().copy_global_to(guild=guild)
        finally:
            self._context_menus = menus | copied
