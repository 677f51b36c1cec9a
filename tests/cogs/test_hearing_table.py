"""Every kind of change in Discord, each on a message of its own, told live and after every kind of absence."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from tests.cogs.conftest import until
from tests.cogs.test_hearing_changes import HEART, comes, counts

THUMB = "\U0001f44d"


def _unfurl(practice, said):
    practice.unfurl(said.id, url="https://a.example/", title="A card")


def _bulk_delete(practice, said):
    practice.bulk_delete(said.id, practice.say("Teo", "gone at once").id)


def _poll(practice, _):
    practice.vote("Teo", practice.poll("Mika", "Tea?", ["Yes", "No"]).id, "No")


def _end_poll(practice, _):
    practice.end_poll(practice.poll("Mika", "Over?", ["Yes", "No"]).id)


# what happens to a message that says so: (what is done in Discord, whether a message on the site shows it)
CHANGES = {
    "edit": (lambda p, said: p.edit(said.id, "edit!"), lambda one: one.content == "edit!" and one.edited_at),
    "card": (_unfurl, lambda one: one.extras.cards and not one.edited_at),
    "reaction": (lambda p, said: p.react("Teo", said.id, HEART), lambda one: counts(one) == {THUMB: 1, HEART: 1}),
    "taken back": (lambda p, said: p.unreact("Juniper", said.id, THUMB), lambda one: not one.reactions),
    "cleared": (lambda p, said: p.clear_reactions(said.id), lambda one: not one.reactions),
    "emoji cleared": (lambda p, said: p.clear_reactions(said.id, THUMB), lambda one: not one.reactions),
    "thread": (lambda p, said: p.start_thread("Teo", "T", message_id=said.id), lambda one: one.extras.thread),
    "delete": (lambda p, said: p.delete(said.id), None),
    "bulk delete": (_bulk_delete, None),
}
# what comes anew: (what is done in Discord, how it is known on the site)
NEWS = {
    "words": (lambda p, _: p.say("Mika", "new words"), lambda one: one.content == "new words"),
    "reply": (
        lambda p, said: p.say("Mika", "aha", reply_to=said.id),
        lambda one: one.reply_to and one.content == "aha",
    ),
    "sticker": (lambda p, _: p.say("Mika", "", stickers=["moth"]), lambda one: one.extras.stickers),
    "forward": (lambda p, said: p.forward("Mika", said.id), lambda one: one.extras.forward),
    "poll": (_poll, lambda one: one.extras.poll and one.extras.poll.answers[1].votes == 1),
    "end of a poll": (_end_poll, lambda one: one.extras.poll and one.extras.poll.is_over),
    "result": (lambda *_: None, lambda one: one.kind == "system" and "Over?" in one.content),
    "voice": (lambda p, _: p.voice("Mika"), lambda one: one.attachments and one.attachments[0].voice),
    "file": (
        lambda p, _: p.say("Mika", "", files=[("a.txt", b"a")]),
        lambda one: [file.name for file in one.attachments] == ["a.txt"],
    ),
    "join": (lambda p, _: p.join("Newcomer"), lambda one: one.content == "came in."),
    "pin": (lambda p, said: p.pin("Teo", said.id), lambda one: one.content == "pinned a message."),
    "boost": (lambda p, _: p.boost("Teo"), lambda one: one.content == "boosted the server."),
}


def change_all(practice, said):
    for name, (act, _) in {**CHANGES, **NEWS}.items():
        act(practice, said.get(name, said["kept"]))


def missing(seen):
    """What is not as it should be: a change not on its message, something new that is there not exactly once."""
    by_name = {one.content.removesuffix("!"): one for one in seen}
    for name, (_, shows) in CHANGES.items():
        if not (name not in by_name if shows is None else name in by_name and shows(by_name[name])):
            yield name
    for name, (_, shows) in NEWS.items():
        if len([one for one in seen if shows(one)]) != 1:
            yield name


async def all_is_told(porch):
    """Each change on its message, each new message once, and nothing else."""
    wrong = []

    async def is_so():
        seen = await porch.on_the_site()
        wrong[:] = [*missing(seen), *([] if len(seen) == len(CHANGES) - 2 + 1 + len(NEWS) else [f"{len(seen)} there"])]
        return not wrong

    try:
        await until(is_so, 20)
    except TimeoutError:
        raise AssertionError(f"not so: {wrong}") from None


@asynccontextmanager
async def begun(opened, config, practice):
    """A porch that knows one message for each change, all of them with a reaction."""
    async with opened(config) as porch:
        await porch.is_on()
        said = {name: practice.say("Mika", name) for name in ("kept", *CHANGES)}
        for one in said.values():
            practice.react("Juniper", one.id, THUMB)
        await comes(porch, lambda seen: [counts(one) for one in seen] == [{THUMB: 1}] * len(said))
        yield porch, said


async def test_all_is_told_live(opened, porch_config, practice):
    async with begun(opened, porch_config, practice) as (porch, said):
        change_all(practice, said)
        await all_is_told(porch)


@pytest.mark.parametrize("loss", ["drop_gateway", "lose_session", "reconnect"])
async def test_all_is_told_after_the_gateway_was_lost(opened, porch_config, practice, loss):
    async with begun(opened, porch_config, practice) as (porch, said):
        breaks = {"lose_session": lambda: practice.faults.lose_session(dropped=True)}
        breaks.get(loss, getattr(practice.faults, loss))()
        change_all(practice, said)
        await all_is_told(porch)


async def test_all_is_told_after_the_program_was_down_and_only_once(opened, porch_config, practice):
    async with begun(opened, porch_config, practice) as (_, said):
        pass
    change_all(practice, said)
    for _ in range(2):
        async with opened(porch_config) as porch:
            await porch.is_on()
            await all_is_told(porch)


async def test_all_is_told_though_discord_fails_while_it_is_asked(opened, porch_config, practice):
    async with begun(opened, porch_config, practice) as (_, said):
        pass
    change_all(practice, said)
    practice.faults.status(503, r"/messages", method="GET", times=1)
    practice.faults.cut(r"/reactions/", method="GET", times=1)
    async with opened(porch_config) as porch:
        await all_is_told(porch)


async def test_all_is_told_though_the_database_goes_away_meanwhile(opened, porch_config, practice):
    async with begun(opened, porch_config, practice) as (porch, said):
        change_all(practice, said)
        for _ in range(3):
            await porch.store.pool.execute(
                """select pg_terminate_backend(pid) from pg_stat_activity
                where pid <> pg_backend_pid() and datname = current_database()"""
            )
            await asyncio.sleep(0.3)
        await until(lambda: porch.store.discord.state == "on")
        await all_is_told(porch)
