"""The explanation tells the end of the story: from what to what, by whom, in one order of time (C9)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sla.agreements.domain.agreement import Terms
from sla.calendars.domain.calendar import Calendar, parse_hours
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import ClockWaiver, Input
from sla.clocks.domain.explanation_report import ExplanationReport
from sla.clocks.domain.explanation_text import render_text
from sla.clocks.domain.story import Approval
from sla_support.company import HOUR, NINE
from sla_support.explained import explained

OFFICE, LONGER = UUID(int=1), UUID(int=2)
OLD, NEW, WAIVER = UUID(int=11), UUID(int=12), UUID(int=21)
ZONE = read_zone("Europe/Amsterdam")
WEEK = (parse_hours([("08:00", "17:00")]),) * 5 + ((), ())
LONG_WEEK = (parse_hours([("08:00", "20:00")]),) * 5 + ((), ())
FRIDAY = date(2026, 6, 5)
TABLES = {
    OFFICE: Timetable(Calendar(ZONE, WEEK, {FRIDAY: "Liberation Day"})),
    LONGER: Timetable(Calendar(ZONE, LONG_WEEK)),
}


def opened(hours: float = 8, calendar: UUID = OFFICE) -> Input:
    return Input(1, "opened", NINE, NINE, Terms(hours * HOUR, calendar))


def at(hours: float) -> datetime:
    return NINE + hours * HOUR


def texts(report: ExplanationReport) -> list[str]:
    return [report.describe(one) for one in report.events]


def test_met_with_how_much_was_left_and_by_whom() -> None:
    report = explained(
        "resolution",
        [opened(), Input(0, "resolved", at(3), at(3), by=("anna",))],
        at(200),
        TABLES,
    )
    assert report.status_line == "stopped: met with 5 hr left"
    assert texts(report)[-1] == "resolved: met with 5 hr left, by Anna de Vries"


def test_who_stopped_and_reopened_it() -> None:
    report = explained(
        "resolution",
        [
            opened(),
            Input(0, "on_hold", at(1), at(1), by=("anna",)),
            Input(0, "customer_replied", at(2), at(2)),
            Input(0, "resolved", at(3), at(3), by=("anna",)),
            Input(0, "reopened", at(4), at(4)),
            Input(0, "resolved", at(5), at(5), by=("gina",)),
            Input(0, "reopened_by_us", at(6), at(6), by=("theo",)),
        ],
        at(6),
        TABLES,
    )
    assert texts(report)[1:] == [
        "put on hold for the customer, by Anna de Vries",
        "the customer replied",
        "resolved: met with 6 hr left, by Anna de Vries",
        "reopened by the customer",
        "resolved: met with 5 hr left, by Gina Rossi",
        "reopened by our own side: the time since it was resolved counts, by Theo van den Berg",
    ]


def test_a_change_says_from_what_to_what_and_withdraws_the_breach() -> None:
    lowered = Input(
        0,
        "target_changed",
        at(4),
        at(4),
        Terms(16 * HOUR, OFFICE),
        reason="priority critical to major",
        by=("anna", "gina"),
    )
    report = explained("resolution", [opened(2), lowered], at(5), TABLES)
    assert texts(report)[-2:] == [
        (
            "another priority (priority critical to major): 16 hr promised instead of 2 hr;"
            " deadline Tue 2 Jun 2026 16:00 instead of Mon 1 Jun 2026 11:00,"
            " by Anna de Vries and Gina Rossi"
        ),
        "the breach of Mon 1 Jun 2026 11:00 is withdrawn, by Anna de Vries and Gina Rossi",
    ]
    assert "the promise was broken" in texts(report)


def test_each_event_gives_what_its_words_fill_in() -> None:
    """Whoever reads another language says the same by them."""
    lowered = Input(
        0, "target_changed", at(4), at(4), Terms(16 * HOUR, OFFICE), reason="major to minor"
    )
    resolved = Input(0, "resolved", at(5), at(5))
    report = explained("resolution", [opened(2), lowered, resolved], at(5), TABLES)
    assert [(one.code, dict(one.facts)) for one in report.events] == [
        ("opened_promised", {"target_seconds": "7200"}),
        ("warned_share", {"used_percent": "50"}),
        ("warned_share", {"used_percent": "75"}),
        ("warned_share", {"used_percent": "90"}),
        ("breached", {}),
        (
            "target_changed",
            {
                "target_seconds": "57600",
                "was_target_seconds": "7200",
                "deadline_at": "2026-06-02T14:00:00+00:00",
                "was_deadline_at": "2026-06-01T09:00:00+00:00",
                "reason": "major to minor",
            },
        ),
        ("breach_withdrawn", {"broken_at": "2026-06-01T09:00:00+00:00"}),
        ("stopped_resolved", {"left_seconds": "39600"}),
    ]


def test_another_version_and_other_hours_are_named_with_the_intervals_they_cover() -> None:
    moved = Input(
        0,
        "agreement_moved",
        at(2),
        at(2),
        Terms(6 * HOUR, LONGER),
        by=("gina",),
        former_version=OLD,
    )
    report = explained(
        "resolution",
        [opened(), moved],
        at(4),
        TABLES,
        agreements={OLD: "agreement acme (version 1)", NEW: "agreement acme (version 2)"},
        version=NEW,
    )
    assert (
        "another version of the agreement: agreement acme (version 2) instead of"
        " agreement acme (version 1); 6 hr promised instead of 8 hr; counted by calendar"
        " office (version 2) instead of office (version 1)" in texts(report)[1]
    )
    periods = [(one.start, one.agreement_version, one.calendar) for one in report.story.periods]
    assert periods == [(NINE, OLD, OFFICE), (at(2), NEW, LONGER)]
    assert [one.calendar for one in report.intervals] == [OFFICE, LONGER]
    head = render_text(report).split("\n\n")[0]
    assert "from Mon 1 Jun 2026 09:00: agreement acme-standard, calendar office (version 1)" in head
    assert "from Mon 1 Jun 2026 11:00: agreement acme-standard, calendar office (version 2)" in head


def test_a_waiver_says_who_approved_it_and_when() -> None:
    waiver = Input(
        0, "waived", at(1), at(1), waiver=ClockWaiver(WAIVER, at(1), at(100)), reason="approved"
    )
    report = explained(
        "resolution",
        [opened(2), waiver],
        at(5),
        TABLES,
        approvals={WAIVER: Approval("WVR-7", "gina")},
    )
    assert report.status_line == (
        "running: breached at Mon 1 Jun 2026 11:00, excused by waiver WVR-7,"
        " approved at Mon 1 Jun 2026 10:00 by Gina Rossi"
    )
    approved = (
        "waiver WVR-7 was approved: a breach before Fri 5 Jun 2026 13:00 is covered, by Gina Rossi"
    )
    assert approved in texts(report)
    assert texts(report)[-1] == "the promise was broken; waiver WVR-7 covers it"


def test_why_it_was_cancelled() -> None:
    merged = Input(0, "merged", at(1), at(1), reason="merged into OPS-2", by=("anna",))
    report = explained("resolution", [opened(), merged], at(5), TABLES)
    assert report.status_line == "cancelled: merged into OPS-2"
    assert texts(report)[-1] == "cancelled: merged into OPS-2, by Anna de Vries"


def test_events_and_intervals_are_in_one_order_of_time() -> None:
    resolved = Input(0, "resolved", at(26), at(26), by=("anna",))
    words = render_text(explained("resolution", [opened(), resolved], at(30), TABLES))
    order = [
        "the clock began: 8 hr promised",
        "Mon 1 Jun 2026 09:00 - Mon 1 Jun 2026 17:00",
        "warned, 50 % used up",
        "Mon 1 Jun 2026 17:00 - Tue 2 Jun 2026 08:00",
        "Tue 2 Jun 2026 08:00 - Tue 2 Jun 2026 11:00",
        "resolved: 3 hr too late, by Anna de Vries",
        "Tue 2 Jun 2026 11:00 - Tue 2 Jun 2026 15:00",
    ]
    assert sorted(order, key=words.index) == order


def test_nights_and_weekends_inside_a_holiday_are_told_apart() -> None:
    report = explained("resolution", [opened(80)], at(24 * 7), TABLES)
    around = [
        (report.format_instant(one.start), report.format_instant(one.end), one.reason, one.name)
        for one in report.intervals[7:10]
    ]
    assert around == [
        ("Thu 4 Jun 2026 17:00", "Fri 5 Jun 2026 08:00", "closed_hours", None),
        ("Fri 5 Jun 2026 08:00", "Fri 5 Jun 2026 17:00", "holiday", "Liberation Day"),
        ("Fri 5 Jun 2026 17:00", "Mon 8 Jun 2026 08:00", "closed_hours", None),
    ]


def test_a_long_life_is_told_by_the_week() -> None:
    report = explained("resolution", [opened(2000)], NINE + timedelta(days=200), TABLES)
    words = render_text(report)
    assert len(words.splitlines()) < 80
    assert "week of Mon 1 Jun 2026" in words
    assert "closed hours 123 hr, holiday 9 hr (Liberation Day)" in words
    assert max(map(len, words.splitlines())) <= 100
    first_week = next(one for one in words.splitlines() if one.startswith("week of Mon 1 Jun"))
    assert "+ 35 hr" in first_week


def test_a_clock_that_has_not_begun_is_not_put_on_hold() -> None:
    inputs = [
        opened(4),
        Input(0, "on_hold", at(1), at(1), by=("anna",)),
        Input(0, "customer_replied", at(2), at(2)),
        Input(0, "replied", at(3), at(3), by=("anna",)),
    ]
    assert texts(explained("next_reply", inputs, at(4), TABLES)) == [
        "the ticket was opened; the clock waits for the customer's next message",
        "the customer wrote: a reply is owed",
        "public reply to the customer: met with 3 hr left, by Anna de Vries",
    ]
