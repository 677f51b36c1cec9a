"""A raid of fifty on a house in which ten people talk: it is noticed, held, and cleaned with three actions in Discord,
and the ten could do all that they wanted to.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from db import due, raids
from db.config import Mod
from db.loops import doing
from practice import Message, Practice
from practice import porch as ids
from practice.answers import Answer
from tests.bridge.raiders import Guest
from tests.bridge.scene import Scene, hurry, plain_config
from tests.cogs.conftest import until
from tests.members import member, signed_in

LINK = "https://cheap.example/pills"
LOOK_ALIKES = ("\u0391da", "\u0410da", "Ad\u0430", "A d a", "Ada.", "ADA", "\u00c1da", "B\u043eb", "B0b", "Bob_")


@pytest.fixture
async def scene(
    database_url: str, tmp_path: Path, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Scene]:
    """The site with the rules of moderation as they come, and moderators who have a channel."""
    hurry(monkeypatch)
    monkeypatch.setattr(raids._watching, "LOOK_EVERY", 0.1)
    scene = Scene(plain_config(database_url, tmp_path), practice)
    config = scene.config
    scene.config = msgspec.structs.replace(
        config,
        mod=Mod(),
        discord=msgspec.structs.replace(config.discord, mod_channel_id=ids.MOD),
        web=msgspec.structs.replace(config.web, trusted_proxies=("127.0.0.1",)),
    )
    await scene.open()
    await scene.is_on()
    async with doing(due.watch(scene.store), "due"):
        yield scene
    await scene.end()


@pytest.fixture
async def guests(scene: Scene) -> AsyncIterator[list[Guest]]:
    """Ten who came a while ago: eight have talked, one has only read, and one is a member."""
    names = ("Ada", "Bob", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "June")
    guests = [Guest(scene.url, name, f"198.51.100.{number}") for number, name in enumerate(names, 1)]
    june = await member(scene.store, "june")
    guests[-1].client.cookie_jar.update_cookies(await signed_in(scene.store, june))
    await asyncio.gather(*(one.join() for one in guests[:-1]))
    await scene.store.pool.execute("update newcomers set at = at - $1::interval", timedelta(minutes=10))
    for one in guests:
        await one.sit_down()
    for one in guests[:8]:
        for words in ("hello", "nice here", "what a view"):
            await one.send(f"{words}, says {one.name}")
    yield guests
    await asyncio.gather(*(one.leave() for one in guests))


@pytest.fixture
async def raiders(scene: Scene) -> AsyncIterator[list[Guest]]:
    raiders = [
        Guest(scene.url, LOOK_ALIKES[number] if number < len(LOOK_ALIKES) else f"Deal {number}", f"203.0.113.{number}")
        for number in range(50)
    ]
    yield raiders
    await asyncio.gather(*(one.leave() for one in raiders))


async def raid(raiders: list[Guest]) -> None:
    """Ten begin, some of them harmlessly, then all of the others come; half of them by sockets."""
    early, late = raiders[:10], raiders[10:]
    await asyncio.gather(*(one.join() for one in early))
    for one in early:
        await one.say("hi all" if int(one.address.rpartition(".")[2]) % 2 else f"look: {LINK}")
    await asyncio.gather(*(one.join() for one in late))
    await asyncio.gather(*(one.sit_down() for one in raiders[::2]))
    await asyncio.gather(*(one.send(f"buy now {one.name} {LINK}") for one in raiders[::2]))
    await asyncio.gather(*(one.say(f"cheap, says {one.name}") for one in raiders[1::2]))


async def live(guests: list[Guest]) -> None:
    """What people do all the time: each says two things right after the other, reacts, and changes what they said."""
    for one in guests:
        first = await one.send(f"{one.name} goes on")
        if one.said and one.name != "Ivo":  # who speaks for the first time says one thing
            await one.say(
                f"{one.name} has more to say, see https://example.org/{one.name}" if one.name == "Ada" else "and on"
            )
        await one.post(f"/hangout/messages/{first}/edit", content=f"{one.name} went on")
        one.said[first] = f"{one.name} went on"
        await one.post(f"/hangout/messages/{first}/react", emoji="👍", on="1")


def notices(practice: Practice) -> list[Message]:
    """The messages of the moderators' channel about a raid."""
    return [one for one in practice.messages("mod") if one.embeds and "raided" in one.embeds[0].get("title", "")]


