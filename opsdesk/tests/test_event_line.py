"""One readable line per event, whatever the topic."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from opsdesk.event_line import format_event, subject_name
from opsdesk.topic_reader import Record

BREACH = Record(
    "opsdesk.clocks",
    3,
    17,
    "0192f3a0-0000-7000-8000-000000000001",
    "opsdesk.clock.breached.v1",
    "clock/0192f3a0-0000-7000-8000-000000000002",
    4,
    "2027-03-30T08:30:00Z",
    0,
    {
        "at": "2027-03-30T08:30:00Z",
        "clock_id": "0192f3a0-0000-7000-8000-000000000002",
        "ticket": "OPS-7",
        "title": "Invoices are not sent",
        "metric": "first_response",
        "target_seconds": 14400,
        "deadline": "2027-03-30T08:30:00Z",
        "environment": None,
        "fired_without_events": False,
    },
)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_a_line_says_when_what_about_whom_and_the_facts() -> None:
    output = format_event(BREACH, AMSTERDAM)
    assert output.startswith("Tue 30 Mar 2027 10:30:00 CEST  clock.breached")
    assert "OPS-7" in output
    assert "metric=first_response" in output
    assert "target=4 h" in output
    assert "deadline=Tue 30 Mar 2027 10:30:00 CEST" in output


def test_ids_titles_and_empty_facts_are_left_out() -> None:
    output = format_event(BREACH, AMSTERDAM)
    assert "0192f3a0" not in output
    assert "Invoices" not in output
    assert "fired_without_events" not in output
    assert "environment" not in output


def test_the_subjects_own_name_goes_first() -> None:
    follow_up = replace(
        BREACH, subject="follow-up/1", body={"follow_up": "FU-3", "ticket": "OPS-7"}
    )
    assert subject_name(follow_up) == "FU-3"


def test_a_record_that_is_no_event_still_makes_a_line() -> None:
    """A tail must not stop at what somebody else wrote onto the topic."""
    strange = Record("t", 0, 0, "", "(no type)", "(no subject)", 0, "", 0, {})
    assert "(no type)" in format_event(strange)
