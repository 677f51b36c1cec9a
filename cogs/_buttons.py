"""Buttons that still work after a restart, because all they need to know stands in their custom id.

A button is a class with a template; `register` makes the bot know it. What it raises is told to whoever pressed it, as
the command tree does for commands.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from cogs._answers import sentence_for, tell

if TYPE_CHECKING:
    from cogs import Bot

PART = re.compile(r"\{(\w+)\}")


class Pressed(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template="unused"):
    """A button whose `custom_id` is like `post:restore:{post}:{number}`: numbers by name, in `self.numbers`."""

    name: ClassVar[str] = ""

    def __init__(
        self,
        numbers: Mapping[str, int],
        label: str = "·",
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        *,
        row: int | None = None,
        disabled: bool = False,
    ) -> None:
        self.numbers = numbers
        custom_id = PART.sub(lambda part: str(numbers[part[1]]), self.name)
        button = discord.ui.Button[discord.ui.View](
            label=label, style=style, custom_id=custom_id, row=row, disabled=disabled
        )
        super().__init__(button)

    def __init_subclass__(cls, *, custom_id: str, **more: Any) -> None:
        cls.name = custom_id
        template = PART.sub(lambda part: rf"(?P<{part[1]}>[0-9]{{1,19}})", custom_id)
        super().__init_subclass__(template=template, **more)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls({name: int(number) for name, number in match.groupdict().items()})

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """discord.py would only log what a button of this kind raises."""
        try:
            await self.press(interaction)
        except Exception as error:  # noqa: BLE001 - told to whoever pressed, and logged if nobody foresaw it
            await tell(interaction, sentence_for(interaction, error))

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        """What the button does. May raise Refused."""
        raise NotImplementedError


def view_of(buttons: Sequence[Pressed]) -> discord.ui.View:
    """The buttons under one message, for as long as that is there."""
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    return view
