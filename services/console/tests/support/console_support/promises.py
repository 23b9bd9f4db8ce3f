"""Answers of sla about clocks, agreements, calendars and forecasts."""

from typing import Any

from console_support.answers import page_of
from console_support.differences import DIFFERENCES
from console_support.forecasts import FORECAST, FORECAST_ID, SCORE
from console_support.outages import say_outages
from console_support.services import FakeServices
from console_support.trial import TRIAL

CLOCK_ID = "0190a000-0000-7000-8000-0000000000c1"
AGREEMENT_ID = "0190a000-0000-7000-8000-0000000000b2"
CALENDAR_ID = "0190a000-0000-7000-8000-0000000000d1"

CLOCK: dict[str, Any] = {
    "id": CLOCK_ID,
    "ticket": "OPS-7",
    "priority": "critical",
    "kind": "incident",
    "agreement": "acme-sla",
    "contract": "sla",
    "partner": None,
    "metric": "resolution",
    "state": "running",
    "outcome": None,
    "target_seconds": 14_400,
    "pausable": True,
    "opened_at": "2026-03-01T20:00:00Z",
    "deadline": "2026-03-02T09:00:00Z",
    "stopped_at": None,
    "elapsed_seconds": 12_600,
    "paused_seconds": 0,
    "remaining_seconds": 1_800,
    "overrun_seconds": 0,
    "breached": False,
    "breached_at": None,
    "breach_reason": None,
    "title": "Invoices are not sent",
    "customer": "acme",
    "environment": "acme-prod",
    "house_default": False,
}
FIRING = {
    "kind": "warning_50",
    "due_at": "2026-03-02T07:00:00Z",
    "fired_at": "2026-03-02T07:00:00Z",
    "lag_ms": 12,
    "reason": "deadline",
    "fired_without_events": False,
}


def interval(starts_at: str, ends_at: str, reason: str, counted: int = 0) -> dict[str, Any]:
    moments = {"starts_at": starts_at, "ends_at": ends_at}
    return moments | {"reason": reason, "elapsed_seconds": counted, "name": None}


