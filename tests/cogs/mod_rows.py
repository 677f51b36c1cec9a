"""Everything that a moderator can do from Discord, as a table: what is asked, what that says, and what it says of a
target that is not there. Asked as people ask it, through Discord's own interactions.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from db import people, roles
from db.moderators import Moderator
from practice import Practice
from practice import porch as ids
from practice.answers import Answer
from practice.model import Message as Copy
from tests.cogs.conftest import Porch, until
from tests.members import NOON

NO_MESSAGE = "This message is not on the site."
NOBODY = "Nobody like that was seen"
GONE = "nothing here|not on the site|not here any more"


PATIENCE = 8.0  # seconds for an answer; one test makes the database take three of them
WORDS = "come to https://bad.example/x"


@dataclass
class Scene:
    """A porch where Zed said something on the site, which stands in Discord, and Mika keeps the peace."""

    porch: Porch
    zed: int
    said: int
    copy: Copy
    own: Copy  # something that Teo said in Discord

    @property
    def practice(self) -> Practice:
        practice: Practice = self.porch.practice
        return practice


async def set_up(porch: Porch) -> Scene:
    """Zed has spoken, Mika holds a role that moderates."""
    robin = Moderator(await people.get(porch.store.pool, await _owner(porch)))
    await roles.add(porch.store, robin, ids.KEEPERS, "Keepers", NOON)
    porch.practice.give_role("Mika", ids.KEEPERS)
    said = await porch.say(WORDS, name="Zed")
    own = porch.practice.say("Teo", "good evening")
    await until(lambda: WORDS in porch.words_in_discord())
    await porch.relayed()
    copy = next(one for one in porch.practice.messages() if one.content == WORDS)
    await until(lambda: _is_heard(porch, own))
    return Scene(porch, said.author.id, said.id, copy, own)


async def _owner(porch: Porch) -> int:
    kept = await people.keep_discord(porch.store.pool, {ids.OWNER: "Robin"}, ids.OWNER)
    return kept[ids.OWNER]


async def _is_heard(porch: Porch, message: Copy) -> bool:
    return await porch.store.pool.fetchval("select exists (select from messages where discord_id = $1)", message.id)


Ask = Callable[[Scene, str], Awaitable[Answer]]


@dataclass(frozen=True)
class Row:
    """`kind` of case it opens, if any; `again`: what a second time says; `missing`: how it is asked of what is not
    there, and what that says.
    """

    name: str
    ask: Ask
    says: str
    kind: str | None = None
    again: str | None = None
    missing: Ask | None = None
    lacks: str = ""
    is_owners: bool = False
    opens: int = field(default=1)  # cases after two times


def command(words: str, **options: Any) -> Ask:
    """A value that is a function is asked of the scene."""

    async def ask(scene: Scene, who: str) -> Answer:
        given = {name.rstrip("_"): value(scene) if callable(value) else value for name, value in options.items()}
        return await scene.practice.command(f"mod {words}", given, who=who, timeout=PATIENCE)

    return ask


def menu(name: str, target: Callable[[Scene], Any]) -> Ask:
    async def ask(scene: Scene, who: str) -> Answer:
        return await scene.practice.menu(name, target(scene), who=who, timeout=PATIENCE)

    return ask


def form(target: Callable[[Scene], Any]) -> Ask:
    async def ask(scene: Scene, who: str) -> Answer:
        opened = await scene.practice.menu("Ban web author", target(scene), who=who, timeout=PATIENCE)
        return await scene.practice.submit(opened, {"for": "2h", "reason": "for the links"}, timeout=PATIENCE)

    return ask


def zed(scene: Scene) -> str:
    return f"person:{scene.zed}"


def link(scene: Scene) -> str:
    return f"https://porch.example/hangout/messages/{scene.said}"


def jump(scene: Scene) -> str:
    return f"https://discord.com/channels/{ids.GUILD}/{ids.HANGOUT}/{scene.copy.id}"


def copy(scene: Scene) -> Copy:
    return scene.copy


def stray(scene: Scene) -> Copy:
    """A message in a channel that is not on the site."""
    return scene.practice.say("Teo", "elsewhere", channel="general")


def of_zed(words: str, says: str, again: str | None, kind: str, **more: Any) -> Row:
    opens = more.pop("opens", 1)
    ask, nobody = command(words, who=zed, **more), command(words, who="nobody at all", **more)
    return Row(words, ask, says, kind, again, nobody, NOBODY, opens=opens)


ROWS = [
    of_zed("ban", r"\*\*Zed\*\* is banned until <t:\d+:f>", "is banned already until", "ban", for_="2h", reason="why"),
    of_zed("mute", r"\*\*Zed\*\* is muted until somebody lifts it", "is muted already", "mute"),
    of_zed("warn", r"\*\*Zed\*\* is warned\. Case \d+", "is warned", "warn", reason="enough", opens=2),
    of_zed("note", r"Noted about \*\*Zed\*\*\. Case \d+", "Noted", "note", text="comes at night", opens=2),
    of_zed("unban", "not banned", "not banned", "unban", opens=0),
    of_zed("unmute", "not muted", "not muted", "unmute", opens=0),
    Row(
        "delete",
        command("delete", message=link, reason="why"),
        r"The message of \*\*Zed\*\* is removed, here and in Discord. Case \d+",
        "remove",
        "is removed",
        command("delete", message="123456"),
        GONE,
    ),
    Row(
        "delete by a link of Discord's",
        command("delete", message=jump),
        r"The message of \*\*Zed\*\* is removed",
        "remove",
        "is removed",
        command("delete", message=f"https://discord.com/channels/{ids.GUILD}/{ids.HANGOUT}/{ids.OWNER}"),
        NO_MESSAGE,
    ),
    Row(
        "purge",
        command("purge", who=zed, text="bad.example", last=5, since="2h"),
        r"(?s)This removes 1 message.*\*\*Zed\*\*: come to https",
        None,
        "This removes 1 message",
        command("purge", text="what nobody said"),
        "No message that is still there",
    ),
    Row("lock", command("lock", reason="a fight"), r"The hangout is locked\. Case", "lock", "locked already"),
    Row("unlock", command("unlock"), "The hangout is open", "unlock", "The hangout is open"),
    Row("slowmode", command("slowmode", seconds=10), r"every 10 s\. Case", "slowmode", "every 10 s"),
    Row("panic", command("panic"), "can only read.* Case", "panic", "can only read"),
    Row("panic off", command("panic", action="off"), "may speak again", None, "may speak again"),
    Row(
        "case",
        command("case", number=1),
        r"\*\*Case 1\*\*: role",
        None,
        "Case 1",
        command("case", number=10**9),
        "no case",
    ),
    Row("a reason", command("case", number=1, reason="so that"), "Reason: so that", None, "Reason: so that"),
    Row(
        "cases",
        command("cases"),
        r"`1` role by Robin",
        None,
        "role",
        command("cases", who="nobody at all"),
        NOBODY,
    ),
    Row("bans", command("bans"), "Nobody is banned", None, "Nobody"),
    Row(
        "who",
        command("who", who=zed),
        r"(?s)\*\*Zed\*\*, a visitor.*1 messages",
        None,
        "Zed",
        command("who", who=f"<@{ids.OWNER + 77}>"),
        NOBODY,
    ),
    Row("queue", command("queue"), "Nothing waits for you", None, "Nothing waits"),
    Row(
        "role add",
        command("role add", role=ids.KEEPERS),
        "role Keepers moderates the site",
        "role",
        "moderates the site",
        command("role add", role=ids.GUILD),
        "Everybody has this role",
        is_owners=True,
    ),
    Row(
        "role remove",
        command("role remove", role=ids.KEEPERS),
        "does not moderate the site",
        "role",
        "does not moderate",
        command("role remove", role=ids.BOT_ROLE),
        "does not moderate",
        is_owners=True,
        opens=2,
    ),
    Row("role list", command("role list"), rf"<@&{ids.KEEPERS}> \(Keepers\)", None, "Keepers"),
    Row(
        "filter add",
        command("filter add", kind="words", action="mute", pattern="casino", for_="10m"),
        r"Filter \d+ is on: words casino: mute for 10 min",
        "filter",
        "is on",
        command("filter add", kind="words", action="mute", pattern="casino"),
        "say for how long",
    ),
    Row(
        "filter remove",
        command("filter remove", filter="1000000000"),
        "There is no filter",
        None,
        "There is no filter",
        command("filter remove", filter="casino"),
        "There is no such filter",
    ),
    Row("filter list", command("filter list"), "There are no filters|links", None, "."),
    Row(
        "filter test",
        command("filter test", kind="words", pattern="bad"),
        r"(?s)matched 1 of the last 1,000.*\*\*Zed\*\*",
        None,
        "matched 1",
        command("filter test", kind="pattern", pattern="(("),
        "pattern",
    ),
    Row(
        "Remove from site",
        menu("Remove from site", copy),
        r"The message of \*\*Zed\*\* is removed",
        "remove",
        None,  # the copy is gone by then
        menu("Remove from site", stray),
        NO_MESSAGE,
    ),
    Row(
        "Ban web author",
        form(copy),
        r"\*\*Zed\*\* is banned until",
        "ban",
        "banned already",
        form(stray),
        NO_MESSAGE,
    ),
    Row(
        "Hide link",
        menu("Hide link", copy),
        r"The links of \*\*Zed\*\* are hidden",
        "hide_link",
        "are hidden",
        menu("Hide link", stray),
        NO_MESSAGE,
    ),
    Row(
        "Who is this? on a message",
        menu("Who is this?", copy),
        r"\*\*Zed\*\*, a visitor",
        None,
        "Zed",
        menu("Who is this?", lambda scene: scene.practice.post("Porchlight", "general", {"content": "I am the bot"})),
        "not on the site",
    ),
    Row(
        "Who is this? on a member",
        menu("Who is this?", lambda _: "Teo"),
        r"\*\*Teo\*\*",
        None,
        "Teo",
        menu("Who is this?", lambda _: "Porchlight"),
        "a program",
    ),
]


BUTTONS = [
    ("ban", "mod:unban", r"\*\*Zed\*\* is not banned any more", "unban"),
    ("mute", "mod:unmute", r"\*\*Zed\*\* is not muted any more", "unmute"),
    ("purge", "mod:purge", "Removed, here and in Discord. Case", "purge"),
    ("purge", "mod:keep", "Nothing was removed", None),
    ("panic", "mod:calm", "may speak again", "panic"),
]
ASKED = {row.name: row for row in ROWS}


def button(answer: Answer, name: str) -> str:
    """The custom id of the button below an answer that begins so."""
    assert answer.message
    parts = [part for row in answer.message.components for part in row["components"]]
    return next(part["custom_id"] for part in parts if part["custom_id"].startswith(name))
