from datetime import UTC, datetime, timedelta

import pytest

from escalation.notifications.domain.notification import Purpose
from escalation.notifications.domain.notification_text import Links, render
from escalation.policies.domain.trigger import Trigger

AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
WARNED = Trigger(
    "clock_threshold_reached",
    "blocker",
    "clock/1/warned",
    "OPS-1042: resolution is 75% used up",
    AT,
    customer="acme",
    environment="acme-prod",
    ticket="OPS-1042",
    expected_breach_at=AT + timedelta(hours=1),
)
LINK = Links("https://opsdesk.example/v1/escalations/ESC-7")


def test_a_page_says_what_when_where_and_what_to_do() -> None:
    """Both times, across a clock change: 01:30 winter time, 03:30 summer time an hour later."""
    mail = render("page", "ESC-7", WARNED, "Europe/Amsterdam", LINK)
    assert mail.subject == "[ESC-7] OPS-1042: resolution is 75% used up"
    assert mail.body.splitlines() == [
        "OPS-1042: resolution is 75% used up.",
        "",
        "Breaks: Sun 29 Mar 2026 03:30 CEST (Sun 29 Mar 2026 01:30 UTC)",
        "Since: Sun 29 Mar 2026 01:30 CET (Sun 29 Mar 2026 00:30 UTC)",
        "Severity: blocker",
        "Customer: acme",
        "Environment: acme-prod",
        "Ticket: OPS-1042",
        "",
        "Take it, and it stops waking others:",
        "    opsdesk escalations acknowledge ESC-7",
        f"Look: {LINK.look}",
    ]


@pytest.mark.parametrize("purpose", ["duty", "all_clear"])
def test_a_notice_asks_for_nothing(purpose: Purpose) -> None:
    mail = render(purpose, "ESC-7", WARNED, "UTC", LINK, "the clock stopped in time")
    assert "acknowledge" not in mail.body


def test_an_all_clear_says_why() -> None:
    mail = render("all_clear", "ESC-7", WARNED, "UTC", LINK, "the clock stopped in time")
    assert "you need not do anything: the clock stopped in time." in mail.body


def test_no_line_break_reaches_the_subject() -> None:
    wicked = Trigger("manual", "major", "x", "Hello\r\nBcc: everybody@example.org", AT)
    assert "\n" not in render("page", "ESC-8", wicked, "UTC", LINK).subject
    assert "\r" not in render("page", "ESC-8", wicked, "UTC", LINK).subject
