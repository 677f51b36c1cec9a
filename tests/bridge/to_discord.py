"""The rows from the site to Discord."""

from datetime import UTC, datetime

from db import messages
from practice.model import SUPPRESS_EMBEDS
from tests.bridge.readers import Speaker
from tests.bridge.rows import Row, Seen, Steps, counts, sent
from tests.bridge.scene import Scene
from tests.pictures import still


async def a_message(scene: Scene, ada: Speaker) -> Steps:
    yield None
    said = await ada.ask("send", content="good **evening**")

    def holds(seen: Seen) -> None:
        there = seen.there(said)
        assert (there.author_name, there.content) == ("Ada", "good **evening**")
        assert there.webhook_id
        assert sum(one.content == "good **evening**" for one in seen.practice.messages()) == 1
        assert seen.here[said]["relay"] == "sent"

    yield holds


async def a_mention_that_pings_nobody(scene: Scene, ada: Speaker) -> Steps:
    yield None
    said = await ada.ask("send", content=f"@everyone <@{scene.practice.owner_id}> come")

    def holds(seen: Seen) -> None:
        assert seen.there(said).content.endswith("come")
        assert not [ping for ping in seen.practice.pings if ping.message_id == seen.there(said).id]

    yield holds


async def an_edit(scene: Scene, ada: Speaker) -> Steps:
    said = await sent(scene, ada, "an edit: first")
    yield None
    await ada.ask("edit", id=said, content="an edit: second @everyone")

    def holds(seen: Seen) -> None:
        assert seen.there(said).content == seen.here[said]["content"] == "an edit: second @everyone"
        assert seen.here[said]["edited_at"]
        assert not [ping for ping in seen.practice.pings if ping.message_id == seen.there(said).id]

    yield holds


async def an_edit_before_discord_has_answered(scene: Scene, ada: Speaker) -> Steps:
    yield None
    said = await ada.ask("send", content="at once: first")
    await ada.ask("edit", id=said, content="at once: second")

    def holds(seen: Seen) -> None:
        assert seen.there(said).content == seen.here[said]["content"] == "at once: second"

    yield holds


async def a_deletion(scene: Scene, ada: Speaker) -> Steps:
    said = await sent(scene, ada, "to be deleted")
    there = await scene.in_discord(said)
    assert there
    yield None
    await ada.ask("delete", id=said)

    def holds(seen: Seen) -> None:
        assert said not in seen.here
        assert there.id not in seen.there_ids

    yield holds


async def a_deletion_before_discord_has_answered(scene: Scene, ada: Speaker) -> Steps:
    yield None
    said = await ada.ask("send", content="regret")
    await ada.ask("delete", id=said)

    def holds(seen: Seen) -> None:
        assert said not in seen.here
        assert "regret" not in [one.content for one in seen.practice.messages()]

    yield holds


async def a_reply(scene: Scene, ada: Speaker) -> Steps:
    original = scene.practice.say("Mika", "what do you think?")
    answered = await scene.on_the_site(original.id)
    yield None
    said = await ada.ask("send", content="a lot", reply_to=answered)

    def holds(seen: Seen) -> None:
        first, last = seen.there(said).content.split("\n")
        assert first.startswith("> **Mika**: what do you think? [↩](https://discord.com/channels/")
        assert first.endswith(f"/{original.id})")
        assert last == "a lot"
        assert seen.here[said]["reply_to"]["id"] == answered

    yield holds


async def a_reply_whose_original_is_deleted(scene: Scene, ada: Speaker) -> Steps:
    original = await sent(scene, ada, "the original")
    said = await sent(scene, ada, "its reply", reply_to=original)
    yield None
    await ada.ask("delete", id=original)

    def holds(seen: Seen) -> None:
        assert seen.there(said).content == "> **Ada**: *(this message was deleted)*\nits reply"
        assert seen.here[said]["reply_to"]["excerpt"] == "(this message was deleted)"

    yield holds


