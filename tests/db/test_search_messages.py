"""Finding what was said in the hangout."""

from datetime import UTC, datetime

from db import messages
from tests.members import chat_between

ROOM = 1


async def say(store, person, words, room=ROOM):
    return await messages.say(store, room, person, words, words, datetime.now(UTC), network=words)


async def found(store, words):
    return [(hit.message.content, hit.snippet_html) for hit in await messages.search_messages(store.pool, words, 10)]


async def test_words_of_the_hangout_are_found_the_newest_first_and_safely_shown(store, ada):
    for words in ("A café & <b>tea</b>", "tea ||for nobody||", "coffee"):
        await say(store, ada, words)
    [newer, older] = await found(store, "tea")
    assert newer[1].startswith("<mark>tea</mark>")
    assert "nobody" not in newer[1]
    assert older == ("A café & <b>tea</b>", "café &amp; <mark>tea</mark>")
    assert [words for words, _ in await found(store, "CAFE")] == ["A café & <b>tea</b>"]
    assert await found(store, "") == await found(store, "t & | (") == []


async def test_what_is_deleted_or_said_in_a_chat_is_not_found(store, ada, bob):
    gone = await say(store, ada, "lantern")
    await messages.delete(store, ROOM, ada, gone.id, datetime.now(UTC))
    room = await chat_between(store, ada, bob)
    await say(store, ada, "lantern between us", room)
    assert await found(store, "lantern") == []
