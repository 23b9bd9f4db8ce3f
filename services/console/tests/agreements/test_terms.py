"""The terms of a version: from sla into the form, and from the form back to sla."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.agreements.term_reading import find_violations, read_agreement, read_terms
from console.agreements.term_values import as_next_version, blank_terms, values_of
from console.agreements.typed_terms import typed_credits, typed_percent, typed_share
from console.service_text import ServiceText
from console.upstream.problems import Refused, Violation
from console_support.promises import AGREEMENT, CALENDAR_ID

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MORNING = datetime(2026, 12, 2, 8, 30, tzinfo=UTC)
WEEKLY = {"sun": [["02:00", "06:00"], ["22:00", "23:00"]]}
WINDOW = {"starts_at": "2026-10-25T00:30:00Z", "ends_at": "2026-10-25T01:30:00Z"}
FULL: dict[str, Any] = AGREEMENT | {
    "maintenance": {"calendar": CALENDAR_ID, "dated": [WINDOW]},
    "credit_cap_percent": 15.0,
    "customers": ["acme", "brightwater"],
    "partner": None,
    "team": None,
    "house_default": False,
    "pinned": True,
    "supersedes": 1,
    "warn_before_seconds": [1800, 7200],
    "goals": [
        AGREEMENT["goals"][0] | {"service": "billing", "fee": "800.00"},
        {"metric": "availability", "share": 0.9995, "priorities": [], "service": None}
        | {"credits": [], "fee": None},
    ],
}


def test_what_is_not_touched_comes_back_as_it_was() -> None:
    values = values_of(FULL, WEEKLY, AMSTERDAM)
    terms = read_agreement(values, AMSTERDAM)
    assert terms.wrong == []
    body = terms.body
    for name in ("key", "contract", "customer", "customers", "services", "calendar", "calendars"):
        assert body[name] == FULL[name], name
    for name in ("availability", "warnings", "warn_before_seconds", "reserved_seconds", "price"):
        assert body[name] == FULL[name], name
    for name in ("credit_cap_percent", "penalties", "customer_signs", "supersedes"):
        assert body[name] == FULL[name], name
    assert body.get("pinned", body["customer_signs"]) == FULL["pinned"], (
        "as usual where nothing is sent"
    )
    assert datetime.fromisoformat(body["valid_from"]) == datetime(2026, 4, 1, tzinfo=UTC)
    assert "valid_until" not in body
    assert body["maintenance"]["weekly"] == WEEKLY
    (window,) = body["maintenance"]["dated"]
    assert [datetime.fromisoformat(window[one]) for one in ("starts_at", "ends_at")] == [
        datetime.fromisoformat(WINDOW[one]) for one in ("starts_at", "ends_at")
    ]


def test_every_target_comes_back_with_its_conditions() -> None:
    body = read_terms(values_of(FULL, WEEKLY, AMSTERDAM), AMSTERDAM).body
    known = [
        {name: one for name, one in each.items() if one is not None} for each in body["targets"]
    ]
    wanted = [{n: v for n, v in each.items() if v is not None} for each in FULL["targets"]]
    key = repr
    assert sorted((sorted(one.items()) for one in known), key=key) == sorted(
        (sorted(one.items()) for one in wanted), key=key
    )
    assert {one["priority"] for one in body["targets"] if one["target_seconds"] is None} == {
        "minor"
    }


def test_goals_come_back_with_their_credits() -> None:
    first, second = read_terms(values_of(FULL, WEEKLY, AMSTERDAM), AMSTERDAM).body["goals"]
    assert first == {
        "metric": "resolution",
        "share": 0.95,
        "priorities": ["blocker"],
        "credits": [{"below": 0.9, "percent": 5.0}],
        "service": "billing",
        "fee": "800.00",
    }
    assert (second["metric"], second["share"], second["credits"]) == ("availability", 0.9995, [])


def test_the_next_version_begins_with_a_month_and_has_no_end() -> None:
    values = values_of(FULL | {"valid_until": "2026-12-31T23:00:00Z"}, WEEKLY, AMSTERDAM)
    body = read_agreement(as_next_version(values, MORNING, AMSTERDAM), AMSTERDAM).body
    assert body["valid_from"] == "2026-12-31T23:00:00+00:00"
    assert "valid_until" not in body
    assert "supersedes" not in body


def test_a_blank_form_asks_for_what_an_agreement_needs() -> None:
    terms = read_agreement(blank_terms(MORNING, AMSTERDAM, ""), AMSTERDAM)
    assert {one.field for one in terms.wrong} == {
        "key",
        "customer",
        "calendar",
        "targets.0.blocker",
    }


WRONG = {
    "targets.0.blocker": "soon",
    "goals.0.share": "101",
    "goals.0.credits": "90",
    "goals.0.fee": "much",
    "availability": "all",
    "reserved_seconds": "0:00",
    "warnings": "50 x",
    "warn_before_seconds": "later",
    "price.amount": "12.345",
    "weekly.sun": "2-6",
    "dated": "2026-12-24 22:00",
    "supersedes": "one",
    "valid_from": "2026-03-29T02:30",
    "valid_until": "never",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_read_is_said_at_its_field(name: str) -> None:
    values = values_of(FULL, WEEKLY, AMSTERDAM) | {name: WRONG[name]}
    assert [one.field for one in read_terms(values, AMSTERDAM).wrong] == [name]


POINTERS = {
    "/targets/2/target_seconds": "targets.1.blocker",
    "/targets/1": "targets.0.minor",
    "/targets/0/tag": "targets.0.tag",
    "/targets": "targets.0.blocker",
    "/goals/1/metric": "goals.1.metric",
    "/goals/0/priorities/0": "goals.0.blocker",
    "/calendars/blocker": "calendars.blocker",
    "/maintenance/weekly/sun/0": "weekly.sun",
    "/maintenance/dated/0/ends_at": "dated",
    "/price/amount": "price.amount",
    "/services/0": "services",
    "/valid_from": "valid_from",
}


@pytest.mark.parametrize("pointer", POINTERS)
def test_what_sla_finds_wrong_stands_at_the_field_that_holds_it(pointer: str) -> None:
    terms = read_terms(values_of(FULL, WEEKLY, AMSTERDAM), AMSTERDAM)
    problem = {"errors": [{"pointer": pointer, "code": "x", "detail": "No."}]}
    [found] = find_violations(Refused(422, problem), terms)
    assert found.field == POINTERS[pointer]
    assert isinstance(found.detail, ServiceText)
    assert (found.detail.about, found.detail.english) == ("fault", "No.")


def test_a_refusal_without_a_field_is_about_the_whole() -> None:
    terms = read_terms(values_of(FULL, WEEKLY, AMSTERDAM), AMSTERDAM)
    assert find_violations(Refused(409, {"detail": "Not now."}), terms) == (
        Violation("", ServiceText("", "Not now.")),
    )


def test_figures_are_read_with_a_comma_and_without_rounding() -> None:
    assert typed_percent("99,95 %") == 99.95
    assert typed_share("99.95") == 0.9995
    assert typed_percent("-1") is None
    assert typed_percent("nan") is None
    assert typed_credits("95: 2,5; 90: 5") == [
        {"below": 0.95, "percent": 2.5},
        {"below": 0.9, "percent": 5.0},
    ]
    assert typed_credits("") == []
