"""Which agreement holds and why, and what changed between two versions: told in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sla.agreements.domain.agreement import Agreement, Target, applicable_agreement
from sla.agreements.domain.clauses import Maintenance, Price, Prose, maintenance_windows
from sla.agreements.domain.diff import diff_versions
from sla.agreements.domain.goals import CreditStep, Goal
from sla.agreements.domain.matching import MatchQuery, match_versions
from sla.calendars.domain.definition import calendar_from_definition
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone

JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
ACME, OTHER = UUID(int=1), UUID(int=2)
OFFICE, ROUND = UUID(int=11), UUID(int=12)
HOUR = timedelta(hours=1)
BASE = Agreement(
    UUID(int=21),
    "standard",
    1,
    ACME,
    JUNE,
    None,
    (Target("resolution", "major", 8 * HOUR),),
    OFFICE,
)
BILLING = replace(BASE, id=UUID(int=22), key="billing", services=("billing",))
GROUP = replace(BASE, id=UUID(int=23), key="group", other_customers=(OTHER,))
PAST = replace(BASE, id=UUID(int=24), key="past", valid_until=JUNE + HOUR)


def test_the_most_specific_agreement_holds_and_every_other_one_says_why_not() -> None:
    asked = MatchQuery(ACME, "billing", JULY)
    found = match_versions([GROUP, BASE, PAST, BILLING], asked)
    assert [(one.version.key, one.code) for one in found] == [
        ("billing", "chosen"),
        ("standard", "less_specific"),
        ("group", "less_specific"),
        ("past", "no_longer_valid"),
    ]
    assert found[1].reason == "billing version 1 goes first: that one names services"
    assert applicable_agreement([GROUP, BASE, PAST, BILLING], "billing", JULY) is BILLING
    assert match_versions([GROUP, BASE], MatchQuery(ACME, None, JULY))[1].reason.endswith(
        "for fewer customers"
    )
    elsewhere = match_versions([BILLING], MatchQuery(ACME, "portal", JULY))
    assert (elsewhere[0].code, elsewhere[0].reason) == (
        "other_service",
        "it is about billing, not about portal",
    )
    assert match_versions([BASE], MatchQuery(OTHER, None, JULY))[0].code == "other_customer"
    assert match_versions([BASE], MatchQuery(ACME, None, JUNE - HOUR))[0].code == "not_yet_valid"


def test_a_difference_is_a_list_that_people_read() -> None:
    new = replace(
        BASE,
        version=2,
        targets=(
            Target("resolution", "major", 4 * HOUR + HOUR / 2, False),
            Target("first_response", "minor", 30 * timedelta(minutes=1), kind="service_request"),
        ),
        calendars={"blocker": ROUND},
        availability=0.999,
        price=Price(Decimal("1200.00"), "EUR"),
        prose=Prose(duties="Name a contact."),
        maintenance=Maintenance(None, ((JUNE, JULY),)),
    )
    names = {ACME: "acme", OFFICE: "office, version 3", ROUND: "always, version 1"}
    assert [str(one) for one in diff_versions(BASE, new, names)] == [
        (
            "resolution of major tickets: within 8 hr, waiting on the customer does not count"
            " -> within 4 hr 30 min, waiting on the customer counts"
        ),
        "calendar of blocker tickets: nothing -> always, version 1",
        (
            "first response of minor service request: nothing"
            " -> within 30 min, waiting on the customer does not count"
        ),
        "availability per month: nothing -> 99.9 %",
        "single maintenance windows: nothing -> 2026-06-01T00:00:00Z to 2026-07-01T00:00:00Z",
        "price per month: nothing -> 1200.00 EUR",
        "duties: nothing -> Name a contact.",
    ]
    assert diff_versions(new, new, names) == []


def test_a_difference_gives_what_its_words_fill_in_for_other_languages() -> None:
    goal = Goal("resolution", 0.95, ("blocker",), None, (CreditStep(0.9, 5),))
    new = replace(
        BASE,
        valid_until=JULY,
        targets=(Target("resolution", "major", 4 * HOUR, False, kind="incident"),),
        availability=0.999,
        reserved=40 * HOUR,
        price=Price(Decimal("1200.00"), "EUR"),
        maintenance=Maintenance(None, ((JUNE, JULY),)),
        goals=(goal,),
        credit_cap_percent=20,
        prose=Prose(duties="Name a contact."),
    )
    old = replace(BASE, targets=(Target("resolution", "major", None, kind="incident"),))
    found = {one.code: one for one in diff_versions(old, new, {})}
    about = {"metric": "resolution", "priority": "major", "kind": "incident"}
    assert found["target"].about == about
    assert found["target"].previous_facts is None, "nothing is promised"
    assert {code: one.current_facts for code, one in found.items()} == {
        "valid_until": {"at": "2026-07-01T00:00:00Z"},
        "target": {"seconds": "14400", "pausable": "false"},
        "availability": {"percent": "99.9"},
        "windows": {"windows": "2026-06-01T00:00:00Z/2026-07-01T00:00:00Z"},
        "reserved": {"seconds": "144000"},
        "price": {"amount": "1200.00", "currency": "EUR"},
        "goal": {"metric": "resolution", "percent": "95", "priorities": "blocker"},
        "credits": {"steps": "90:5"},
        "credit_cap": {"percent": "20"},
        "duties": {"text": "Name a contact."},
    }
    assert found["valid_until"].previous_facts == {}, "without an end"


def test_agreed_maintenance_is_weekly_and_dated_and_counts_once() -> None:
    """C12: Sundays from two to four in Amsterdam, and a longer one around it"""
    weekly = {"timezone": "Europe/Amsterdam", "weekly": {"sun": [["02:00", "04:00"]]}}
    table = Timetable(calendar_from_definition(weekly, read_zone("Europe/Amsterdam")))
    sunday = datetime(2026, 6, 7, tzinfo=UTC)
    agreed = Maintenance(OFFICE, ((sunday + HOUR, sunday + 3 * HOUR), (JULY, JULY + HOUR)))
    found = maintenance_windows(agreed, {OFFICE: table}, JUNE, JUNE + timedelta(days=14))
    assert found == [
        (sunday, sunday + 3 * HOUR),
        (sunday + timedelta(days=7), sunday + timedelta(days=7, hours=2)),
    ]
