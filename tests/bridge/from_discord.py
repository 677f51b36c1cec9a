"""The rows from Discord to the site: what people say and do there."""

from tests.bridge.from_discord_held import HELD
from tests.bridge.readers import Speaker
from tests.bridge.rows import Row, Seen, Steps, counts, sent
from tests.bridge.scene import Scene


async def a_message(scene: Scene, ada: Speaker) -> Steps:
    yield None
    one = scene.practice.say("Mika", "hello **there**")

    def holds(seen: Seen) -> None:
        assert (seen.of(one.id)["author"]["name"], seen.of(one.id)["content"]) == ("Mika", "hello **there**")
        assert sum(each["content"] == "hello **there**" for each in seen.here.values()) == 1

    yield holds


async def an_edit(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "there: first")
    await scene.on_the_site(one.id)
    yield None
    scene.practice.edit(one.id, "there: second")

    def holds(seen: Seen) -> None:
        assert seen.of(one.id)["content"] == "there: second"
        assert seen.of(one.id)["edited_at"]

    yield holds


async def an_edit_at_once(scene: Scene, ada: Speaker) -> Steps:
    yield None
    one = scene.practice.say("Mika", "there at once: first")
    scene.practice.edit(one.id, "there at once: second")

    def holds(seen: Seen) -> None:
        assert seen.of(one.id)["content"] == "there at once: second"
        assert seen.of(one.id)["edited_at"]

    yield holds


async def a_deletion(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "deleted there")
    here = await scene.on_the_site(one.id)
    said = await sent(scene, ada, "an answer to it", reply_to=here)
    yield None
    scene.practice.delete(one.id)

    def holds(seen: Seen) -> None:
        assert here not in seen.here
        assert seen.here[said]["reply_to"]["excerpt"] == "(this message was deleted)"
        assert seen.there(said).content == "> **Mika**: *(this message was deleted)*\nan answer to it"

    yield holds


async def a_deletion_at_once(scene: Scene, ada: Speaker) -> Steps:
    yield None
    scene.practice.delete(scene.practice.say("Mika", "a slip").id)

    def holds(seen: Seen) -> None:
        assert "a slip" not in [one["content"] for one in seen.here.values()]

    yield holds


async def a_bulk_deletion(scene: Scene, ada: Speaker) -> Steps:
    ids = [scene.practice.say("Mika", f"spam {number}").id for number in range(3)]
    here = [await scene.on_the_site(one) for one in ids]
    yield None
    scene.practice.bulk_delete(*ids)

    def holds(seen: Seen) -> None:
        assert not set(here) & set(seen.here)

    yield holds


async def a_moderators_deletion_of_what_the_site_said(scene: Scene, ada: Speaker) -> Steps:
    said = await sent(scene, ada, "not wanted there")
    there = await scene.in_discord(said)
    assert there
    yield None
    scene.practice.delete(there.id)

    def holds(seen: Seen) -> None:
        assert said not in seen.here
        assert there.id not in seen.there_ids

    yield holds


async def a_reply(scene: Scene, ada: Speaker) -> Steps:
    said = await sent(scene, ada, "a question")
    there = await scene.in_discord(said)
    assert there
    yield None
    one = scene.practice.say("Mika", "the answer", reply_to=there.id)

    def holds(seen: Seen) -> None:
        reply = seen.of(one.id)["reply_to"]
        assert (reply["id"], reply["author_name"], reply["excerpt"]) == (said, "Ada", "a question")

    yield holds


async def reactions(scene: Scene, ada: Speaker) -> Steps:
    said = await sent(scene, ada, "how do you like it?")
    there = await scene.in_discord(said)
    lamp = scene.practice.add_emoji("lamp")
    assert there
    yield None
    scene.practice.react("Mika", there.id, "❤")
    scene.practice.react("Teo", there.id, "❤️")
    scene.practice.react("Mika", there.id, f"lamp:{lamp.id}")

    def holds(seen: Seen) -> None:
        assert counts(seen.here[said]) == {"❤️": 2, f"lamp:{lamp.id}": 1}
        shown = next(one for one in seen.here[said]["reactions"] if one["emoji_name"] == ":lamp:")
        assert shown["emoji_url"] == f"/media/discord/emojis/{lamp.id}.webp"

    yield holds


async def a_reaction_taken_back(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "two hearts")
    for who in ("Mika", "Teo"):
        scene.practice.react(who, one.id, "❤️")
    here = await scene.on_the_site(one.id)
    await ada.counts(here, {"❤️": 2})
    yield None
    scene.practice.unreact("Teo", one.id, "❤️")

    def holds(seen: Seen) -> None:
        assert counts(seen.here[here]) == {"❤️": 1}

    yield holds


async def all_reactions_removed(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "no reactions, please")
    here = await scene.on_the_site(one.id)
    await ada.ask("react", id=here, emoji="👍")
    scene.practice.react("Mika", one.id, "🎉")
    await ada.counts(here, {"👍": 1, "🎉": 1})
    await scene.is_mirrored(one.id, "👍")
    yield None
    scene.practice.clear_reactions(one.id)

    def holds(seen: Seen) -> None:
        assert counts(seen.here[here]) == {}
        assert not any(seen.practice.find(one.id).reactions.values())

    yield holds


async def all_of_one_emoji_removed(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "no thumbs, please")
    here = await scene.on_the_site(one.id)
    await ada.ask("react", id=here, emoji="👍")
    for emoji in ("🎉", "👍"):
        scene.practice.react("Mika", one.id, emoji)
    await ada.counts(here, {"👍": 2, "🎉": 1})
    await scene.is_mirrored(one.id, "👍")
    yield None
    scene.practice.clear_reactions(one.id, "👍")

    def holds(seen: Seen) -> None:
        assert counts(seen.here[here]) == {"🎉": 1}

    yield holds


FROM_DISCORD: tuple[Row, ...] = (
    a_message,
    an_edit,
    an_edit_at_once,
    a_deletion,
    a_deletion_at_once,
    a_bulk_deletion,
    a_moderators_deletion_of_what_the_site_said,
    a_reply,
    reactions,
    a_reaction_taken_back,
    all_reactions_removed,
    all_of_one_emoji_removed,
    *HELD,
)
