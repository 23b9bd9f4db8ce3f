"""J3 on four service processes: only an open Blocker opens the way past a version, and it costs."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import gate, j3_blocker_at_night
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.j3_blocker_at_night import Result
from opsdesk.journeys.steps import parse_instant


@pytest.fixture(scope="module")
async def context_and_result(endpoints: Endpoints) -> AsyncIterator[tuple[JourneyContext, Result]]:
    async with stages.open_context(endpoints, print) as context:
        yield context, await j3_blocker_at_night.play(context)


@pytest.fixture
def context(context_and_result: tuple[JourneyContext, Result]) -> JourneyContext:
    return context_and_result[0]


@pytest.fixture
def result(context_and_result: tuple[JourneyContext, Result]) -> Result:
    return context_and_result[1]


def test_it_is_three_on_a_sunday_night(result: Result) -> None:
    assert (result.start.weekday(), result.start.hour, result.start.minute) == (6, 3, 0)


def test_without_an_open_blocker_the_change_is_denied(result: Result) -> None:
    """G8: before the ticket is raised, and after it is solved."""
    assert (result.denied_without_blocker.status, result.denied_without_blocker.body["code"]) == (
        409,
        "NOT_BLOCKER",
    )
    assert (result.denied_after_blocker.status, result.denied_after_blocker.body["code"]) == (
        409,
        "BLOCKER_CLOSED",
    )


def test_two_people_stand_for_the_change(result: Result) -> None:
    """G8, R1."""
    assert result.denied_same_person.body["code"] == "SELF_APPROVAL"
    change = result.change
    people = (change["requested_by"], change["authorized_by"], change["applied_by"])
    assert people == ("omar", "theo", "sven")
    assert change["ticket"] == result.ticket


def test_the_change_leaves_the_environment_in_debt_for_72_hours(result: Result) -> None:
    """R7, G8."""
    assert result.environment_in_debt["state"] == "in_debt"
    assert result.environment_in_debt["debt"]["change"] == result.change["key"]
    lasts = parse_instant(result.environment_in_debt["debt"]["due_at"]) - parse_instant(
        result.environment_in_debt["debt"]["started_at"]
    )
    assert lasts == timedelta(hours=72)


def test_meanwhile_everything_else_is_refused(result: Result) -> None:
    """G8: another version, and a second emergency change."""
    assert result.refusal["verdict"]["outcome"] == "refused"
    assert "EMERGENCY_DEBT_OPEN" in gate.reason_codes(result.refusal)
    assert result.second_change.body["code"] == "EMERGENCY_DEBT_OPEN"


def test_the_overdue_debt_escalates_to_dm_and_po(context: JourneyContext, result: Result) -> None:
    """G8: at its due instant, by mail to both and on both teams' topics."""
    due_at = parse_instant(result.environment_in_debt["debt"]["due_at"])
    (case,) = result.overdue_cases
    assert (case["policy"], parse_instant(case["opened_at"])) == ("owed-version", due_at)
    mailed = {str(letter["X-Envelope-To"]) for letter in result.mails}
    assert mailed == {context.address_of(one) for one in ("dana", "dirk", "pavel")}
    topics = {one.topic for one in context.events if one.body.get("escalation") == case["key"]}
    assert {"opsdesk.escalations.dm", "opsdesk.escalations.po"} <= topics
    fired = context.events_of("environment.debt_overdue", environment="acme-prod")
    assert [datetime.fromisoformat(one.body["fired_at"]) for one in fired] == [due_at]


def test_the_version_that_contains_the_change_pays_the_debt(result: Result) -> None:
    """G8: by the short way, which leaves out nothing but staging."""
    assert result.delivery["state"] == "delivered"
    assert len(result.delivery["approvals"]) == 2
    assert (result.settled_change["state"], result.settled_change["debt"]) == ("compliant", None)
    assert result.settled_change["running"]["billing"] == result.delivery["digest"]


def test_a_blockers_clocks_never_stop(result: Result) -> None:
    """R10, C6: raised, the promise counts around the clock, also what was counted before."""
    response, resolution = result.clocks["first_response"], result.clocks["resolution"]
    assert (response["target_seconds"], response["outcome"]) == (900, "met")
    assert parse_instant(resolution["deadline"]) == result.start + timedelta(hours=4)
    assert (resolution["outcome"], resolution["elapsed_seconds"]) == ("met", 90 * 60)
    assert parse_instant(resolution["stopped_at"]) == result.start + timedelta(minutes=90)


def test_the_people_on_call_were_paged_at_once(context: JourneyContext, result: Result) -> None:
    """R10: first and second level, at the instant at which the ticket became a blocker."""
    raised = context.mails_about(result.ticket, "blocker on acme-prod")
    paged = {str(letter["X-Envelope-To"]) for letter in raised}
    first = {context.address_of(one) for one in ("anna", "omar")}
    second = {context.address_of(one) for one in ("sven", "mia")}
    assert len(paged & first) == 1
    assert len(paged & second) == 1
    assert len(paged) == 2
