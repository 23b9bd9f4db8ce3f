"""What pages make of answers about promises."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.agreements.view import agreement_list, agreement_page
from console.availability.view import availability_page
from console.calendars.view import calendar_page
from console.clock_list import only_one
from console.clocks.view import MAX_INTERVALS, clock_page
from console.service_text import ServiceText
from console.upstream.part import Here, Missing, Part
from console_support.answers import page_of
from console_support.outages import AVAILABILITY
from console_support.promises import AGREEMENT, CALENDAR, CLOCK, EXPLANATION, interval

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
GONE = Missing("sla", "silent", NOW)


def here(data: Any) -> Here:
    return Here(data, NOW)


def clock_parts(**changed: Any) -> dict[str, Part]:
    return {"explanation": here(EXPLANATION | changed), "clock": GONE}


def test_what_did_not_count_is_summed_by_its_reason_most_first() -> None:
    intervals = [
        interval("2026-03-01T00:00:00Z", "2026-03-01T05:00:00Z", "closed_hours"),
        interval("2026-03-01T05:00:00Z", "2026-03-01T06:00:00Z", "counted", 3_600),
        interval("2026-03-01T06:00:00Z", "2026-03-01T12:00:00Z", "waiting_on_customer"),
        interval("2026-03-01T12:00:00Z", "2026-03-01T17:00:00Z", "closed_hours"),
    ]
    page = clock_page(clock_parts(intervals=intervals), NOW)
    assert [(one.reason, one.length) for one in page.not_counted] == [
        ("closed_hours", timedelta(hours=10)),
        ("waiting_on_customer", timedelta(hours=6)),
    ]
    assert page.firings_missing == GONE


def test_a_long_life_is_shown_by_its_newest_intervals() -> None:
    one = interval("2026-03-01T00:00:00Z", "2026-03-01T05:00:00Z", "closed_hours")
    last = interval("2026-03-01T05:00:00Z", "2026-03-01T06:00:00Z", "counted", 3_600)
    page = clock_page(clock_parts(intervals=[one] * MAX_INTERVALS + [last]), NOW)
    assert (page.left_out, page.intervals[-1].reason) == (1, "counted")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "soon"),
        ({"breached": True}, "broken"),
        ({"outcome": "met", "state": "stopped"}, "fine"),
        ({"state": "paused", "deadline": None}, "paused"),
        ({"deadline": "2026-03-05T09:00:00Z"}, "fine"),
    ],
)
def test_a_clock_is_marked_as_it_stands(changed: dict[str, Any], expected: str) -> None:
    assert clock_page(clock_parts(clock=CLOCK | changed), NOW).mark == expected


def test_a_promise_is_led_to_only_where_it_is_the_only_one_of_its_metric() -> None:
    ours, theirs = CLOCK, CLOCK | {"id": "x", "contract": "uc"}
    assert only_one(here(page_of(ours, theirs)), "resolution") == CLOCK["id"]
    assert only_one(here(page_of(ours, ours)), "resolution") is None
    assert only_one(here(page_of(ours)), "first_response") is None


def agreement(contact: bool = False, **changed: Any) -> Any:
    parts: dict[str, Part] = {"agreement": here(AGREEMENT | changed)}
    parts |= dict.fromkeys(("comments", "extensions", "calendar"), GONE)
    return agreement_page(parts, contact)


def test_targets_stand_in_lines_by_metric_and_conditions_the_general_ones_first() -> None:
    general, special = agreement().targets
    assert general.conditions == ()
    assert general.times == (timedelta(hours=4), None, None, None, None)
    assert special.times[0] == timedelta(hours=2)
    conditions = (("kind", "incident"), ("environment_tier", "production"), ("tag", "vip"))
    assert special.conditions == conditions


@pytest.mark.parametrize(
    ("contact", "changed", "acts"),
    [
        (False, {}, ("comments", "approve", "decline", "revise", "withdraw")),
        (True, {}, ("comments", "approve", "decline")),
        (True, {"customer_signs": False}, ("comments",)),
        (False, {"state": "agreed"}, ("publish", "revise", "withdraw")),
        (True, {"state": "published"}, ()),
        (False, {"termination": {"confirmed": None}}, ("termination/confirm",)),
        (False, {"termination": {"confirmed": {"by": "gina"}}}, ()),
    ],
)
def test_what_comes_next_follows_from_the_state(
    contact: bool, changed: dict[str, Any], acts: tuple[str, ...]
) -> None:
    assert agreement(contact, **changed).acts == acts


def test_what_the_service_forbids_is_told_with_its_reason() -> None:
    why = {"code": "SELF_APPROVAL", "detail": "You drafted it."}
    allowed = [
        {"act": "approve", "possible": False, "why_not": why},
        {"act": "withdraw", "possible": True, "why_not": None},
    ]
    assert agreement(allowed=allowed).why_not == {
        "approve": ServiceText("self_approval", "You drafted it.")
    }


def test_versions_of_an_agreement_stand_together_the_newest_first() -> None:
    versions = [AGREEMENT | {"version": number} for number in (1, 3, 2)]
    found = agreement_list(here(page_of(*versions, AGREEMENT | {"key": "other"})))
    assert [one.key for one in found.agreements] == ["acme-sla", "other"]
    first = found.agreements[0]
    assert [first.newest["version"], *(one["version"] for one in first.others)] == [3, 2, 1]


def test_a_calendar_shows_the_days_of_its_year_alone() -> None:
    page = calendar_page(here(CALENDAR), 2026)
    assert [(f"{one.day}", one.name, one.hours) for one in page.days] == [
        ("2026-04-27", "King's Day", None),
        ("2026-12-24", None, "08:00 to 12:00"),
        ("2026-12-31", None, ""),
    ]
    assert page.week[0] == ("mon", "08:00 to 12:00, 13:00 to 17:00")
    assert page.week[6] == ("sun", "")


def test_the_permitted_downtime_that_is_left_may_be_less_than_nothing() -> None:
    page = availability_page(here(AVAILABILITY | {"down_seconds": 1_600, "met": False}))
    assert page is not None
    assert page.left is not None
    assert page.left < timedelta()
    assert page.mark == "broken"


def test_downtime_that_does_not_count_counts_nothing() -> None:
    outside = AVAILABILITY["intervals"][0] | {"reason": "down_outside_hours"}
    page = availability_page(here(AVAILABILITY | {"intervals": [outside]}))
    assert page is not None
    assert page.intervals[0].counted == timedelta()


def test_what_came_after_the_end_is_nothing_that_did_not_count() -> None:
    intervals = [
        interval("2026-03-01T05:00:00Z", "2026-03-01T06:00:00Z", "counted", 3_600),
        interval("2026-03-01T06:00:00Z", "2026-03-01T07:00:00Z", "stopped"),
    ]
    over = CLOCK | {"state": "stopped", "outcome": "met", "stopped_at": "2026-03-01T06:00:00Z"}
    assert clock_page(clock_parts(intervals=intervals, clock=over), NOW).not_counted == ()
    again = clock_page(clock_parts(intervals=intervals), NOW).not_counted
    assert [one.reason for one in again] == ["stopped"]
