"""Inputs that become known after the breach: stops in time, and waivers (architecture, 6; C11)."""

from uuid import UUID

import pytest

from sla.clocks.domain.clock import Clock, ClockWaiver, Input, InputKind
from sla.clocks.domain.fold import fold, step
from sla.clocks.domain.schedule import firing_input, next_firing
from sla_support.clock_dsl import MINUTE, TABLES, at, make_input, terms


def clock_breached_without_events() -> Clock:
    clock = fold("resolution", [make_input(0, "opened", terms(60))], TABLES)
    while (firing := next_firing(clock, TABLES)) is not None:
        clock = step(clock, firing_input(firing, at(61)), TABLES)
    return clock


@pytest.mark.parametrize("kind", ["resolved", "on_hold"])
def test_a_stop_in_time_that_is_heard_late_takes_the_breach_back(kind: InputKind) -> None:
    """architecture, 6"""
    clock = step(clock_breached_without_events(), make_input(60, kind), TABLES)
    assert (clock.breached_at, clock.counted) == (None, 60 * MINUTE)


def test_a_stop_too_late_that_is_heard_late_takes_nothing_back() -> None:
    assert step(
        clock_breached_without_events(), make_input(60.5, "resolved"), TABLES
    ).breached_at == at(60)


def test_a_reply_heard_late_does_not_take_a_resolutions_breach_back() -> None:
    assert step(
        clock_breached_without_events(), make_input(59, "replied"), TABLES
    ).breached_at == at(60)


@pytest.mark.parametrize(
    ("approved", "expires", "outcome"),
    [(59, 90, "waived"), (60, 90, "breached"), (30, 60, "breached"), (30, 60.1, "waived")],
)
def test_only_a_waiver_approved_before_and_valid_at_the_breach_counts(
    approved: float, expires: float, outcome: str
) -> None:
    """C11"""
    waived = ClockWaiver(UUID(int=9), at(approved), at(expires))
    clock = step(
        clock_breached_without_events(),
        Input(0, "waived", at(approved), at(approved), waiver=waived),
        TABLES,
    )
    assert clock.outcome == outcome
