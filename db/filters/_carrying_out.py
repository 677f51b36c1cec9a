"""What is done by a verdict: it waits, it is refused, its author reads only for a while, or the moderators are told."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from db import cases, held, sanctions
from db.cases import Subject
from db.errors import Forbidden, Refused
from db.events import ModNoticeDue
from db.filters import _queries as queries
from db.filters._judging import Words, weigh
from db.filters._shape import Verdict
from db.sanctions import Caller
from db.store import Store

if TYPE_CHECKING:
    from db.gate import Speech
    from db.messages import Message

MUTED = "You can read here, but not write for now."
SENTENCES = {
    "words": "There is a word in this that is not said here.",
    "pattern": "There is something in this that is not said here.",
    "links": "Links are for people who have been here for a while. Please say it without.",
    "mentions": "This calls on more people than one message may.",
    "repeats": "You have said this several times in a short while. Everybody can read it.",
    "caps": "That is very loud. Please say it in small letters.",
    "zalgo": "There are characters in this that cannot be read. Please say it without them.",
    "names": "Your name looks like somebody else's here. Please choose another one.",
}


async def judge_speech(store: Store, speech: "Speech") -> Verdict | None:
    """Judges, and acts on what came of it: `hold` raises Held, `delete` and `mute` put it on record and raise Refused
    (`filtered`) or Forbidden (`muted`), `notify` is returned for the caller to put on record with the message. An edit
    that would have to wait is refused (`filtered`). What has been said under this nonce already is left alone.
    """
    is_edit = speech.edits is not None
    words = Words(speech.author, speech.content, speech.now, speech.caller.network, speech.nonce, not is_edit)
    verdict = await weigh(store, words)
    if verdict is None:
        return None
    if not is_edit and await held.is_said(store.pool, speech.author.id, speech.nonce):
        return None
    about = Subject(speech.author.id, speech.room_id, speech.edits)
    if verdict.filter.action == "notify":
        if is_edit:
            await _record(store, verdict, words, about)
        return None if is_edit else verdict
    if verdict.filter.action == "hold":
        await held.hold(store, speech, verdict.rule)
    await refuse(store, speech.caller, verdict, words, Subject(speech.author.id, speech.room_id))
    return None


async def judge_comment(store: Store, caller: Caller, words: Words) -> Verdict | None:
    """The same for a comment: what is to wait or only to be noticed is returned, for comments wait in their own way."""
    verdict = await weigh(store, words)
    if verdict and verdict.filter.action in {"delete", "mute"}:
        await refuse(store, caller, verdict, words, Subject(words.author.id))
    return verdict


async def refuse(store: Store, caller: Caller, verdict: Verdict, words: Words, about: Subject) -> NoReturn:
    """Puts it on record and raises Refused (`filtered`), or mutes its author and raises Forbidden (`muted`)."""
    if verdict.filter.action != "mute":
        await _record(store, verdict, words, about, is_once=True)
        raise Refused(SENTENCES[verdict.filter.kind], "filtered")
    until = words.now + timedelta(minutes=verdict.filter.minutes or 1)
    await sanctions.mute(
        store,
        None,
        words.author.id,
        words.now,
        until=until,
        reason=SENTENCES[verdict.filter.kind],
        about=about,
        evidence=[evidence_of(words)],
        rule=verdict.rule,
        origin="rule",
    )
    sanctions.check(store, caller, words.now)
    raise Forbidden(MUTED, "muted")


async def note(store: Store, verdict: Verdict, message: "Message") -> None:
    """Puts it on record (`filtered`), once, so that the moderators are told; the message stays."""
    author = message.author
    if await queries.is_noted(store.pool, message.id):
        return
    evidence = {"id": message.id, "name": author.name, "content": message.content, "at": message.created_at.isoformat()}
    await _open(store, verdict, evidence, Subject(author.id, message.room_id, message.id), message.created_at)


async def note_comment(store: Store, verdict: Verdict, words: Words, comment_id: int, message_id: int | None) -> None:
    """Likewise for a comment, which may wait for it."""
    about = Subject(words.author.id, message_id=message_id, comment_id=comment_id)
    await _open(store, verdict, evidence_of(words), about, words.now)


async def _record(store: Store, verdict: Verdict, words: Words, about: Subject, *, is_once: bool = False) -> None:
    if is_once and await queries.is_recorded(store.pool, words.author.id, verdict.rule, words.now):
        return
    await _open(store, verdict, evidence_of(words), about, words.now)


async def _open(store: Store, verdict: Verdict, evidence: dict[str, Any], about: Subject, now: datetime) -> None:
    """What is only noticed is no act against anybody, and so not among what they see of themselves."""
    rule = verdict.filter
    async with store.pool.acquire() as conn, conn.transaction():
        await cases.open_case(
            conn,
            "hold" if rule.action == "hold" else "filtered",
            None,
            now,
            about=about,
            rule=verdict.rule,
            details={"filter": rule.id, "kind": rule.kind, "action": rule.action},
            evidence=[evidence],
            hidden=rule.action == "notify",
        )
    store.live.announce(ModNoticeDue())


def evidence_of(words: Words) -> dict[str, Any]:
    return {"id": None, "name": words.author.name, "content": words.content, "at": words.now.isoformat()}
