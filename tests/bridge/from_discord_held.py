"""The rows from Discord to the site for what a message can hold besides words, and for what Discord itself tells."""

from practice.files import Upload
from practice.model import StickerFormat
from tests.bridge.readers import Speaker
from tests.bridge.rows import Row, Seen, Steps
from tests.bridge.scene import Scene
from tests.pictures import still


async def files(scene: Scene, ada: Speaker) -> Steps:
    picture = Upload(0, "square.png", "image/png", still(), description="a teal square")
    hidden = Upload(1, "SPOILER_end.png", "image/png", still())
    others = [("song.mp3", b"ID3"), ("clip.mp4", b"...."), ("notes.zip", b"PK")]
    yield None
    one = scene.practice.say("Mika", "", files=[picture, hidden, *others])

    def holds(seen: Seen) -> None:
        shown = seen.of(one.id)["attachments"]
        kinds = [each["kind"] for each in shown]
        assert kinds == ["picture", "picture", "audio", "video", "file"]
        assert (shown[0]["width"], shown[0]["height"], shown[0]["alt"]) == (64, 48, "a teal square")
        assert [each["spoiler"] for each in shown] == [False, True, False, False, False]
        assert (shown[4]["name"], shown[4]["size"]) == ("notes.zip", 2)
        assert all(each["url"].startswith("/media/discord/files/") for each in shown)

    yield holds


async def stickers(scene: Scene, ada: Speaker) -> Steps:
    scene.practice.add_sticker("wave")
    scene.practice.add_sticker("dance", StickerFormat.LOTTIE)
    yield None
    one = scene.practice.say("Mika", "", stickers=["wave", "dance"])

    def holds(seen: Seen) -> None:
        wave, dance = seen.of(one.id)["extras"]["stickers"]
        assert (wave["name"], wave["url"].startswith("/media/discord/stickers/")) == ("wave", True)
        assert (dance["name"], dance["url"]) == ("dance", None)

    yield holds


async def a_forward(scene: Scene, ada: Speaker) -> Steps:
    origin = scene.practice.say("owner", "news", channel="general")
    yield None
    one = scene.practice.forward("Mika", origin.id)

    def holds(seen: Seen) -> None:
        forward = seen.of(one.id)["extras"]["forward"]
        assert (forward["html"], forward["origin"].lstrip("#")) == ("news", "general")

    yield holds


async def a_poll(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.poll("Mika", "Tea?", ["yes", ("no", "👎")])
    await scene.on_the_site(one.id)
    yield None
    scene.practice.vote("Teo", one.id, "yes")
    scene.practice.vote("owner", one.id, "yes")
    scene.practice.end_poll(one.id)

    def holds(seen: Seen) -> None:
        poll = seen.of(one.id)["extras"]["poll"]
        answers = [(each["text"], each["emoji"], each["votes"]) for each in poll["answers"]]
        assert (poll["question"], answers) == ("Tea?", [("yes", "", 2), ("no", "👎", 0)])
        assert poll["is_over"]

    yield holds


async def a_voice_message(scene: Scene, ada: Speaker) -> Steps:
    yield None
    one = scene.practice.voice("Mika", 2.0)

    def holds(seen: Seen) -> None:
        [file] = seen.of(one.id)["attachments"]
        assert (file["kind"], file["voice"], file["duration"]) == ("audio", True, 2.0)

    yield holds


async def a_card_that_comes_later_and_is_no_edit(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "https://example.org/story")
    await scene.on_the_site(one.id)
    yield None
    url = "https://example.org/story"
    scene.practice.unfurl(one.id, url=url, title="A story", site="Example", image="https://example.org/a.png")

    def holds(seen: Seen) -> None:
        [card] = seen.of(one.id)["extras"]["cards"]
        assert (card["title"], card["site"], card["url"]) == ("A story", "Example", url)
        assert "a.png" not in str(card)
        assert seen.of(one.id)["edited_at"] is None

    yield holds


async def a_join_and_a_pin_as_quiet_lines(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "worth keeping")
    yield None
    scene.practice.join("Noor")
    scene.practice.pin("Mika", one.id)

    def holds(seen: Seen) -> None:
        quiet = [(each["author"]["name"], each["content"]) for each in seen.here.values() if each["kind"] == "system"]
        assert quiet.count(("Noor", "came in.")) == 1
        assert quiet.count(("Mika", "pinned a message.")) == 1

    yield holds


async def mentions_by_name(scene: Scene, ada: Speaker) -> Steps:
    who, where = scene.practice.member("Teo").user.id, scene.practice.channel("general").id
    yield None
    one = scene.practice.say("Mika", f"<@{who}> meet me in <#{where}>")

    def holds(seen: Seen) -> None:
        shown = seen.of(one.id)["html"]
        assert ">@<bdi>Teo<" in shown
        assert ">#<bdi>general<" in shown
        assert str(who) not in shown

    yield holds


async def a_thread(scene: Scene, ada: Speaker) -> Steps:
    one = scene.practice.say("Mika", "let us discuss this")
    await scene.on_the_site(one.id)
    yield None
    thread = scene.practice.start_thread("Mika", "the details", message_id=one.id)
    scene.practice.say("Teo", "only in the thread", channel=thread.id)

    def holds(seen: Seen) -> None:
        shown = seen.of(one.id)["extras"]["thread"]
        assert shown["name"] == "the details"
        assert shown["url"].endswith(f"/{thread.id}")
        assert "only in the thread" not in [each["content"] for each in seen.here.values()]

    yield holds


HELD: tuple[Row, ...] = (
    files,
    stickers,
    a_forward,
    a_poll,
    a_voice_message,
    a_card_that_comes_later_and_is_no_edit,
    a_join_and_a_pin_as_quiet_lines,
    mentions_by_name,
    a_thread,
)
