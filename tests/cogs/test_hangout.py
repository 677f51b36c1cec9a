import pytest

from tests.members import member


async def test_everybody_may_ask_who_is_on_the_site(commands):
    ada = await commands.person("Ada")
    bo = await commands.person("*Bo*")
    for visitor in (f"person {bo.id}", f"person {ada.id}", f"person {ada.id}", "socket 1", "socket 2"):
        commands.store.presence.enter(visitor)
    commands.store.presence.elsewhere["other"] = 3
    answer = await commands.practice.command("hangout who", who="Mika")
    assert answer.ephemeral
    assert answer.content == (
        r"On the site now: **\*Bo\***, **Ada**, 2 without a name and 3 at another door of the house."
    )


async def test_an_empty_site_is_said_to_be_empty(commands):
    answer = await commands.practice.command("hangout who", who="Teo")
    assert answer.content == "Nobody is on the site just now."


async def test_many_names_fit_into_one_answer(commands):
    for number in range(60):
        person = await commands.person(f"{'_' * 25}{number}")
        commands.store.presence.enter(f"person {person.id}")
    answer = await commands.practice.command("hangout who", who="Mika")
    shown = answer.content.count("**") // 2
    assert answer.content.endswith(f" and {60 - shown} more.")
    assert 20 < shown < 60


@pytest.mark.parametrize("words", ["hangout here", "hangout status"])
async def test_the_rest_is_the_owners(commands, words):
    answer = await commands.practice.command(words, who="Mika")
    assert answer.content == "Only the owner of the site can do this."


async def test_who_does_not_want_it_known_that_they_are_here_is_counted_and_not_named(commands):
    ada, bob = await member(commands.store, "ada"), await member(commands.store, "bob")
    await commands.store.pool.execute("update accounts set shows_online = false where person_id = $1", bob.id)
    for person in (ada, bob):
        commands.store.presence.enter(f"person {person.id}")
    answer = await commands.practice.command("hangout who", who="Mika")
    assert answer.content == "On the site now: **Ada** and 1 without a name."
