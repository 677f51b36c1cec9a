"""GitHub's card: the calendar with its streak, and activity that anybody may see."""

import json
import time
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from cogs.integrations._github_calendar import streak
from cogs.integrations._outbound import SourceFailed
from cogs.integrations.github import settled, site_of
from db.cards import Card
from practice.sources import Fault
from practice.sources.github import SECONDS, day
from tests.members import NOON


def event(kind="PushEvent", repository="robin/house", payload=None, *, public=True):
    return {
        "type": kind,
        "repo": {"name": repository},
        "payload": payload or {},
        "public": public,
        "created_at": "2026-05-29T11:00:00Z",
    }


async def told(desk, *events):
    desk.fail("github", Fault(body=json.dumps(events)))
    return (await desk.ask("github", token="")).data["latest"]


async def test_the_calendar_has_53_weeks_from_sunday_and_the_days_to_come_are_none(desk):
    found = (await desk.ask("github")).data
    assert [len(week) for week in found["weeks"]] == [7] * 53
    assert found["weeks"][-1][-1] is None  # the 29th of May 2026 is a Friday
    assert all(level in range(5) for week in found["weeks"][:-1] for level in week)
    assert found["total"] > 0
    assert (found["user"], found["url"]) == ("robin", "https://github.com/robin")


async def test_the_latest_three_are_told_in_words_with_links(desk):
    desk.clock[0] += 5 * SECONDS
    found = (await desk.ask("github")).data["latest"]
    assert [(one["verb"], one["what"]) for one in found] == [
        ("closed an issue in", "robin/porchlight"),
        ("pushed to", "robin/weather-station (brass-dial)"),
        ("starred", "juniper/garden-almanac"),
    ]
    assert [one["url"] for one in found] == [
        "https://github.com/robin/porchlight/issues/12",
        "https://github.com/robin/weather-station",
        "https://github.com/juniper/garden-almanac",
    ]


async def test_what_is_not_public_is_never_told(desk):
    assert await told(desk, event(repository="robin/secret", public=False), event(kind="MemberEvent")) == []
    hidden = event(repository="robin/secret")
    del hidden["public"]
    assert await told(desk, hidden) == []


async def test_the_same_said_many_times_is_told_once(desk):
    assert len(await told(desk, *[event()] * 9, event("ForkEvent"))) == 2


@pytest.mark.parametrize(
    "link", ["https://evil.example/x", "https://github.com.evil.example/x", "javascript:alert(1)", None]
)
async def test_a_link_that_leads_elsewhere_is_the_repositorys(desk, link):
    [one] = await told(desk, event("ReleaseEvent", payload={"release": {"html_url": link}}))
    assert one["url"] == "https://github.com/robin/house"


async def test_a_repository_whose_name_is_none_is_not_told(desk):
    assert await told(desk, event(repository="../../evil"), event(repository="a/b?c")) == []


async def test_a_merge_is_told_as_one_with_and_without_what_github_left_out_since(desk):
    merged = event("PullRequestEvent", payload={"action": "closed", "pull_request": {"merged": True}})
    [one] = await told(desk, merged)
    assert one["verb"] == "merged a pull request in"
    [one] = await told(desk, event("PullRequestEvent", payload={"action": "merged"}))
    assert one["verb"] == "merged a pull request in"


async def test_without_a_token_there_is_activity_alone_and_no_question_that_nobody_answers(desk):
    found = (await desk.ask("github", token="")).data
    assert (found["total"], found["streak"], found["weeks"], len(found["latest"])) == (None, None, [], 3)
    assert [path.split("?")[0] for path in desk.asked("github")] == ["/users/robin/events/public"]
    assert "Authorization" not in desk.faults.requests[0][2]


