"""/stats in Discord."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from db import people, visits
from practice import porch as ids
from practice.page import views
from tests.members import member
from tests.visited import a_visit, counted, each_day

TODAY = datetime.now(UTC).date()


@pytest.fixture
def porch(wiped):
    return wiped


@pytest.fixture(autouse=True)
async def nobody_yet(porch):
    await porch.store.pool.execute("truncate visit_days, visits, visit_exclusions")


async def ask(porch, who="owner", **options):
    return await porch.practice.command("stats", options, who=who)


def fields(embed):
    return {each["name"]: each["value"] for each in embed["fields"]}


async def test_the_owner_gets_figures_lists_and_a_drawn_chart_for_their_eyes_only(porch):
    store = porch.store
    await counted(store, [(day, "total", "", 6, 2, 1) for day in each_day(TODAY, 7)])
    before = TODAY - timedelta(days=8)
    await counted(store, [(before, "total", "", 6, 6, 7), (TODAY - timedelta(days=14), "total", "", 1, 1, 1)])
    await counted(store, [(TODAY, "bot", "Googlebot", 12, 0, 0)])
    await counted(store, [(TODAY, "path", f"/blog/{n}_**bold**", 9, 9 - n, 0) for n in range(7)])
    await a_visit(store, datetime.now(UTC), 1)
    answer = await ask(porch, days=7)
    assert answer.ephemeral
    [embed] = answer.message.embeds
    told = fields(embed)
    assert (embed["title"], embed["url"]) == ("Visitors, the last 7 days", "https://porch.example/stats?days=7")
    assert told["Visitors"] == "**14**\n▲ 100 % more"
    assert ":00. Who comes on two days" in embed["footer"]["text"], "the rest of today is not compared"
    assert told["Most read"].splitlines()[0] == r"9 · /blog/0\_\*\*bold\*\*"
    assert told["Most read"].splitlines()[-1] == "and 2 more"
    assert told["Bots"] == "12 · Googlebot"
    assert embed["description"] == "1 here in the last five minutes."
    [picture] = answer.message.attachments
    assert embed["image"]["url"] == f"attachment://{picture.filename}"
    assert "Visitors and views, the last 7 days" in picture.description


async def test_the_practice_discord_shows_the_chart_within_the_embed(porch):
    await counted(porch.store, [(TODAY, "total", "", 6, 2, 1)])
    answer = await ask(porch)
    shown = views.message(porch.practice.world, answer.message)
    assert shown["attachments"] == []
    url = porch.practice.page_url.rstrip("/") + shown["embeds"][0]["image"]["nearby"]
    async with aiohttp.ClientSession() as session, session.get(url) as found:
        assert (found.status, found.content_type) == (200, "image/png")
        assert await found.read() == answer.message.attachments[0].data


async def test_of_an_empty_house_there_is_a_sentence_and_no_picture(porch):
    answer = await ask(porch)
    [embed] = answer.message.embeds
    assert embed["description"] == "Nobody was counted in these days."
    assert not answer.message.attachments
    assert "image" not in embed


async def test_even_the_longest_keys_fit(porch):
    await counted(porch.store, [(TODAY, "total", "", 6, 2, 1)])
    await counted(
        porch.store,
        [(TODAY, kind, f"{n}{'*' * 290}", 9, 9, 0) for kind in ("path", "referrer", "bot") for n in range(9)],
    )
    [embed] = (await ask(porch, days=365)).message.embeds
    assert all(len(value) <= 1024 for value in fields(embed).values())


async def test_nobody_else_gets_any(porch):
    answer = await ask(porch, who="Mika")
    assert answer.content == "Only the owner of the site can do this."
    assert not answer.message.embeds


async def test_it_is_hidden_from_others_in_discord(porch):
    by_name = {each["name"]: each for each in porch.practice.world.commands.values()}
    assert int(by_name["stats"]["default_member_permissions"]) == 8


async def test_the_owner_leaves_their_own_visits_out_and_takes_them_in_again(porch):
    for _ in range(2):  # said twice it is the same
        out = await ask(porch, exclude="me")
        owner = await people.by_discord(porch.store.pool, ids.OWNER)
        assert out.content.startswith("Your own visits are not counted")
        assert await visits.is_excluded(porch.store.pool, owner.id)
    assert "logged in as the owner is never counted" in out.content
    assert (await ask(porch, exclude="not me")).content.startswith("Your own visits are counted")
    assert not await visits.is_excluded(porch.store.pool, owner.id)


async def test_a_linked_member_does_so_for_themselves_and_one_who_is_not_is_told_why_not(porch):
    refused = await ask(porch, who="Mika", exclude="me")
    assert refused.content.startswith("No account on the site is linked with you here")
    mika = await member(porch.store, "mika", "Mika", discord_id=ids.MEMBERS["Mika"])
    answer = await ask(porch, who="Mika", exclude="me")
    assert answer.content == (
        "Your own visits are not counted where you are logged in on the site. What was counted before stays."
    )
    assert await visits.is_excluded(porch.store.pool, mika.id)
