"""J14 on four service processes: from incidents to a fix that runs, and that two people have verified."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j14_problem
from opsdesk.journeys.j14_problem import SYMPTOMS, WORKAROUND, Result


@pytest.fixture(scope="module")
async def result(endpoints: Endpoints) -> AsyncIterator[Result]:
    async with stages.open_context(endpoints, print) as context:
        yield await j14_problem.play(context)


def test_a_known_error_has_a_cause_and_a_way_to_go_on(result: Result) -> None:
    known = result.known_error
    assert (known["state"], known["symptoms"], known["method"]) == (
        "known_error",
        SYMPTOMS,
        "five_whys",
    )
    assert (known["cause_by"], known["workaround"]) == ("sven", WORKAROUND)


def test_the_next_incident_is_offered_the_workaround_and_the_customer_reads_it(
    result: Result,
) -> None:
    assert [one["workaround"] for one in result.suggested] == [WORKAROUND]
    assert [WORKAROUND in one["text"] for one in result.read_by_jan] == [True]
    assert result.problem["incidents"] == result.incidents
    assert len(result.incidents) == 3


def test_nothing_is_booked_that_the_customer_has_not_approved(result: Result) -> None:
    assert result.denials["not approved"].body["code"] == "NOT_APPROVED"
    assert (result.decided["decided_by"], result.decided["sprint"]) == ("jan", "Sprint 12")


def test_the_product_owner_hears_of_the_fix_and_has_it_in_the_backlog(result: Result) -> None:
    (event,) = result.fix_requested
    assert (event.body["change_request"], event.body["product_owners"]) == (
        result.change,
        ["pavel"],
    )
    assert (result.problem["backlog_reference"], result.problem["backlog_by"]) == (
        "BIL-77",
        "pavel",
    )


def test_the_change_closes_through_a_delivery(result: Result) -> None:
    """R7"""
    assert result.delivered["delivered_at"] is not None
    assert result.closed_change["state"] == "closed"


def test_the_fix_is_verified_on_staging_and_in_production_by_others(result: Result) -> None:
    """R1"""
    assert result.denials["production first"].body["code"] == "STAGING_FIRST"
    assert result.denials["alone"].body["code"] == "FOUR_EYES"
    problem = result.problem
    assert (problem["state"], problem["fix_by"]) == ("fixed", "sven")
    assert (problem["staging_verified_by"], problem["production_verified_by"]) == ("mia", "anna")
