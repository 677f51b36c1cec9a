"""Mastodon's card: the latest post that everybody may read, and nothing of its markup but paragraphs and links."""

import json

import pytest

from cogs.integrations._posts import SHOWN_MAX, cleaned, without
from practice.sources import Fault
from practice.sources.mastodon import STEP

REL = 'rel="nofollow noopener ugc"'
ACCOUNT = {"id": "1", "username": "robin", "acct": "robin", "display_name": "", "url": "https://social.example/@robin"}
POST = {
    "id": "7",
    "account": ACCOUNT,
    "created_at": "2026-05-29T10:00:00.000Z",
    "content": "<p>hello</p>",
    "visibility": "public",
}


async def shown(desk, *statuses):
    desk.known.clear()  # so that it asks who it is
    desk.fail("mastodon", None, Fault(body=json.dumps([{**POST, **one} for one in statuses])))
    return await desk.ask("mastodon")


async def test_each_kind_of_post_is_told_as_its_card_draws_it(desk):
    found = []
    for _ in range(4):
        found.append(await desk.ask("mastodon"))
        desk.clock[0] += STEP
    moths, pictures, cake, poll = (one.data for one in found)
    assert (moths["name"], moths["handle"], moths["at"]) == (
        "Robin",
        "@robin@mastodon.example",
        "2026-05-29T12:00:00+00:00",
    )
    link = f'<a href="https://example.org/a/porch/at/night" {REL}>example.org/a/porch…</a>'
    assert moths["html"] == f"<p>The moths are back at the lamp.<br>Somebody wrote about it: {link}</p>"
    assert moths["link"] == {"url": "https://example.org/a/porch/at/night", "title": "A porch at night"}
    assert pictures["pictures"] == [
        {"key": "0", "alt": "moth"},
        {"key": "1", "alt": "lamp"},
        {"key": "2", "alt": "moth again"},
    ]
    assert await desk.outbound("mastodon").picture(found[1].pictures["2"])
    assert (cake["warning"], cake["is_sensitive"], cake["html"]) == ("Food", True, "<p>It tastes of cinnamon.</p>")
    assert (poll["poll"], moths["poll"], moths["warning"]) == (True, False, None)


async def test_who_it_is_is_asked_once_and_then_only_for_what_is_new(desk):
    for _ in range(3):
        await desk.ask("mastodon", account="@robin")
    assert [path.partition("?")[0].split("/")[-1] for path in desk.asked("mastodon")] == ["lookup", *["statuses"] * 3]


async def test_what_not_everybody_may_read_and_what_is_not_said_to_everybody_is_passed_over(desk):
    hidden = [{"visibility": kind} for kind in ("private", "direct", "something new")]
    found = await shown(
        desk, *hidden, {"in_reply_to_id": "3"}, {"reblog": POST}, {"visibility": "unlisted", "content": "this"}, {}
    )
    assert found.data["html"] == "<p>this</p>"
    assert (found.data["name"], found.data["handle"]) == ("robin", "@robin@social.example")


async def test_without_any_post_there_is_no_card_any_more(desk):
    for statuses in ([], [{"visibility": "private"}]):
        assert (await shown(desk, *statuses)).data == {}


async def test_of_moving_pictures_the_preview_is_shown_and_of_sounds_nothing(desk):
    kinds = ("audio", "video", "unknown", "gifv", *["image"] * 4)
    media = [{"type": kind, "preview_url": f"https://files.example/{n}.png"} for n, kind in enumerate(kinds)]
    found = await shown(desk, {"media_attachments": [*media, {"type": "image", "preview_url": "data:image/png,x"}]})
    assert list(found.pictures.values()) == [f"https://files.example/{n}.png" for n in (1, 3, 4, 5)]


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("<p>a &lt;b&gt; &amp; c</p>", "<p>a &lt;b&gt; &amp; c</p>"),
        ("no markup", "<p>no markup</p>"),
        ("<p>one<br />two</p><p></p><p>three</p>", "<p>one<br>two</p><p>three</p>"),
        ("<script>alert(1)</script><style>p{}</style><p onclick='x' class='y' style='z'>hi</p>", "<p>hi</p>"),
        ('<p><img src="https://x.example/t.gif" onerror="x">:blobcat:</p>', "<p>:blobcat:</p>"),
        ("<ul><li>milk</li><li>moths</li></ul>", "<p>milk</p><p>moths</p>"),
        ("<blockquote><p>said</p></blockquote><h1>Big</h1>", "<p>said</p><p>Big</p>"),
        ('<p><a href="javascript:alert(1)">click</a></p>', "<p>click</p>"),
        ('<p><a href="mailto:a@b.example">mail</a></p>', "<p>mail</p>"),
        ('<p><a href="https://bank.example@evil.example/">x</a></p>', "<p>x</p>"),
        ('<p><a href="/relative">x</a></p>', "<p>x</p>"),
        (
            '<p><a href="https://a.example" class="mention" target="_top">@<span>ada</span></a></p>',
            f'<p><a href="https://a.example" {REL}>@ada</a></p>',
        ),
        ("<p>a&#x202e;b&#0;c\u0007</p>", "<p>ab\ufffdc</p>"),
        ("<p>unclosed <a href='https://a.example'>link", f'<p>unclosed <a href="https://a.example" {REL}>link</a></p>'),
        ("", ""),
        ("<p> </p>", ""),
    ],
)
def test_of_markup_only_paragraphs_line_breaks_and_links_are_left(markup, html):
    assert cleaned(markup) == html


def test_pictures_that_only_their_server_has_are_taken_out_of_names_and_words_stay_readable():
    assert without("Robin :lamp: :other:", ["lamp", "(a+)+"]).split() == ["Robin", ":other:"]
    markup = '<p>My <a href="https://a.example/:lamp:/">:lamp:</a></p>'
    assert without(markup, ["lamp"], r"\1") == markup.replace(">:lamp:<", ">lamp<")
    assert without(markup, []) == markup


def test_a_long_post_ends_where_enough_is_said_and_leaves_nothing_open():
    html = cleaned("<p>" + "moth &amp; " * 5_000 + "</p>")
    assert html.startswith("<p>moth &amp; moth")
    assert html.endswith("…</p>")
    assert len(html.replace("&amp;", "&")) - len("<p></p>") <= SHOWN_MAX
    assert cleaned('<p>a <a href="https://a.example">b c d e</a></p>', 5) == (
        f'<p>a <a href="https://a.example" {REL}>b…</a></p>'
    )
    assert len(cleaned('<a href="https://a.example/">x</a>' * 10_000)) < 40_000