def facts(message: Message) -> dict[str, str]:
    return {one["name"]: one["value"] for one in message.embeds[0]["fields"]}


async def press(practice: Practice, label: str) -> Answer:
    [notice] = notices(practice)
    [mark] = [
        one["custom_id"] for row in notice.components for one in row["components"] if one["label"].startswith(label)
    ]
    return await practice.press(notice, mark)


async def ban_all(practice: Practice) -> None:
    """Looks who they are, and says yes."""
    asked = await press(practice, "Ban all")
    assert asked.message
    assert asked.content.startswith("Ban these 50 for 30 days")
    assert [file.filename for file in asked.message.attachments] == ["raid.txt"]
    marks = [one["custom_id"] for row in asked.message.components for one in row["components"]]
    await practice.press(asked.message, marks[0])


async def standing(scene: Scene) -> dict[str, str]:
    rows = await scene.store.pool.fetch("select id, content from messages where deleted_at is null and source = 'web'")
    return {str(row["id"]): row["content"] for row in rows}


async def test_a_raid_of_fifty_is_noticed_held_and_cleaned_with_three_actions_and_nobody_else_is_hindered(
    scene: Scene, practice: Practice, guests: list[Guest], raiders: list[Guest]
) -> None:
    await asyncio.gather(raid(raiders), live(guests))

    # Noticed once, and held: of fifty only the few who came before it could be noticed are to be read anywhere.
    await until(lambda: notices(practice) and facts(notices(practice)[0])["New names"] == "50", 30)
    heard = {words for one in raiders for words in one.said.values()}
    assert heard == {"hi all"}
    assert sum(len(one.said) for one in raiders) == 5
    await until(lambda: facts(notices(practice)[0])["Standing"] == "5", 30)
    assert not any(LINK in one.content for one in practice.messages())
    assert scene.store.alarms.raid_id
    pool = scene.store.pool
    assert await pool.fetchval("select count(distinct author_id) from held where rule = 'raid'") == 50
    assert sum(one.embeds[0]["title"].endswith("waits") for one in practice.messages("mod") if one.embeds) <= 5

    # Cleaned with three actions.
    watching = [asyncio.create_task(one.is_shown_out()) for one in raiders[::2]]
    await ban_all(practice)
    await press(practice, "Remove all")
    await press(practice, "End it")
    assert scene.store.alarms.raid_id == 0
    sentences = await asyncio.gather(*watching)
    assert all("banned" in one for one in sentences)
    assert {one.closed for one in raiders[::2]} == {1008}
    assert await pool.fetchval("select count(distinct person_id) from sanctions where kind = 'ban'") == 50
    assert await pool.fetchval("select count(*) from held where state = 'waiting'") == 0
    await until(lambda: not any(one.content == "hi all" for one in practice.messages()), 30)
    again = Guest(scene.url, "Somebody else", raiders[7].address)
    await again.join()
    await again.leave()
    assert again.refused == ["banned"]
    await until(lambda: facts(notices(practice)[0])["Banned"] == "50", 30)
    assert len(notices(practice)) == 1

    # The others: nothing was refused, and all that they said stands, here and in Discord.
    await live(guests)
    assert {one.name: one.refused for one in guests if one.refused} == {}
    said = {number: words for one in guests for number, words in one.said.items()}
    assert await standing(scene) == said
    await until(
        lambda: sorted(one.content for one in practice.messages() if one.webhook_id) == sorted(said.values()), 30
    )
