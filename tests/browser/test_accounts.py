"""The doors of members in a real browser: without JavaScript, on a phone and a desk, in light and dark."""

from playwright.async_api import expect

from tests.browser.test_accessible import faults
from tests.browser.windows import LIVE, PHONE
from tests.widths import at_both_widths

PASSWORD = "kettle umbrella 47 gravel"


async def fill(page, button, **fields):
    for label, text in fields.items():
        await page.get_by_label(label, exact=True).fill(text)
    await page.get_by_role("button", name=button).click()


async def register(page, house, username="ada"):
    await page.goto(f"{house.url}/register?next=/hangout")
    await fill(page, "Register", Name="Ada L", Username=username, Password=PASSWORD)


async def test_registering_and_coming_back_need_no_script(visit, house, windows):
    windows.bear("status of 422")
    page = await visit(java_script_enabled=False, width=PHONE)
    with at_both_widths(page):
        await fill(page, "Come in", **{"Your name": "Ada L"})
        await fill(page, "Send", **{"Your message": "from before"})
        await page.get_by_role("link", name="Keep this name").click()
        await expect(page.get_by_label("Name", exact=True)).to_have_value("Ada L")
        await fill(page, "Register", Username="ada", Password="password1234")
        await expect(page.locator("#password-error")).to_contain_text("first that somebody would try")
        await expect(page.get_by_label("Password")).to_be_focused()
        await expect(page.get_by_label("Password")).to_have_value("")
        await expect(page.get_by_label("Username")).to_have_value("ada")
        await fill(page, "Register", Password=PASSWORD)
        await expect(page.locator(".own-name")).to_have_text("Ada L")
        await expect(page.locator(".mine .content")).to_have_text("from before")
        await expect(page.get_by_role("link", name="Settings")).to_have_attribute("href", "/settings")
        await expect(page.get_by_role("button", name="Forget me")).to_have_count(0)
    other = await visit("/login?next=/hangout", java_script_enabled=False, width=PHONE)
    with at_both_widths(other):
        await fill(other, "Log in", Username="ada", Password="another password")
        await expect(other.locator("#form-error")).to_contain_text("do not belong together")
        await expect(other.get_by_label("Password")).to_be_focused()
        await fill(other, "Log in", Password=PASSWORD)
        await expect(other.locator(".mine .content")).to_have_text("from before")


async def test_axe_finds_nothing_at_the_doors_calm_or_refusing(visit, house, windows):
    windows.bear("status of 422")
    page = await visit("/register")
    assert await faults(page) == []
    await fill(page, "Register", Name="W" * 32, Username="w" * 32, Password="w" * 40)
    await expect(page.locator("#password-error")).not_to_be_empty()
    assert await faults(page) == []
    page = await visit("/login")
    assert await faults(page) == []
    await fill(page, "Log in", Username="ada", Password="another password")
    assert await faults(page) == []


async def test_axe_finds_nothing_in_a_members_hangout(visit, house):
    page = await visit(name="Guest")
    assert await faults(page) == []
    await register(page, house)
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()
    assert await faults(page) == []


async def test_a_browser_that_keeps_passwords_knows_the_fields(visit):
    kinds = {"/register": ("username", "new-password"), "/login": ("username", "current-password")}
    for path, wanted in kinds.items():
        page = await visit(path)
        for label, kind in zip(("Username", "Password"), wanted, strict=True):
            await expect(page.get_by_label(label, exact=True)).to_have_attribute("autocomplete", kind)
        await expect(page.get_by_label("Password")).to_have_attribute("type", "password")


async def test_a_password_can_be_pasted(visit):
    page = await visit("/login")
    await page.get_by_label("Username").fill(PASSWORD)
    await page.get_by_label("Username").press("Control+A")
    await page.get_by_label("Username").press("Control+X")
    await page.get_by_label("Password").press("Control+V")
    await expect(page.get_by_label("Password")).to_have_value(PASSWORD)


async def test_an_open_window_follows_who_logs_in_and_out_beside_it(visit, house, windows):
    page = await visit(name="Guest")
    beside = await windows.another(page.context, "about:blank")
    await register(beside, house)
    await expect(beside.locator(".own-name")).to_have_text("Ada L")
    await expect(page.locator(".own-name")).to_have_text("Ada L")
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()
    await expect(page.get_by_role("link", name="Keep this name")).to_be_hidden()
    await expect(page.get_by_role("button", name="Change name")).to_be_hidden()
    await page.context.request.post(f"{house.url}/logout")
    await expect(page.get_by_role("link", name="Settings")).to_be_hidden()
    await expect(page.locator(LIVE)).to_be_attached()


async def test_logging_out_clears_what_the_browser_kept_but_not_the_colours(visit, house):
    page = await visit()
    await register(page, house)
    await page.get_by_role("button", name="Colours").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    await page.get_by_label("Your message").fill("a draft that nobody else shall read")
    await page.evaluate("localStorage.setItem('hangout.test', 'kept')")
    await page.evaluate(
        """() => {
            const form = document.createElement("form");
            form.method = "post";
            form.action = "/logout";
            document.body.append(form);
            form.submit();
        }"""
    )
    await page.wait_for_url(f"{house.url}/")
    await expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert [cookie["name"] for cookie in await page.context.cookies()] == ["theme"]
