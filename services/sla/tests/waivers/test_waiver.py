"""The rules of a waiver: two people, and the deadline (R2, C11)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sla.calendars.domain.calendar import always_open
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.waivers.domain.waiver import (
    ALREADY_DECIDED,
    ROLE_MISSING,
    SELF_APPROVAL,
    Decision,
    Waiver,
    approve,
    refuse,
)

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALENDAR = UUID(int=1)
TABLES = {CALENDAR: Timetable(always_open(read_zone("Europe/Amsterdam")))}
GM, OPS = frozenset({"gm"}), frozenset({"ops"})


def waiver(**more: object) -> Waiver:
    facts: dict[str, Any] = {
        "id": UUID(int=5),
        "key": "WVR-5",
        "clock_id": UUID(int=2),
        "reason": "The supplier is down",
        "requested_by": "theo",
        "requested_at": NINE,
        "expires_at": NINE + 90 * MINUTE,
    }
    return Waiver(**facts | more)


def test_nobody_approves_what_they_asked_for_and_only_a_gm_decides() -> None:
    """R2"""
    request = waiver(requested_by="gina")
    assert approve(request, Decision("gina", GM, NINE), None, None) == SELF_APPROVAL
    assert approve(request, Decision("anna", OPS, NINE), None, None) == ROLE_MISSING
    assert refuse(request, Decision("anna", OPS, NINE)) == ROLE_MISSING


def test_an_approval_at_the_deadline_is_late_and_kept() -> None:
    """C11"""
    deadline = NINE + 60 * MINUTE
    before = approve(waiver(), Decision("gina", GM, deadline - MINUTE / 60), deadline, None)
    after = approve(waiver(), Decision("gina", GM, deadline), deadline, None)
    assert isinstance(before, Waiver)
    assert isinstance(after, Waiver)
    assert (before.late, after.late, after.state) == (False, True, "approved")
    assert approve(after, Decision("gina", GM, deadline), deadline, None) == ALREADY_DECIDED
