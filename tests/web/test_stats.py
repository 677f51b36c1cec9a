"""/stats, its exports, and the number on the page of a post."""

import csv
import html
import io
import json
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db.config import Analytics
from tests.members import NOON, member
from tests.posted import a_post
from tests.visited import a_visit, counted, each_day
from web import make_app, stats

TODAY = datetime.now(UTC).date()
SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
async def robin(store):
    return await member(store, "robin", "Robin", role="author", owner=True)


@pytest.fixture
async def mine(enter, robin):
    return await enter(robin)


async def text(client, path="/stats", status=200):
    async with client.get(path) as answer:
        assert answer.status == status
        return html.unescape(await answer.text())


def words_of(page):
    """What stands on it, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def some_days(store):
    """Thirty days with two visitors each, and thirty with one before; and one more."""
    every = each_day(TODAY, 61)
    await counted(store, [(day, "total", "", 3 if n < 31 else 6, 1 if n < 31 else 2, 1) for n, day in enumerate(every)])
    await counted(store, [(TODAY, "hour", "9", 6, 2, 0), (TODAY, "browser", "Firefox", 6, 2, 1)])


async def test_an_empty_house_says_what_will_be_here(mine):
    page = words_of(await text(mine))
    assert "Nobody was counted yet" in page
    assert "Where visitors come from" in page
    assert "Countries" not in page


async def test_the_figures_are_compared_with_the_days_before_by_sign_and_in_words(store, mine):
    await some_days(store)
    await a_visit(store, datetime.now(UTC) - timedelta(seconds=30), 1)
    page = words_of(await text(mine))
    assert "Visitors 60 ▲ 100 % more" in page
    assert "Confirmed 30 = as many 50 % of the visitors" in page
    assert ":00, for today is not over" in page
    assert "1 here in the last five minutes" in page


async def test_every_period_is_a_link_and_the_present_one_says_so(store, mine):
    await some_days(store)
    for days in (1, 7, 30, 90, 365):
        page = await text(mine, f"/stats?days={days}")
        assert re.findall(r'href="/stats\?days=(\d+)" aria-current="page"', page) == [str(days)]
    first = (TODAY - timedelta(days=9)).isoformat()
    page = await text(mine, f"/stats?first={first}&last={TODAY - timedelta(days=1)}")
    assert "Visitors 18" in words_of(page)
    assert "aria-current" not in page.partition('class="periods"')[2].partition("</nav>")[0]


async def test_the_chart_has_a_table_with_the_same_numbers_and_a_single_day_has_hours(store, mine):
    await some_days(store)
    page = await text(mine, "/stats?days=7")
    assert page.count('<rect class="bar"') == 7
    assert page.count('<th scope="row">' + TODAY.strftime("%a")) == 1
    assert 'role="img" aria-label="Visitors and views by day' in page
    hours = words_of(await text(mine, "/stats?days=1"))
    assert "09:00 to 09:59 2 6 10:00 to 10:59 0 0" in hours


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("days=0", "Choose 1 to 365 days."),
        ("days=999999999999999999999", "Choose 1 to 365 days."),
        ("days=-3", "Choose 1 to 365 days."),
        ("first=2020-01-01&last=2019-01-01", "The last day is before the first one."),
        ("first=tomorrow", "Write the first day like 2026-05-01."),
        ("first=2020-01-01&last=9999-01-01", "This day is still to come."),
        ("first=%00&last=%FF", "Write the first day like 2026-05-01."),
    ],
)
async def test_days_that_cannot_be_shown_get_a_sentence_and_what_was_typed(mine, query, sentence):
    page = await text(mine, f"/stats?{query}", 422)
    assert f'role="alert">{sentence}' in page
    if "tomorrow" in query:
        assert 'value="tomorrow"' in page
    async with mine.get(f"/stats.json?{query}", headers={"Accept": "text/html"}) as answer:
        assert (answer.status, (await answer.json())["error"]["message"]) == (422, sentence)
    async with mine.get(f"/stats.csv?{query}", headers={"Accept": "text/html"}) as answer:
        assert (answer.status, answer.content_type, await answer.text()) == (422, "text/plain", f"{sentence}\n")


async def test_what_strangers_sent_does_nothing_on_the_page(store, mine):
    await some_days(store)
    bad = [f"/{SCRIPT}", "//evil.example", "javascript:alert(1)", "/\\evil.example", "/a\x1b]0;x\x07", "/\u202egnp"]
    await counted(store, [(TODAY, kind, key, 5, 5, 0) for kind in ("path", "link", "missing", "bot") for key in bad])
    async with mine.get("/stats") as answer:
        page = await answer.text()
    assert "<script>alert" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert not re.search(r'href="(?://|javascript|/\\|https://evil|[^"]*script&gt;)', page)


async def test_links_lead_to_posts_by_their_titles_and_to_other_sites_without_telling(store, ann, mine):
    await a_post(store, ann, "porches", title="On porches")
    await a_post(store, ann, "secret", title="Not out yet", state="draft", published_at=None)
    await some_days(store)
    await counted(store, [(TODAY, "path", f"/blog{slug}", 5, 5, 0) for slug in ("/porches", "/secret", "porches")])
    await counted(
        store, [(TODAY, "link", "blog.example.com/a", 5, 5, 0), (TODAY, "path", "/people/{username}", 1, 1, 0)]
    )
    page = await text(mine)
    assert '<a href="/blog/porches"><bdi>On porches</bdi></a>' in page
    assert '<a href="/blogporches"><bdi>/blogporches</bdi></a>' in page, "which is another page"
    assert "Not out yet" not in page
    assert '<a href="https://blog.example.com/a" rel="nofollow noopener noreferrer">' in page
    assert 'href="/people/{' not in page


async def test_own_pages_have_names_and_what_only_a_query_tells_is_no_link(store, mine):
    await some_days(store)
    paths = ("/privacy", "/blog/tags/oil%20lamps", "/blog/archive/2026", "/chats/{room}", "/blog/{slug}/comments/{id}")
    await counted(store, [(TODAY, "path", path, 5, 5, 0) for path in paths])
    asked = ("news.ycombinator.com/item", "youtube.com/watch", "a.example/forum/viewtopic.php")
    await counted(store, [(TODAY, "link", path, 5, 5, 0) for path in (*asked, "b.example/items", "c.example")])
    page = words_of(await text(mine))
    for name in ("Privacy /privacy", "Tag: oil lamps", "Posts of 2026", "A chat", "A comment"):
        assert name in page
    page = await text(mine)
    assert [path for path in asked if f'href="https://{path}"' in page] == []
    assert 'href="https://b.example/items"' in page
    assert 'href="https://c.example"' in page


async def test_each_page_has_numbers_of_its_own_and_a_way_back(store, ann, mine):
    await a_post(store, ann, "porches", title="On porches")
    await some_days(store)
    yesterday = TODAY - timedelta(days=1)
    await counted(store, [(TODAY, "path", "/blog/porches", 5, 4, 1), (yesterday, "path", "/blog/porches", 9, 8, 2)])
    page = await text(mine, "/stats?days=7")
    [way] = re.findall(r'class="numbers" href="([^"]+)"', page)
    page = await text(mine, way)
    assert "On porches Visitors" not in words_of(page)
    assert "<h1><bdi>On porches</bdi></h1>" in page
    assert '<a href="/blog/porches"><bdi>/blog/porches</bdi></a>' in page
    assert '<a href="/stats?days=7">All numbers of these days</a>' in page
    assert "Visitors 12 none before Views 14 none before Confirmed 3 none before 25 % of the visitors" in words_of(page)
    assert page.count('<rect class="bar"') == 2
    assert 'href="/stats?days=30&path=/blog/porches"' in page
    assert "compared by whole days only" in await text(mine, "/stats?days=1&path=/blog/porches")
    for nobody in ("/blog/unread", "%00", f"/{SCRIPT}"):
        await text(mine, f"/stats?path={nobody}", 404)


async def test_a_long_list_is_read_in_full_page_by_page(store, mine):
    await some_days(store)
    await counted(store, [(TODAY, "link", f"site{n:03}.example.com/p", 1, 200 - n, 0) for n in range(120)])
    page = await text(mine, "/stats?days=7")
    assert '<a href="/stats?list=link&days=7">All 120' in page
    seen = []
    for number in (1, 2, 3):
        page = await text(mine, f"/stats?days=7&list=link&page={number}")
        seen += re.findall(r"<bdi>(site\d+)", page)
    assert seen == [f"site{n:03}" for n in range(120)]
    for wrong in ("list=link&page=4", "list=link&page=0", "list=total", "list=country"):  # no file to know them by
        await text(mine, f"/stats?{wrong}", 404)


@pytest.mark.usefixtures("in_one_moment")
@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
async def test_nobody_else_sees_them_unless_they_are_public(store, ending, enter, ada, aiohttp_client):
    await some_days(store)
    await counted(store, [(TODAY, "country", "AT", 6, 2, 0)])
    stranger = await enter()
    async with stranger.get(f"/stats{ending}", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"/login?next=/stats{ending}")
    await text(await enter(ada), f"/stats{ending}", 404)
    store.config = msgspec.structs.replace(store.config, analytics=Analytics(public=True, country_database="x.mmdb"))
    public = await aiohttp_client(make_app(store))
    answer = await public.get(f"/stats{ending}")
    assert answer.status == 200
    assert "noindex" in answer.headers["X-Robots-Tag"]
    if not ending:
        page = await answer.text()
        assert "Austria" in page
        assert '<a href="/stats">Visitors</a>' in page.partition("<footer")[2]
        for _ in range(stats.BURST):
            answer = await public.get("/stats")
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")


async def test_public_numbers_tell_nobody_of_a_post_that_is_not_listed(store, ada, mine, aiohttp_client):
    await a_post(store, ada, "hidden-lamp", title="The hidden lamp", state="unlisted")
    await a_post(store, ada, "half-a-thought", title="Half a thought", state="draft")
    await a_post(store, ada, "open-door", title="The open door")
    paths = [(TODAY, "path", f"/blog/{slug}", 3, 2, 1) for slug in ("hidden-lamp", "open-door")]
    await counted(store, [*paths, (TODAY, "missing", "/blog/Half-a-thought/", 1, 0, 0), (TODAY, "total", "", 6, 2, 1)])
    store.config = msgspec.structs.replace(store.config, analytics=Analytics(public=True))
    public = await aiohttp_client(make_app(store))
    for ending in ("", "?list=path", "?list=missing", ".csv", ".json"):
        told, own = await text(public, f"/stats{ending}"), await text(mine, f"/stats{ending}")
        assert not re.search("hidden.lamp|half.a.thought", told, re.IGNORECASE)
        assert "(not listed)" in told
        assert "hidden-lamp" in own or "Half-a-thought" in own
    await text(public, "/stats?path=/blog/hidden-lamp", 404)
    assert "open-door" in await text(public, "/stats.csv")


async def test_the_csv_has_every_sum_and_nothing_that_a_spreadsheet_would_compute(store, mine):
    keys = ["/plain", "=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "\uff1d1", 'quo"te,comma', "two\r\nlines", "\x1b[2J"]
    await counted(store, [(TODAY, "link", key, 3, 2, 1) for key in keys])
    await counted(store, [(TODAY - timedelta(days=7), "link", "/too-old", 1, 1, 1)])
    async with mine.get("/stats.csv?days=7") as answer:
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="visitors-')
        rows = list(csv.reader(io.StringIO(await answer.text(), newline="")))
    assert rows[0] == ["day", "kind", "key", "views", "visitors", "confirmed"]
    assert {row[2] for row in rows[1:]} == {
        "/plain", "'=HYPERLINK(1)",
        "'+1", "'-1", "'@x", "'\t=1", "'\uff1d1", 'quo"te,comma', "two\r\nlines", "\ufffd[2J",
    }  # fmt: skip
    assert {(row[0], row[1], *row[3:]) for row in rows[1:]} == {(TODAY.isoformat(), "link", "3", "2", "1")}


async def test_the_json_is_one_object_with_the_same_sums_however_many(store, mine, monkeypatch):
    monkeypatch.setattr(stats, "TOGETHER", 7)
    async with mine.get("/stats.json") as answer:
        assert (await answer.json())["rows"] == []
    await some_days(store)
    async with mine.get("/stats.json?days=30") as answer:
        assert answer.content_type == "application/json"
        told = json.loads(await answer.text())
    assert told["totals"] == {"views": 180, "visitors": 60, "confirmed": 30, "bots": 0}
    assert (told["last"], told["timezone"], len(told["rows"])) == (TODAY.isoformat(), "UTC", 32)
    assert told["rows"][0] == {
        "day": (TODAY - timedelta(days=29)).isoformat(),
        "kind": "total", "key": "", "views": 6, "visitors": 2, "confirmed": 1,
    }  # fmt: skip


async def test_the_owner_finds_the_way_there_in_their_menu_and_nobody_else(mine, enter, ada):
    assert '<a href="/stats">Visitors</a>' in await text(mine, "/")
    assert "/stats" not in await text(await enter(ada), "/")
    assert "/stats" not in await text(await enter(), "/")


async def test_author_and_owner_see_how_often_a_post_was_read_under_all_its_addresses(store, ann, ada, mine, enter):
    post = await a_post(store, ann, "porches")
    await store.pool.execute("insert into slugs (slug, post_id, created_at) values ('old', $1, $2)", post.id, NOON)
    author = await enter(ann)
    assert "Not read yet" in await text(author, "/blog/porches")
    await counted(store, [(TODAY, "path", "/blog/porches", 1200, 5, 0), (TODAY, "path", "/blog/old", 34, 5, 0)])
    for client in (author, mine):
        assert "Read 1,234 times" in await text(client, "/blog/porches")
    for client in (await enter(ada), await enter(), await enter(await member(store, "other", role="author"))):
        page = await text(client, "/blog/porches")
        assert "Read 1" not in page
        assert 'class="reads"' not in page


async def test_without_a_database_an_export_is_no_half_a_file(store, mine, monkeypatch):
    async def away(*_):
        raise ConnectionRefusedError

    monkeypatch.setattr("db.visits.totals", away)
    async with mine.get("/stats.csv", headers={"Accept": "text/html"}) as answer:
        assert answer.status == 503
