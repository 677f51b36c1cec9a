"""Hostile names and words: they are shown as what they are, run nowhere, reach for nobody and ring nobody's phone."""

from playwright.async_api import expect

from tests.cogs.conftest import until

SCRIPTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "</template></script><script>alert(1)</script>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<base href=https://evil.example/><form action=https://evil.example/><button>Send</button></form>",
    "<style>@import 'https://evil.example/x.css';</style><link rel=stylesheet href=https://evil.example>",
    "{{ 7*7 }}${alert(1)}<%= 7 %>",
]
MARKUP = [
    "[click me](javascript:alert(1))",
    "[click me](data:text/html,<script>alert(1)</script>)",
    '[x](https://a.example/"onmouseover="alert(1)) ![x](https://evil.example/x.png)',
    "<https://evil.example/<script>alert(1)</script>> https://evil.example/?<b onclick=alert(1)>",
    "**bold <img src=x onerror=alert(1)> ||spoiler <svg onload=alert(1)>||**",
    "```html\n<script>alert(1)</script>\n``` `<script>alert(1)</script>`",
    '<:x" onerror=alert(1) :1> <a:<script>alert(1)</script>:2> <@!1"><script>alert(1)</script>>',
    '<t:99999999999999999999:R> <t:0:"onload=alert(1)> <t:8640000000001:F>',
    "# <h1 onclick=alert(1)>\n> <script>alert(1)</script>\n- <img src=//evil.example/x>",
    "*" * 900 + "_" * 900,
    "||" * 900,
    "[" * 900 + "](" * 400,
    "> " * 900,
]
SIGNS = [
    "\u202eevil \u2066hidden\u2069 \u200f\u061c end",
    "Z\u0310\u0310\u0310\u0310" * 200,
    "\u0000\u0007\u001b[31mred\ufeff\ufffe",
    "@everyone @here <@&1100000000000000201> <@1100000000000000001>",
    "W" * 1900,
]
CORPUS = SCRIPTS + MARKUP + SIGNS
NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe",
    "{{ 7*7 }} @everyone",
    "W" * 32,
]

# What no message may have become on a page: markup beside the kinds that the renderer knows, and live attributes.
LEAKS = """[...document.querySelectorAll(".messages *, .heard *")].flatMap((element) => {
    const leaks = [...element.attributes].map(({ name }) => name).filter((name) => /^on|^style$|^srcdoc$/.test(name));
    if (/^(script|style|link|iframe|form|base|svg|object|h1)$/i.test(element.tagName)) leaks.push(element.tagName);
    if (element.href && !/^https?:/.test(element.href)) leaks.push(element.href);
    return leaks;
})"""


async def test_hostile_words_from_both_sides_run_nowhere_and_ring_nobody(visit, house, practice):
    windows = visit.windows
    windows.own.add(f"{practice.host}:{practice.port}")
    windows.bear("status of 404")  # an emoji that does not exist
    discord = await windows.open(practice.page_url)
    page = await visit(name="Ada", width=320)
    for place, words in enumerate(CORPUS):
        practice.say("Mika", f"{place} {words}")
        await house.say(f"{place} {words}", name="Bea")
    last = f"{len(CORPUS) - 1} W"
    for window in (page, discord):
        await expect(window.locator(".message .content", has_text=last)).to_have_count(2, timeout=15_000)
    reread = await visit(width=320)
    porch = await visit("/")
    for window in (page, reread, porch):
        assert await window.evaluate(LEAKS) == []
        assert await window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.locator(".message").count() == 2 * len(CORPUS)
    assert not [ping for ping in practice.pings if ping.message_id in {one.id for one in relayed(practice)}]


def relayed(practice):
    return [one for one in practice.messages() if one.webhook_id]


async def test_hostile_names_are_shown_as_names(visit, house, practice):
    page = await visit()
    mika = practice.member("Mika").user.id
    for place, name in enumerate(NAMES):
        joined = await page.request.post(f"{house.url}/hangout/join", form={"name": name})
        assert joined.status == 200
        form = {"content": f"I am number {place}", "nonce": f"{place}"}
        assert (await page.request.post(f"{house.url}/hangout", form=form)).status == 200
        practice.rename(mika, name)
        practice.say(mika, f"and I am {place}")
    await expect(page.locator(".message")).to_have_count(2 * len(NAMES))
    for window in (page, await visit(width=320), await visit("/", width=320)):
        assert await window.evaluate(LEAKS) == []
        assert await window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "\u202e" not in await page.content()
    await until(lambda: len(relayed(practice)) == len(NAMES))


async def test_hostile_forms_and_addresses_get_a_page_and_never_a_fault(visit, house):
    visit.windows.bear("status of (422|404)")
    page = await visit("/hangout?before=<script>alert(1)</script>")
    for words in CORPUS:
        for form in ({"name": words, "content": words}, {"name": words * 9}):
            answer = await page.request.post(f"{house.url}/hangout/join", form=form)
            assert answer.status in {200, 422}
    for words in SCRIPTS:
        await page.goto(f"{house.url}/hangout")
        await page.get_by_label("Your message").fill(words.ljust(2001, "x"))
        await page.evaluate("document.querySelector('.composer').submit()")  # past our own script
        await expect(page.locator("#say-error")).to_contain_text("2,001 characters")
        await expect(page.get_by_label("Your message")).to_have_value(words.ljust(2001, "x"))
    await page.goto(f"{house.url}/<script>alert(1)</script>?<img src=x onerror=alert(1)>")
    await expect(page.get_by_role("heading")).to_have_text("Nobody lives at this address")