EXPLANATION: dict[str, Any] = {
    "as_of": "2026-03-02T08:30:00Z",
    "status": "It runs.",
    "promise": "4 hr",
    "elapsed_seconds": 12_600,
    "events": [
        {
            "at": "2026-03-01T20:00:00Z",
            "kind": "opened",
            "text": "the clock began",
            "by": ["Anna de Vries"],
            "code": "opened_promised",
            "parameters": {"target_seconds": "14400"},
        },
        {
            "at": "2026-03-02T07:00:00Z",
            "kind": "terms_changed",
            "text": "another priority (minor to major): 4 hr promised instead of 8 hr",
            "by": [],
            "code": "target_changed",
            "parameters": {
                "target_seconds": "14400",
                "was_target_seconds": "28800",
                "deadline_at": "2026-03-02T09:00:00+00:00",
                "reason": "priority minor to major",
            },
        },
        {
            "at": "2026-03-02T07:30:00Z",
            "kind": "cancelled",
            "text": "cancelled: it ended",
            "by": [],
            "code": "of_next_year",
            "parameters": {},
        },
    ],
    "intervals": [
        interval("2026-03-01T20:00:00Z", "2026-03-02T05:00:00Z", "closed_hours"),
        interval("2026-03-02T05:00:00Z", "2026-03-02T08:30:00Z", "counted", 12_600),
    ],
    "clock": CLOCK,
}
AGREEMENT: dict[str, Any] = {
    "id": AGREEMENT_ID,
    "agreement_id": "0190a000-0000-7000-8000-0000000000b0",
    "key": "acme-sla",
    "version": 2,
    "state": "proposed",
    "contract": "sla",
    "services": ["billing"],
    "calendar": CALENDAR_ID,
    "calendars": {"blocker": CALENDAR_ID},
    "targets": [
        {
            "metric": "resolution",
            "priority": priority,
            "kind": None,
            "environment_tier": None,
            "channel": None,
            "customer_tier": None,
            "tag": None,
            "target_seconds": seconds,
            "pausable": True,
        }
        for priority, seconds in (("blocker", 14_400), ("minor", None))
    ]
    + [
        {
            "metric": "resolution",
            "priority": "blocker",
            "kind": "incident",
            "environment_tier": "production",
            "channel": None,
            "customer_tier": None,
            "tag": "vip",
            "target_seconds": 7_200,
            "pausable": False,
        }
    ],
    "warnings": [0.5, 0.75],
    "warn_before_seconds": [],
    "valid_from": "2026-04-01T00:00:00Z",
    "valid_until": None,
    "timezone": "Europe/Amsterdam",
    "availability": 0.999,
    "reserved_seconds": 36_000,
    "published_at": None,
    "published_by": None,
    "price": {"amount": "1200.00", "currency": "EUR"},
    "goals": [
        {
            "metric": "resolution",
            "share": 0.95,
            "priorities": ["blocker"],
            "credits": [{"below": 0.9, "percent": 5.0}],
        }
    ],
    "penalties": "None\n\nreally",
    "roles": "",
    "assumptions": "",
    "duties": "",
    "customer_signs": True,
    "approved": {"by": "theo", "at": "2026-03-01T09:00:00Z"},
    "countersigned": None,
    "names": {"theo": "Theo Peters"},
    "customer": "acme",
    "drafted_by": "dana",
    "drafted_at": "2026-02-27T09:00:00Z",
    "termination": None,
}
COMMENT = {
    "id": "0190a000-0000-7000-8000-0000000000b9",
    "created_by": "contact-1",
    "author_name": None,
    "side": "counterparty",
    "created_at": "2026-03-01T10:00:00Z",
    "comment": "Four hours is too long.",
}
EXTENSION = {
    "id": "0190a000-0000-7000-8000-0000000000b8",
    "starts_at": "2026-03-07T08:00:00Z",
    "ends_at": "2026-03-07T18:00:00Z",
    "priorities": ["blocker"],
    "reason": "Go-live",
}
CALENDAR: dict[str, Any] = {
    "id": CALENDAR_ID,
    "key": "office",
    "version": 3,
    "tz_version": "2026a",
    "definition": {
        "timezone": "Europe/Amsterdam",
        "weekly": {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]},
        "holidays": {"2026-04-27": "King's Day", "2027-04-27": "King's Day"},
        "overrides": {"2026-12-24": [["08:00", "12:00"]], "2026-12-31": []},
    },
    "created_by": "dana",
    "created_at": "2026-02-27T09:00:00Z",
    "state": "proposed",
    "effective_from": None,
}
MATCH = {
    "rule": "own agreement first",
    "chosen": AGREEMENT_ID,
    "candidates": [
        {"id": AGREEMENT_ID, "key": "acme-sla", "version": 1, "chosen": True, "outcome": "chosen"},
        {
            "id": "0190a000-0000-7000-8000-0000000000b7",
            "key": "house",
            "version": 1,
            "chosen": False,
            "outcome": "own_agreement",
        },
    ],
}


def say_promises(services: FakeServices) -> None:
    """Let sla know one of each."""
    for path, items in (
        ("/v1/clocks", CLOCK),
        ("/v1/agreements", AGREEMENT),
        ("/v1/calendars", CALENDAR),
        ("/v1/forecasts", FORECAST),
        (f"/v1/agreements/{AGREEMENT_ID}/comments", COMMENT),
        (f"/v1/agreements/{AGREEMENT_ID}/extensions", EXTENSION),
    ):
        services.say("sla", path, page_of(items))
    services.say("sla", f"/v1/clocks/{CLOCK_ID}/explanation", EXPLANATION)
    services.say("sla", f"/v1/clocks/{CLOCK_ID}", CLOCK | {"firings": [FIRING]}, etag='"9"')
    for name in (AGREEMENT_ID, "acme-sla"):
        services.say("sla", f"/v1/agreements/{name}", AGREEMENT, etag='"2"')
        services.say("sla", f"/v1/agreements/{name}/simulate", TRIAL, method="POST")
    diff = {"key": "acme-sla", "from_version": 1, "to_version": 2, "differences": DIFFERENCES}
    services.say("sla", f"/v1/agreements/{AGREEMENT['agreement_id']}/diff", diff)
    services.say("sla", "/v1/agreements/matching", MATCH)
    services.say("sla", f"/v1/calendars/{CALENDAR_ID}", CALENDAR)
    services.say("sla", f"/v1/forecasts/{FORECAST_ID}", FORECAST, etag='"5"')
    services.say("sla", "/v1/forecasts/score", SCORE)
    say_outages(services)