async def a_reaction(scene: Scene, ada: Speaker) -> Steps:
    heard = scene.practice.say("Mika", "react to this")
    message_id = await scene.on_the_site(heard.id)
    yield None
    await ada.ask("react", id=message_id, emoji="❤")

    def holds(seen: Seen) -> None:
        assert counts(seen.here[message_id]) == {"❤️": 1}
        [held] = [people for people in seen.practice.find(heard.id).reactions.values() if people]
        assert held == [seen.practice.bot_id]

    yield holds


async def a_reaction_taken_back(scene: Scene, ada: Speaker) -> Steps:
    said = await sent(scene, ada, "react to mine")
    await ada.ask("react", id=said, emoji="👍")
    there = await scene.in_discord(said)
    assert there
    await scene.is_mirrored(there.id, "👍")
    yield None
    await ada.ask("unreact", id=said, emoji="👍")

    def holds(seen: Seen) -> None:
        assert counts(seen.here[said]) == {}
        assert not seen.there(said).reactions.get("👍")

    yield holds


async def a_picture(scene: Scene, ada: Speaker) -> Steps:
    uploaded = await ada.upload(still(), "a teal square")
    yield None
    said = await ada.ask("send", content="look", media=[uploaded])

    def holds(seen: Seen) -> None:
        [file] = seen.there(said).attachments
        assert (file.content_type, file.width, file.height, file.description) == ("image/png", 64, 48, "a teal square")
        [shown] = seen.here[said]["attachments"]
        assert (shown["kind"], shown["width"], shown["alt"]) == ("picture", 64, "a teal square")

    yield holds


async def a_removal_of_what_discord_said(scene: Scene, ada: Speaker) -> Steps:
    there = [scene.practice.say("Mika", f"unwanted {number}").id for number in range(3)]
    here = [await scene.on_the_site(one) for one in there]
    yield None
    await messages.remove(scene.store, None, int(here[0]), datetime.now(UTC), rule="a row")
    await messages.purge(scene.store, None, [int(one) for one in here[1:]], datetime.now(UTC), rule="a row")

    def holds(seen: Seen) -> None:
        assert not set(here) & set(seen.here)
        assert not set(there) & seen.there_ids

    yield holds


async def a_removal_of_what_the_site_said(scene: Scene, ada: Speaker) -> Steps:
    said = [await sent(scene, ada, f"unwanted from the site {number}") for number in range(2)]
    there = [await scene.in_discord(one) for one in said]
    yield None
    for one in said:
        await messages.remove(scene.store, None, int(one), datetime.now(UTC), rule="a row")

    def holds(seen: Seen) -> None:
        assert not set(said) & set(seen.here)
        assert not {one.id for one in there if one} & seen.there_ids

    yield holds


async def links_that_are_hidden(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "an advert: https://bad.example/x")
    here = await scene.on_the_site(one.id)
    said = await sent(scene, ada, "and another: https://bad.example/y")
    yield None
    for message_id in (here, said):
        await messages.hide_links(scene.store, None, int(message_id), datetime.now(UTC), rule="a row")

    def holds(seen: Seen) -> None:
        assert seen.here[here]["content"] == "an advert: [link hidden]"
        assert seen.here[said]["content"] == seen.there(said).content == "and another: [link hidden]"
        assert seen.practice.find(one.id).flags & SUPPRESS_EMBEDS

    yield holds


TO_DISCORD: tuple[Row, ...] = (
    a_message,
    a_mention_that_pings_nobody,
    an_edit,
    an_edit_before_discord_has_answered,
    a_deletion,
    a_deletion_before_discord_has_answered,
    a_reply,
    a_reply_whose_original_is_deleted,
    a_reaction,
    a_reaction_taken_back,
    a_picture,
    a_removal_of_what_discord_said,
    a_removal_of_what_the_site_said,
    links_that_are_hidden,
)
