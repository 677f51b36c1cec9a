"""Bluesky's card: the latest post, with links where its facets say so, and with what it shows beside its words."""

import json
from copy import deepcopy

import pytest

from cogs.integrations._outbound import SourceFailed
from practice.sources import Fault
from practice.sources.bluesky import STEP

REL = 'rel="nofollow noopener ugc"'
POST = {
    "uri": "at://did:plc:robin/app.bsky.feed.post/3kabc",
    "author": {"did": "did:plc:robin", "handle": "robin.example", "displayName": ""},
    "record": {"text": "hello", "createdAt": "2026-05-29T10:00:00Z"},
    "indexedAt": "2026-05-29T10:00:01Z",
}


async def shown(desk, *items, **changes):
    desk.fail("bluesky", Fault(body=json.dumps({"feed": [*items, {"post": {**deepcopy(POST), **changes}}]})))
    return await desk.ask("bluesky")


def facet(start, end, kind="link", **feature):
    features = [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}]
    return {"index": {"byteStart": start, "byteEnd": end}, "features": features}


async def test_each_kind_of_post_is_told_as_its_card_draws_it(desk):
    desk.clock[0] -= desk.clock[0] % (STEP * 3)
    found = []
    for _ in range(3):
        found.append(await desk.ask("bluesky"))
        desk.clock[0] += STEP
    evening, lamp, lines = (one.data for one in found)
    assert (evening["name"], evening["handle"]) == ("Robin", "@robin.example")
    assert evening["url"].startswith("https://bsky.app/profile/robin.example/post/3porch")
    assert evening["html"] == (
        "<p>Good evening from the porch 🌙 "
        f'<a href="https://example.org/porch-at-night" {REL}>example.org/porch-at-night</a> '
        f'<a href="https://bsky.app/hashtag/moths" {REL}>#moths</a></p>'
    )
    assert lamp["pictures"] == [{"key": "0", "alt": "A lamp, seen from the street"}]
    assert await desk.outbound("bluesky").picture(found[1].pictures["0"])
    mika = f'<a href="https://bsky.app/profile/did:plc:mikamikamikamikamikamika" {REL}>@mika.example</a>'
    assert lines["html"] == f"<p>Two lines.</p><p>And a thought after them, for {mika}</p>"


async def test_what_is_passed_on_and_what_is_answered_is_not_their_latest_post(desk):
    answered = {**POST, "record": {**POST["record"], "reply": {"root": {}, "parent": {}}}}
    others = [{"post": {"uri": "x"}, "reason": {"by": {}}}, {"post": {}, "reply": {"root": {}}}, {"post": answered}]
    record = {**POST["record"], "text": "to all"}
    assert (await shown(desk, *others, record=record)).data["html"] == "<p>to all</p>"


async def test_without_any_post_there_is_no_card_any_more(desk):
    desk.fail("bluesky", Fault(body='{"feed": []}'))
    assert (await desk.ask("bluesky")).data == {}


@pytest.mark.parametrize(
    "facets",
    [
        [facet(0, 4, uri="javascript:alert(1)")],
        [facet(-1, 4, uri="https://a.example")],
        [facet(0, 900, uri="https://a.example")],
        [facet(4, 4, uri="https://a.example")],
        [facet(5, 2, uri="https://a.example")],
        [facet(0, 4, "mention", did='"><script>')],
        [facet(0, 4, "tag", tag="a/b")],
        [facet(0, 4, "something new", uri="https://a.example")],
        [{"index": {"byteStart": 0, "byteEnd": 4}, "features": []}],
        None,
    ],
)
async def test_a_facet_that_cannot_be_leaves_the_words_as_they_are(desk, facets):
    record = {"text": "<b>hello</b>", "createdAt": "", "facets": facets}
    assert (await shown(desk, record=record)).data["html"] == "<p>&lt;b&gt;hello&lt;/b&gt;</p>"


async def test_of_facets_that_overlap_the_first_counts_and_half_a_character_is_lost(desk):
    record = {"text": "ab🌙cd", "facets": [facet(1, 4, uri="https://a.example"), facet(2, 7, uri="https://b.example")]}
    assert (await shown(desk, record=record)).data["html"] == f'<p>a<a href="https://a.example" {REL}>b</a>cd</p>'


async def test_a_link_beside_the_words_and_what_is_beside_a_quoted_post_are_told(desk):
    outside = {"$type": "app.bsky.embed.external#view", "external": {"uri": "https://a.example/", "title": "A page"}}
    assert (await shown(desk, embed=outside)).data["link"] == {"url": "https://a.example/", "title": "A page"}
    quoting = {"$type": "app.bsky.embed.recordWithMedia#view", "record": {"record": {}}, "media": outside}
    assert (await shown(desk, embed=quoting)).data["link"]["title"] == "A page"
    film = {"$type": "app.bsky.embed.video#view", "cid": "x", "thumbnail": "https://v.example/1.jpg", "alt": "A moth"}
    found = await shown(desk, embed=film)
    assert (found.pictures, found.data["pictures"]) == (
        {"0": "https://v.example/1.jpg"},
        [{"key": "0", "alt": "A moth"}],
    )
    quoted = {"$type": "app.bsky.embed.record#view", "record": {"uri": "at://x", "value": {}}}
    assert (await shown(desk, embed=quoted)).data["link"] is None


async def test_a_label_closes_the_pictures_and_the_time_is_not_after_it_was_seen(desk):
    record = {"text": "hello", "createdAt": "2031-01-01T00:00:00Z"}
    data = (await shown(desk, record=record, labels=[{"val": "porn", "src": "did:plc:robin"}])).data
    assert (data["is_sensitive"], data["at"]) == (True, "2026-05-29T10:00:01+00:00")
    assert (await shown(desk, labels=[{"val": "cozy"}])).data["is_sensitive"] is False


async def test_an_account_whose_domain_is_gone_is_reached_by_its_number(desk):
    author = {"did": "did:plc:robin", "handle": "handle.invalid"}
    data = (await shown(desk, author=author)).data
    assert (data["handle"], data["url"]) == (
        "@did:plc:robin",
        "https://bsky.app/profile/did:plc:robin/post/3kabc",
    )


async def test_nobody_of_that_name_is_for_the_owner_to_mend(desk):
    with pytest.raises(SourceFailed, match=r"no such account: look at \[bluesky\] handle") as failed:
        await desk.ask("bluesky", handle="nobody.example")
    assert failed.value.is_setup