async def test_what_has_not_changed_costs_nothing_and_the_calendar_is_asked_for_every_two_hours(desk):
    first = await desk.ask("github")
    desk.now += 5  # within X-Poll-Interval
    assert await desk.ask("github") == first
    assert len(desk.asked("github")) == 2
    desk.now += 11
    assert await desk.ask("github") == first  # by a 304
    assert desk.faults.requests[-1][2]["If-None-Match"].startswith('W/"')
    desk.now += 11
    desk.clock[0] += SECONDS
    assert (await desk.ask("github")).data["latest"] != first.data["latest"]
    desk.now += 7200
    await desk.ask("github")
    assert [path for path in desk.asked("github") if path == "/graphql"] == ["/graphql"] * 2


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("NOT_FOUND", "no user"), ("RATE_LIMITED", "too often"), ("FORBIDDEN", "token"), ("OTHER", "error")],
)
async def test_errors_of_the_calendar_come_as_good_answers_and_cost_the_calendar_alone(desk, kind, sentence):
    wrong = Fault(body=json.dumps({"data": {"user": None}, "errors": [{"type": kind, "message": "no"}]}))
    desk.fail("github", None, wrong)
    found = await desk.ask("github")
    assert (sentence in found.trouble, len(found.data["latest"]), "weeks" in found.data) == (True, 3, False)
    desk.now += 599
    assert (await desk.ask("github")).trouble == found.trouble
    assert desk.asked("github").count("/graphql") == 1, "it rests"
    desk.now += 2
    assert (await desk.ask("github")).data["total"] > 0


async def test_a_calendar_that_does_not_come_stays_as_it_was_for_two_days_and_for_its_user(desk):
    whole = await desk.ask("github")
    before = Card("github", whole.data, {}, 1, NOON, NOON)
    desk.now += 7201
    desk.clock[0] += SECONDS
    desk.fail("github", None, Fault(status=502))
    part = await desk.ask("github")
    today = datetime.fromisoformat(f"{whole.data['until']}T12:00:00+00:00")
    shown = settled(part, before, today)
    assert shown.data["latest"] != whole.data["latest"]
    assert {**shown.data, "latest": whole.data["latest"]} == whole.data
    assert shown.trouble == "The calendar: It has trouble of its own (502)."
    for other in (None, replace(before, data={**whole.data, "user": "mika"}), replace(before, data={})):
        assert settled(part, other, today).data["weeks"] == []
    assert settled(part, before, today + timedelta(days=3)).data["streak"] is None
    assert settled(whole, before, today) == whole


async def test_a_used_up_limit_says_when_it_begins_anew(desk):
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + 600)}
    for status in (403, 429):
        desk.fail("github", Fault(status=status, headers=headers, body='{"message": "rate limit"}'))
        with pytest.raises(SourceFailed, match="too often") as failed:
            await desk.ask("github")
        assert 590 < failed.value.retry_after <= 600
        assert not failed.value.is_setup


async def test_a_wrong_name_or_token_is_for_the_owner_to_mend(desk):
    with pytest.raises(SourceFailed) as failed:
        await desk.ask("github", user="nobody")
    assert failed.value.is_setup
    assert "the key may be wrong" in (await desk.ask("github", token="wrong")).trouble


@pytest.mark.parametrize(
    ("counts", "days"), [([], 0), ([0], 0), ([3], 1), ([0, 2, 1, 0], 2), ([0, 2, 1, 5], 3), ([1, 0, 0], 0), ([1, 1], 2)]
)
def test_a_streak_counts_from_yesterday_while_today_has_nothing_yet(counts, days):
    assert streak(counts) == days


async def test_the_card_tells_the_streak_of_its_calendar(desk):
    counts = [0, 4, 1, 2, 0]
    days = [{**day(date(2026, 5, 25 + n)), "contributionCount": c} for n, c in enumerate(counts)]
    calendar = {"contributionCalendar": {"totalContributions": 7, "weeks": [{"contributionDays": days}]}}
    answer = {"data": {"user": {"contributionsCollection": calendar}}}
    desk.fail("github", None, Fault(body=json.dumps(answer)))
    found = (await desk.ask("github")).data
    assert (found["streak"], found["total"], found["weeks"][0][0]) == (3, 7, None)


def test_ones_own_github_has_its_pages_beside_its_api():
    assert site_of("https://git.example/api/v3/") == "https://git.example"
    assert site_of("https://api.github.com") == "https://github.com"
