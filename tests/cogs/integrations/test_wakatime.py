"""WakaTime's card: today, the week, the languages, the days; and its own ways of saying later."""

from datetime import datetime

import pytest

from cogs.integrations._outbound import SourceFailed, StillComputing
from cogs.integrations.wakatime import settled
from db.cards import Card
from practice.sources import Fault
from practice.sources.wakatime import SECONDS
from tests.members import NOON


async def test_today_the_week_and_five_languages_are_told_and_no_project(desk):
    found = (await desk.ask("wakatime")).data
    assert (found["today_seconds"], found["today_text"]) == (105 * 60, "1 hr 45 mins")
    assert found["week_seconds"] == sum(day["seconds"] for day in found["days"])
    assert [day["date"] for day in found["days"]] == [f"2026-05-{day}" for day in range(23, 30)]
    assert found["days"][-1]["seconds"] == found["today_seconds"]
    assert [one["name"] for one in found["languages"]] == ["Python", "Markdown", "CSS", "SQL", "HTML"]
    assert "secret" not in str(found)


async def test_today_grows_while_the_sums_of_days_are_not_asked_for_again(desk):
    first = (await desk.ask("wakatime")).data
    desk.clock[0] += SECONDS
    second = (await desk.ask("wakatime")).data
    assert second["today_seconds"] == first["today_seconds"] + 60 == second["days"][-1]["seconds"]
    assert [path.split("/")[-1].split("?")[0] for path in desk.asked("wakatime")] == [
        "today",
        "last_7_days",
        "summaries",
        "today",
    ]


async def test_the_key_travels_in_a_header_and_never_in_an_address(desk):
    await desk.ask("wakatime")
    assert all(headers["Authorization"] == "Basic d2FrYV9wcmFjdGljZQ==" for *_, headers in desk.faults.requests)
    assert "waka_practice" not in "".join(desk.asked("wakatime"))


async def test_what_is_still_computed_is_no_fault_and_asked_for_again_after_a_minute(desk):
    desk.fail("wakatime", None, Fault(status=202, body='{"data": {"status": "pending_update"}}'))
    with pytest.raises(StillComputing) as later:
        await desk.ask("wakatime")
    assert later.value.retry_after == 60.0
    assert (await desk.ask("wakatime")).data["week_seconds"]


async def test_sums_that_do_not_come_stay_as_they_were_and_today_is_as_just_heard(desk):
    whole = (await desk.ask("wakatime")).data
    before = Card("wakatime", whole, {}, 1, NOON, NOON)
    now = datetime.fromisoformat("2026-05-29T12:00:00+00:00")
    desk.now += 3001
    desk.clock[0] += SECONDS
    desk.fail("wakatime", None, Fault(status=302), Fault(status=500))
    part = await desk.ask("wakatime")
    assert part.trouble == "The sums of days: It says that we ask too often (302)."
    shown = settled(part, before, now).data
    assert (shown["week_text"], shown["languages"]) == (whole["week_text"], whole["languages"])
    assert shown["days"][:-1] == whole["days"][:-1]
    assert shown["days"][-1]["seconds"] == shown["today_seconds"] == whole["today_seconds"] + 60
    for other in (None, Card("wakatime", {**whole, "until": "2026-05-20"}, {}, 1, NOON, NOON)):
        assert settled(part, other, now).data["week_seconds"] is None
        assert len(settled(part, other, now).data["days"]) == 1


async def test_a_redirect_means_too_often_and_is_not_followed(desk):
    elsewhere = f"{desk.practice.base}/sources/elsewhere"
    desk.fail("wakatime", Fault(status=302, headers={"Location": elsewhere}))
    with pytest.raises(SourceFailed, match="too often") as failed:
        await desk.ask("wakatime")
    assert not failed.value.is_setup
    assert len(desk.faults.requests) == 1


async def test_a_server_without_daily_sums_has_a_card_without_days(desk):
    desk.fail("wakatime", None, None, Fault(status=404))
    found = (await desk.ask("wakatime")).data
    assert (found["days"], found["languages"][0]["name"]) == ([], "Python")


async def test_texts_that_are_missing_are_made_of_the_seconds(desk):
    today = Fault(body='{"data": {"grand_total": {"total_seconds": 3720.5}}}')
    desk.fail("wakatime", today, Fault(body='{"data": {"total_seconds": 59}}'))
    found = (await desk.ask("wakatime")).data
    assert (found["today_text"], found["week_text"], found["days"]) == ("1 hr 2 mins", "0 mins", [])


async def test_a_wrong_key_is_for_the_owner_to_mend(desk):
    with pytest.raises(SourceFailed, match="key") as failed:
        await desk.ask("wakatime", api_key="wrong")
    assert failed.value.is_setup
