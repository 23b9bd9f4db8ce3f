"""J4 on four service processes: approved before, it counts; a second after, it changes nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j4_waiver
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.j4_waiver import Result
from opsdesk.journeys.steps import parse_instant

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture(scope="module")
async def context_and_result(endpoints: Endpoints) -> AsyncIterator[tuple[JourneyContext, Result]]:
    async with stages.open_context(endpoints, print) as context:
        yield context, await j4_waiver.play(context)


@pytest.fixture
def context(context_and_result: tuple[JourneyContext, Result]) -> JourneyContext:
    return context_and_result[0]


@pytest.fixture
def result(context_and_result: tuple[JourneyContext, Result]) -> Result:
    return context_and_result[1]


def test_only_the_gm_may_approve(result: Result) -> None:
    """R2."""
    assert result.denied_to_requester.status == 403


def test_approved_before_the_deadline_it_counts(result: Result) -> None:
    """C11: breached, with approval."""
    assert (result.waiver_in_time["decided_by"], result.waiver_in_time["late"]) == ("gina", False)
    assert parse_instant(result.waiver_in_time["decided_at"]) == result.deadline - HOUR
    assert result.waived_clock["outcome"] == "waived"
    assert parse_instant(result.waived_clock["breached_at"]) == result.deadline


def test_approved_a_second_after_it_changes_nothing_and_is_shown_as_late(result: Result) -> None:
    """C11."""
    assert (result.late_waiver["state"], result.late_waiver["late"]) == ("approved", True)
    assert parse_instant(result.late_waiver["decided_at"]) == result.deadline + SECOND
    assert result.breached_clock["outcome"] == "breached"
    assert parse_instant(result.breached_clock["breached_at"]) == result.deadline


def test_raw_and_adjusted_compliance_differ_by_the_waiver_that_counts(result: Result) -> None:
    """R2: two first responses met, one resolution excused, one broken."""
    found = result.compliance
    assert (found["met"], found["breached"], found["waived"]) == (2, 1, 1)
    assert (found["raw"], found["adjusted"]) == (0.5, 0.75)


def test_the_gm_hears_of_the_request_while_there_is_time(
    context: JourneyContext, result: Result
) -> None:
    """R2, R3: at once, and again while nobody has decided."""
    assert {str(one["X-Envelope-To"]) for one in result.mails} == {context.address_of("gina")}
    left = [
        one.body["remaining_seconds"]
        for one in result.records
        if one.type == "opsdesk.waiver.decision_reminder.v1"
        and one.body["ticket"] == result.waived_clock["ticket"]
    ]
    assert left
    assert left == sorted(left, reverse=True)
    assert len(result.mails) == 1 + len(left)


def test_an_approved_breach_wakes_nobody(result: Result) -> None:
    """R2: only the ticket that was not covered escalates its breach."""
    excused, breached = result.waived_clock["ticket"], result.breached_clock["ticket"]
    assert "clock_breached" not in result.cases[excused]
    assert "clock_breached" in result.cases[breached]


def test_events_say_which_breach_was_approved(result: Result) -> None:
    breaches = [one for one in result.records if one.type == "opsdesk.clock.breached.v1"]
    approved = {one.body["ticket"]: one.body["approved"] for one in breaches}
    assert approved == {result.waived_clock["ticket"]: True, result.breached_clock["ticket"]: False}
