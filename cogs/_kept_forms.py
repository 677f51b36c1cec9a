"""Forms that still work when the bot was started anew while somebody filled them in: all they need to know stands in
their custom id, as with the buttons of _buttons.

discord.py forgets its forms when it stops, so what is typed into one of these is heard as an event of its own.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import discord

from cogs._answers import sentence_for, tell
from cogs._buttons import PART
from cogs._moderators import until
from db.cases import REASON_MAX
from db.markup import escape

if TYPE_CHECKING:
    from cogs import Bot

FOR_MAX = 60
HINT = "Such as 2h, 3 days or until friday; nothing: until it is lifted"
OPEN_FOR = 3600.0  # seconds for which discord.py remembers it; it is answered without that, too


class KeptForm(discord.ui.Modal, title="unused"):
    """A form whose `name` is like `mod:ban:{message}`: numbers by name. `send` does what it is for."""

    name: ClassVar[str] = ""
    pattern: ClassVar[re.Pattern[str]] = re.compile(r"(?!)")

    def __init__(self, numbers: Mapping[str, int], title: str) -> None:
        custom_id = PART.sub(lambda part: str(numbers[part[1]]), self.name)
        super().__init__(title=title, custom_id=custom_id, timeout=OPEN_FOR)

    def __init_subclass__(cls, *, custom_id: str = "", **more: Any) -> None:
        cls.name = custom_id
        cls.pattern = re.compile(PART.sub(lambda part: rf"(?P<{part[1]}>[0-9]{{1,19}})", custom_id) or r"(?!)")
        super().__init_subclass__(title="unused", **more)

    def ask(self, name: str, label: str, *, value: str = "", most: int, hint: str = "", required: bool = False) -> None:
        """One more field, of one line."""
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=name, default=value or None, max_length=most, required=required
        )
        self.add_item(discord.ui.Label(text=label, description=hint or None, component=field))

    def ask_terms(self, lasting: str = "", reason: str = "") -> None:
        """For how long, and why; `terms` reads it."""
        self.ask("for", "For how long", value=lasting, most=FOR_MAX, hint=HINT)
        self.ask("reason", "Reason", value=reason, most=REASON_MAX, hint="They read it")

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        """Nothing: `submitted` has heard it as well, whether or not this form is remembered."""

    @classmethod
    async def send(
        cls, interaction: "discord.Interaction[Bot]", numbers: Mapping[str, int], typed: Mapping[str, str]
    ) -> None:
        """What the form does. May raise Refused."""
        raise NotImplementedError


async def submitted(interaction: "discord.Interaction[Bot]", forms: Iterable[type[KeptForm]]) -> None:
    """Called with every interaction there is; what a form of these raises is told to whoever sent it."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return
    data: Mapping[str, Any] = interaction.data or {}
    for form in forms:
        if match := form.pattern.fullmatch(str(data.get("custom_id", ""))):
            numbers = {name: int(number) for name, number in match.groupdict().items()}
            typed = dict(_typed(data.get("components") or ()))
            try:
                await form.send(interaction, numbers, typed)
            except Exception as error:  # noqa: BLE001 - told to whoever sent it, and logged if nobody foresaw it
                await tell(interaction, sentence_for(interaction, error) + given_back(typed))


async def terms(interaction: "discord.Interaction[Bot]", typed: Mapping[str, str]) -> dict[str, Any]:
    """`until` and `reason`, as they were typed. Raises Refused (`bad_time`)."""
    reason = " ".join(typed.get("reason", "").split())
    return {"until": await until(interaction, typed.get("for", "")), "reason": reason}


def given_back(typed: Mapping[str, str]) -> str:
    """What was typed, for Discord forgets it."""
    words = "; ".join(f"{name}: {escape(value)}" for name, value in typed.items() if value.strip())
    return f"\nYou had typed {words}" if words else ""


def _typed(parts: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if "value" in part and "custom_id" in part:
            yield str(part["custom_id"]), str(part["value"])
        inner = [*(part.get("components") or ()), *([part["component"]] if part.get("component") else [])]
        yield from _typed(inner)
