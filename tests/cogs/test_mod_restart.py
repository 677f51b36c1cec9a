"""What a moderator was offered before the bot was started anew still works after it."""

import re

import msgspec

from db.config import Mod
from tests.cogs.conftest import until
from tests.cogs.mod_rows import ASKED, BUTTONS, button, set_up


async def test_buttons_and_the_form_work_after_the_bot_was_started_anew(porch_config, opened, practice):
    porch_config = msgspec.structs.replace(porch_config, mod=Mod(raid_names=10_000, new_messages=0))
    async with opened(porch_config) as porch:
        await porch.is_on()
        await until(lambda: practice.world.commands)
        scene = await set_up(porch)
        answers = {words: await ASKED[words].ask(scene, "Mika") for words in ("ban", "mute", "purge", "panic")}
        opened_form = await practice.menu("Ban web author", scene.copy, who="Mika")
    async with opened(porch_config) as porch:
        await porch.is_on()
        for words, name, says, kind in BUTTONS:
            if kind:
                message = answers[words].message
                await practice.press(message, button(answers[words], name), who="Mika")
                await until(lambda m=message, s=says: re.search(s, practice.world.whispers[m.id].content))
        answer = await practice.submit(opened_form, {"for": "", "reason": "after all"})
        assert "**Zed** is banned until somebody lifts it" in answer.content
