"""J2 on four service processes: an argument, a follow-up by two people, a second attempt."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import gate, j2_refused_version
from opsdesk.journeys.j2_refused_version import ARGUMENT, EVIDENCE, Result


@pytest.fixture(scope="module")
async def result(endpoints: Endpoints) -> AsyncIterator[Result]:
    async with stages.open_context(endpoints, print) as context:
        yield await j2_refused_version.play(context)


def test_ops_refuses_with_an_argument_although_all_checks_are_green(result: Result) -> None:
    """R6, G4."""
    assert result.refusal["state"] == "refused"
    assert {check["result"] for check in result.version["checks"]} <= {"passed"}
    assert result.refusal["verdict"]["decided_by"] == "anna"
    assert [one["justification"] for one in result.refusal["verdict"]["reasons"]] == [ARGUMENT]


def test_qc_reads_the_refusal_with_its_reasons(result: Result) -> None:
    """R6."""
    assert result.read_by_qc["delivery"] == result.refusal["key"]
    assert result.read_by_qc["verdict"]["reasons"][0]["justification"] == ARGUMENT


def test_while_the_follow_up_is_open_the_version_is_refused_again(result: Result) -> None:
    """G5."""
    assert result.still_refused["verdict"]["outcome"] == "refused"
    assert gate.reason_codes(result.still_refused) == ["FOLLOWUP_OPEN"]
    assert result.still_refused["verdict"]["follow_ups"] == [result.follow_up["key"]]


def test_the_follow_up_is_closed_by_one_person_and_confirmed_by_another(result: Result) -> None:
    """R1, G5."""
    assert result.self_confirmation.status == 403
    assert result.self_confirmation.body["code"] == "SELF_CONFIRMATION"
    assert result.follow_up["evidence"] == EVIDENCE
    assert (result.follow_up["closed_by"], result.follow_up["confirmed_by"]) == ("sven", "quin")


def test_the_second_attempt_is_approved_by_two_people_and_delivered(result: Result) -> None:
    """G3, G5: one person counts once; the request that was turned away was no attempt."""
    assert result.first_confirmation.body["code"] == "ALREADY_COUNTED"
    assert (result.refusal["attempt"], result.delivery["attempt"]) == (1, 2)
    assert sorted(one["by"] for one in result.delivery["approvals"]) == ["anna", "omar"]
    assert result.delivery["requested_by"] == "pipeline"
    assert result.delivery["state"] == "delivered"
    assert result.environment["running"]["billing"] == result.version["digest"]


def test_every_verdict_is_on_record(result: Result) -> None:
    """Accepted when submitted, started and verified; nothing of it was changed afterwards."""
    assert result.verdicts["outcome"] == "accepted"
    assert result.verdicts["delivery"] == result.delivery["key"]
    assert {one["outcome"] for one in result.verdicts["earlier"]} == {"accepted"}


def test_subscribers_hear_all_of_it_in_order(result: Result) -> None:
    """Per aggregate from 1, without gaps; the refusal carries its argument."""
    by_subject: dict[str, list[int]] = {}
    for record in result.records:
        by_subject.setdefault(record.subject, []).append(record.sequence)
    assert all(found == list(range(1, len(found) + 1)) for found in by_subject.values())
    refusals = [one for one in result.records if one.type == "opsdesk.delivery.refused.v1"]
    assert [one.body["delivery"] for one in refusals] == [
        result.refusal["key"],
        result.still_refused["key"],
    ]
    assert refusals[0].body["reasons"][0]["justification"] == ARGUMENT
    assert result.records[0].type == "opsdesk.version.registered.v1"
