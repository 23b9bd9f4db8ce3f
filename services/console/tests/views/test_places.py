"""What pages make of answers about customers, environments, outages, reports and reviews."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.customers.view import customer_card
from console.environments.view import environment_card, products_of
from console.figures import month_beside, percent
from console.forecasts.view import percent as whole_percent
from console.maintenance.view import state_of
from console.on_call.view import on_call_page
from console.outages.requests import NOTHING, correction_of, report_of
from console.paged_list import paged_list
from console.reports.view import report_page
from console.reviews.requests import REQUESTS
from console.reviews.view import review_page
from console.search.view import found, page_of_key
from console.service_text import ServiceText
from console.upstream.part import Denied, Here, Missing, Part
from console.upstream.problems import Violation
from console_support.answers import page_of
from console_support.changes import CONTACT, CUSTOMER, ENVIRONMENT
from console_support.everything import DELIVERY
from console_support.outages import MAINTENANCE
from console_support.promises import MATCH
from console_support.reviews import COMPLIANCE, REVIEW

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
GONE = Missing("sla", "silent", NOW)


def here(data: Any) -> Here:
    return Here(data, NOW)


def card_parts(**changed: Part) -> dict[str, Part]:
    parts: dict[str, Part] = {
        "customer": here(CUSTOMER),
        "contacts": here(page_of(CONTACT, CONTACT | {"name": "Gone", "retired": True})),
        "tickets": here(page_of()),
        "agreement": here(MATCH),
        "outages": GONE,
        "environments": here(page_of(ENVIRONMENT, ENVIRONMENT | {"customer": "other"})),
    }
    return parts | changed


def test_a_card_shows_whom_one_may_call_and_only_the_own_environments() -> None:
    card = customer_card(card_parts(), "acme", NOW)
    assert [(one.name, one.phones) for one in card.contacts] == [
        ("Jan Bakker", ("+31 20 123", "+31 6 456"))
    ]
    assert len(card.environments) == 1
    assert card.agreement.chosen == MATCH["candidates"][0]
    assert card.is_empty("tickets")
    assert not card.is_empty("outages")


def test_what_a_contact_may_not_read_is_not_said_to_be_empty() -> None:
    denied = Denied(
        "intake", 403, ServiceText("forbidden", "jan does not hold the permission queue:read.")
    )
    assert not customer_card(card_parts(tickets=denied), "acme", NOW).is_empty("tickets")


def test_without_its_parts_a_card_knows_nothing_and_says_so() -> None:
    parts = dict.fromkeys(card_parts(), GONE)
    card = customer_card(parts, "acme", NOW)
    assert card.facts is None
    assert card.agreement.chosen is None


def test_what_runs_has_the_name_under_which_it_was_delivered() -> None:
    delivered = DELIVERY | {"state": "delivered", "ended_at": "2026-02-01T22:10:00Z"}
    parts: dict[str, Part] = {
        "environment": here(ENVIRONMENT),
        "deliveries": here(page_of(DELIVERY | {"version": "no"}, delivered)),
        "maintenance": here(
            page_of(
                MAINTENANCE,
                MAINTENANCE | {"environment": "other"},
                MAINTENANCE | {"environment": None},
                MAINTENANCE | {"environment": None, "customer": "other"},
                MAINTENANCE | {"environment": None, "customer": None},
            )
        ),
    }
    parts |= dict.fromkeys(("emergencies", "tickets", "outages"), GONE)
    card = environment_card(parts, "acme-prod", NOW)
    billing, portal = products_of(card)
    assert (billing.version, portal.version) == ("2.4.2", None)
    assert len(card.maintenance) == 3
    assert not card.is_known("tickets")


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, "planned"),
        ({"agreed_at": "2026-03-01T10:00:00Z"}, "agreed"),
        ({"starts_at": "2026-03-02T08:00:00Z"}, "running"),
        ({"starts_at": "2026-03-01T08:00:00Z", "ends_at": "2026-03-02T08:30:00Z"}, "over"),
        ({"cancelled_at": "2026-03-02T08:00:00Z"}, "cancelled"),
    ],
)
def test_maintenance_stands_as_its_times_say(changed: dict[str, Any], state: str) -> None:
    assert state_of(MAINTENANCE | changed, NOW) == state


def test_a_correction_that_changes_nothing_is_none() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    assert correction_of({"reason": "so"}, zone) == Violation("", NOTHING)
    assert correction_of({"reason": "so", "counts": "no"}, zone) == {
        "reason": "so",
        "counts": False,
    }
    wrong = correction_of({"reason": "so", "ended_at": "never"}, zone)
    assert isinstance(wrong, Violation)
    assert wrong.field == "ended_at"


@pytest.mark.parametrize(
    ("typed", "scope"),
    [
        ({"environment": "acme-prod", "customer": "acme"}, "environment"),
        ({"customer": "acme"}, "customer"),
        ({}, "everybody"),
    ],
)
def test_an_outage_is_of_the_narrowest_place_that_is_named(
    typed: dict[str, str], scope: str
) -> None:
    body = report_of({"reason": "down"} | typed, ZoneInfo("UTC"))
    assert isinstance(body, dict)
    assert body["scope"] == scope


def test_a_report_writes_shares_and_lengths_and_asks_for_what_it_takes() -> None:
    page = report_page("compliance", here(COMPLIANCE), {"from": "2026-03-01", "metric": "update"})
    assert page.rows is not None
    cells = {one.name: one.value for one in page.rows[0].cells}
    assert (cells["met"], cells["raw"], cells["adjusted"]) == (19, "95", "100")
    assert ("response", "/reports?report=response&from=2026-03-01") in page.views
    assert page.report.query({"metric": "update", "group_by": "rate", "cursor": "x"}) == {
        "metric": "update"
    }
    assert report_page("compliance", GONE, {}).rows is None


def test_a_breach_without_a_comment_or_waiver_is_unexplained() -> None:
    assert review_page(REVIEW).unexplained == 1
    report = REVIEW["report"]
    explained = report["breaches"][0] | {"comment": "The disk was full."}
    assert review_page(REVIEW | {"report": report | {"breaches": [explained]}}).unexplained == 0


def test_an_uptime_below_the_promise_is_marked() -> None:
    assert [one.keeps for one in review_page(REVIEW).uptimes] == [False]


def test_on_call_says_until_when_and_who_is_next() -> None:
    rota = {"rota": "night", "people": ["mia"], "until": "2026-03-02T16:00:00Z", "next": ["anna"]}
    shown = on_call_page(here({"at": "x", "items": [rota]}), GONE, GONE, "anna").rotas[0]
    assert shown.until == "2026-03-02T16:00:00Z"
    assert [one.sub for one in shown.following] == ["anna"]


def test_of_a_service_before_this_release_nothing_is_made_up() -> None:
    rota = {"rota": "night", "people": ["mia"]}
    shown = on_call_page(here({"at": "x", "items": [rota]}), GONE, GONE, "anna").rotas[0]
    assert (shown.until, shown.following) == (None, ())


@pytest.mark.parametrize(
    ("part", "status", "is_empty"),
    [
        (Here(page_of(), NOW), 200, True),
        (GONE, 503, False),
        (Denied("sla", 403, ServiceText("forbidden", "no")), 403, False),
    ],
)
def test_a_list_that_is_missing_is_not_empty(part: Part, status: int, is_empty: bool) -> None:
    found = paged_list(part, "/x", {})
    assert (found.status, found.is_empty) == (status, is_empty)


def test_a_list_goes_on_with_its_filters() -> None:
    found = paged_list(here({"items": [], "next": "a b"}), "/outages", {"customer": "acme"})
    assert found.more == "/outages?customer=acme&cursor=a+b"


@pytest.mark.parametrize(
    ("share", "digits", "written"),
    [(0.99931, 3, "99.931"), (1.0, 3, "100"), (0.5, 0, "50"), (None, 3, None), (0.1, 2, "10")],
)
def test_shares_are_written_without_noughts(
    share: float | None, digits: int, written: str | None
) -> None:
    assert percent(share, digits) == written


@pytest.mark.parametrize(("share", "whole"), [(0.0, 0), (0.001, 1), (0.999, 99), (1.0, 100)])
def test_what_is_not_certain_is_never_nought_or_all(share: float, whole: int) -> None:
    assert whole_percent(share) == whole


@pytest.mark.parametrize(
    ("month", "months", "expected"),
    [("2026-12", 1, "2027-01"), ("2026-01", -1, "2025-12"), ("2026-03", -1, "2026-02")],
)
def test_months_beside_a_month(month: str, months: int, expected: str) -> None:
    assert month_beside(month, months) == expected


def test_customers_are_found_by_a_part_of_their_name() -> None:
    parts: dict[str, Part] = {
        "tickets": here(page_of()),
        "customers": here(page_of(CUSTOMER, CUSTOMER | {"key": "other", "name": "Other"})),
        "environment": Denied("delivery-gate", 404, ServiceText("not-found", "There is none.")),
    }
    assert [one.path for one in found(parts, "LOGIS").directory_hits] == ["/customers/acme"]
    assert found(parts, "nothing").directory_hits == ()


def test_an_environment_is_found_by_its_key() -> None:
    parts: dict[str, Part] = {"tickets": here(page_of()), "environment": here(ENVIRONMENT)}
    assert [one.path for one in found(parts, "acme-prod").directory_hits] == [
        "/environments/acme-prod"
    ]


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("out-3", "/outages/OUT-3"),
        ("EMC-2", "/emergency-changes/EMC-2"),
        (" ra-4 ", "/review-actions/RA-4"),
        ("invoices", None),
    ],
)
def test_a_key_leads_straight_to_its_page(typed: str, path: str | None) -> None:
    assert page_of_key(typed) == path


def test_an_assessment_is_sent_by_paragraphs() -> None:
    body = REQUESTS["assessment"].body({"text": "One.\nStill one.\n\n\n\nTwo.\n"})
    assert body == {"paragraphs": ["One.\nStill one.", "Two."]}
