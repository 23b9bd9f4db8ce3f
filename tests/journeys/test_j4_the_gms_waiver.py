"""J4 on four service processes: approved before, it counts; a second after, it changes nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from opsdesk.endpoints import Running
from opsdesk.journeys import context as stages
from opsdesk.journeys import j4_waiver
from opsdesk.journeys.context import Stage
from opsdesk.journeys.j4_waiver import Told
from opsdesk.journeys.steps import read

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture(scope="module")
async def stage_and_told(running: Running) -> AsyncIterator[tuple[Stage, Told]]:
    async with stages.raised(running, print) as here:
        yield here, await j4_waiver.play(here)


@pytest.fixture
def stage(stage_and_told: tuple[Stage, Told]) -> Stage:
    return stage_and_told[0]


@pytest.fixture
def told(stage_and_told: tuple[Stage, Told]) -> Told:
    return stage_and_told[1]


def test_only_the_gm_may_approve(told: Told) -> None:
    """R2."""
    assert told.by_the_requester.status == 403


def test_approved_before_the_deadline_it_counts(told: Told) -> None:
    """C11: breached, with approval."""
    assert (told.in_time["decided_by"], told.in_time["late"]) == ("gina", False)
    assert read(told.in_time["decided_at"]) == told.deadline - HOUR
    assert told.excused["outcome"] == "excused"
    assert read(told.excused["breached_at"]) == told.deadline


def test_approved_a_second_after_it_changes_nothing_and_is_shown_as_late(told: Told) -> None:
    """C11."""
    assert (told.late["state"], told.late["late"]) == ("approved", True)
    assert read(told.late["decided_at"]) == told.deadline + SECOND
    assert told.breached["outcome"] == "breached"
    assert read(told.breached["breached_at"]) == told.deadline


def test_raw_and_adjusted_compliance_differ_by_the_waiver_that_counts(told: Told) -> None:
    """R2: two first responses met, one resolution excused, one broken."""
    found = told.compliance
    assert (found["met"], found["breached"], found["excused"]) == (2, 1, 1)
    assert (found["raw"], found["adjusted"]) == (0.5, 0.75)


def test_the_gm_hears_of_the_request_while_there_is_time(stage: Stage, told: Told) -> None:
    """R2, R3: at once, and again while nobody has decided."""
    assert {str(one["X-Envelope-To"]) for one in told.letters} == {stage.address_of("gina")}
    left = [
        one.body["seconds_left"]
        for one in told.records
        if one.type == "opsdesk.clock.waiver_reminded.v1"
        and one.body["ticket"] == told.excused["ticket"]
    ]
    assert left
    assert left == sorted(left, reverse=True)
    assert len(told.letters) == 1 + len(left)


def test_an_approved_breach_wakes_nobody(told: Told) -> None:
    """R2: only the ticket that was not covered escalates its breach."""
    excused, breached = told.excused["ticket"], told.breached["ticket"]
    assert "clock_breached" not in told.escalated[excused]
    assert "clock_breached" in told.escalated[breached]


def test_subscribers_are_told_which_breach_was_approved(told: Told) -> None:
    breaches = [one for one in told.records if one.type == "opsdesk.clock.breached.v1"]
    approved = {one.body["ticket"]: one.body["approved"] for one in breaches}
    assert approved == {told.excused["ticket"]: True, told.breached["ticket"]: False}
