import pytest

from web.pages import local_path, url_for


async def test_the_address_of_a_route_comes_from_its_name_and_the_rest_is_the_query(shell):
    assert url_for(shell, "test.page", {}) == "/page"
    assert url_for(shell, "test.page", {"before": 5, "q": "a&b"}) == "/page?before=5&q=a%26b"
    assert url_for(shell, "test.room", {"slug": "a b?", "after": 1}) == "/rooms/a%20b%3F?after=1"


async def test_a_page_knows_what_every_page_knows(visitor, store):
    store.presence.owner = "idle"
    page = await (await visitor.get("/page", headers={"Cookie": "theme=dark"})).text()
    assert "<p>idle dark /page </p>" in page


async def test_only_the_owner_sees_the_owners_banner(visitor, store):
    store.discord.connection_sentence = "The token is wrong."
    assert "token" not in await (await visitor.get("/page")).text()
    await visitor.post("/join", data={"name": "Ada"})
    assert "token" not in await (await visitor.get("/page")).text()
    await store.pool.execute("update people set owner = true")
    assert "The token is wrong." in await (await visitor.get("/page")).text()


async def test_names_are_escaped_where_pages_show_them(visitor):
    await visitor.post("/join", data={"name": "<script>alert(1)</script>"})
    assert "&lt;script&gt;" in await (await visitor.get("/page")).text()


async def test_a_template_that_asks_for_what_is_not_there_is_a_fault(visitor, templates):
    (templates / "page.html").write_text("{{ forgotten }}")
    assert (await visitor.get("/page")).status == 500


async def test_a_removed_person_is_nobody(visitor, store):
    await visitor.post("/join", data={"name": "Ada"})
    await store.pool.execute("delete from people")
    answer = await visitor.get("/page")
    assert (answer.status, "nobody" in await answer.text()) == (200, True)


async def test_the_theme_is_kept_and_forgotten(visitor):
    answer = await visitor.post("/theme", data={"theme": "dark", "next": "/page?words=hi"}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/page?words=hi")
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert "dark" in await (await visitor.get("/page")).text()
    await visitor.post("/theme", data={"theme": "system"}, allow_redirects=False)
    assert "system" in await (await visitor.get("/page")).text()


@pytest.mark.parametrize("theme", ["", "DARK", "dark; Path=/x", "\x00", "é"])
async def test_a_theme_that_there_is_not_means_like_the_system(visitor, theme):
    answer = await visitor.post("/theme", data={"theme": theme}, allow_redirects=False)
    assert answer.status == 303
    assert "Max-Age=0" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("path", ["/", "/hangout", "/hangout?before=5#m5", "/a/b%20c"])
def test_a_path_of_this_site_is_gone_back_to(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example",
     "/\n/evil.example", "/a\r\nSet-Cookie: x=y", "/é", "/" + "a" * 3000, " /x", "evil"],
)  # fmt: skip
def test_what_leads_elsewhere_leads_home(path):
    assert local_path(path) == "/"


async def test_a_theme_from_another_site_is_refused(visitor):
    answer = await visitor.post("/theme", data={"theme": "dark"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status, "Set-Cookie" in answer.headers) == (403, False)
