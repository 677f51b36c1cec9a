"""Comments in a real browser: without a script, in two windows at once, for everybody and on any screen."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from playwright.async_api import expect

from db import comments, people
from db.comments import Trap
from db.config import Comments
from tests.browser.test_accessible import LONG, faults
from tests.browser.windows import PHONE
from tests.members import member
from tests.posted import a_post

POST = "/blog/first-light"


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, comments=Comments(per_minute=1000))


@pytest.fixture
async def owner(house):
    return await member(house.store, "robin", owner=True)


@pytest.fixture
async def post(house, owner):
    now = datetime.now(UTC) - timedelta(hours=1)
    words = "<p>Every evening somebody turns the lamp on, and the moths come.</p>"
    return await a_post(house.store, owner, published_at=now, created_at=now, updated_at=now, html=words)


async def brought(house, person, post, content, reply_to=None):
    return await comments.post(
        house.store, person, post, content, content[:9], datetime.now(UTC), network="", reply_to=reply_to, trap=Trap()
    )


async def test_without_a_script_one_comments_answers_likes_and_the_owner_decides(visit, house, windows, owner, post):
    windows.bear("status of 422")
    plain = {"java_script_enabled": False}
    said = await brought(house, owner, post, "Ask me anything")
    page = await visit(POST, width=PHONE, **plain)
    await page.get_by_label("Your name").fill("Robin")
    await page.get_by_label("Your comment").fill("What about **rain**?")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator(".look strong")).to_have_text("rain")
    await page.get_by_role("button", name="Post comment").click()
    await expect(page.locator("#comment-name-error")).to_contain_text("belongs to the house")
    await expect(page.get_by_label("Your comment")).to_have_value("What about **rain**?")
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_role("button", name="Post comment").click()
    await expect(page.locator(".waiting-list")).to_contain_text("waiting for approval")
    await page.get_by_role("button", name="Like the comment of Robin").click()
    await expect(page.locator(f"#comment-{said.message_id} .votes")).to_have_text("1")
    await page.get_by_role("link", name="Reply to Robin").click()
    await page.get_by_label("Your reply").fill("And snow?")
    await page.get_by_role("button", name="Post comment").click()
    robin = await visit(POST, person=owner, **plain)
    await robin.get_by_role("button", name="Approve the comment of Ada").first.click()
    await robin.get_by_role("button", name="Approve the comment of Ada").click()
    await page.goto(house.url + POST)
    await expect(page.locator(".replies .content")).to_have_text("And snow?")
    await expect(page.locator(".how-many")).to_have_text("3")


async def test_two_windows_see_each_other_comment_like_and_take_back(visit, house, owner, post):
    first = await brought(house, owner, post, "Ask me anything")
    reader = await visit(POST, width=PHONE)
    robin = await visit(POST, person=owner)
    await robin.get_by_role("link", name="Reply to Robin").click()
    await robin.get_by_label("Your comment").fill("I answer *myself*")
    await robin.get_by_role("button", name="Preview").click()
    await expect(robin.locator(".look em")).to_have_text("myself")
    await robin.get_by_role("button", name="Post comment").click()
    for page in (robin, reader):
        await expect(page.locator(f"[data-top='{first.message_id}'] .replies em")).to_have_text("myself")
        await expect(page.locator(".how-many")).to_have_text("2")
    await expect(robin.get_by_label("Your comment")).to_have_value("")
    await expect(robin.get_by_role("link", name="Edit or delete your comment")).to_have_count(2)
    await reader.locator(f"#comment-{first.message_id} .heart").click()
    for page in (robin, reader):
        await expect(page.locator(f"#comment-{first.message_id} .votes")).to_have_text("1")
    await expect(reader.locator(f"#comment-{first.message_id} .heart")).to_have_attribute("aria-pressed", "true")
    await comments.delete(house.store, owner, first.id + 1, datetime.now(UTC))
    await expect(reader.locator(".replies li")).to_have_count(0)
    await expect(reader.locator(".how-many")).to_have_text("1")


async def test_what_waited_on_an_open_page_becomes_the_comment_that_its_author_may_change(visit, house, owner, post):
    ada = await member(house.store, "ada")
    page = await visit(POST, person=ada)
    await page.get_by_label("Your comment").fill("Hello, lamp")
    await page.get_by_role("button", name="Post comment").click()
    await expect(page.locator(".waiting-list")).to_contain_text("Only you see this yet")
    await expect(page.locator(".nobody")).to_be_hidden()
    await page.reload()
    await expect(page.locator(".nobody")).to_be_hidden()
    await page.locator("#comments").scroll_into_view_if_needed()
    [waits] = await comments.waiting(house.store.pool, post.id)
    await comments.decide(house.store, waits.id, "approve", owner, datetime.now(UTC))
    await expect(page.locator(".threads .change")).to_have_text("Edit or delete your comment")
    await expect(page.locator(".waits")).to_have_count(0)


async def test_axe_finds_nothing_below_a_post_and_nothing_sticks_out(visit, house, owner, post):
    said = await brought(house, owner, post, "Ask me anything\n> quoted\n`code` ||spoiler||")
    await brought(house, owner, post, LONG * 3, reply_to=said.message_id)
    ada = await people.add_visitor(house.store.pool, "W" * 32)
    waits = await brought(house, ada, post, f"https://example.com/{LONG}")
    page = await visit(POST, person=owner)
    await expect(page.locator(".to-decide")).to_be_visible()
    assert await faults(page) == []
    await page.goto(f"{house.url}/comments/{waits.id}")
    assert await faults(page) == []
