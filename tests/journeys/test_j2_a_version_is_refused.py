"""J2 on four service processes: an argument, a follow-up by two people, a second attempt."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Running
from opsdesk.journeys import context as stages
from opsdesk.journeys import gate, j2_refused_version
from opsdesk.journeys.j2_refused_version import ARGUMENT, EVIDENCE, Told


@pytest.fixture(scope="module")
async def told(running: Running) -> AsyncIterator[Told]:
    async with stages.raised(running, print) as here:
        yield await j2_refused_version.play(here)


def test_ops_refuses_with_an_argument_although_all_checks_are_green(told: Told) -> None:
    """R6, G4."""
    assert told.refused["state"] == "refused"
    assert {check["result"] for check in told.version["checks"]} <= {"passed"}
    assert told.refused["verdict"]["spoken_by"] == "anna"
    assert [one["argument"] for one in told.refused["verdict"]["reasons"]] == [ARGUMENT]


def test_qc_reads_the_refusal_with_its_reasons(told: Told) -> None:
    """R6."""
    assert told.read_by_qc["delivery"] == told.refused["key"]
    assert told.read_by_qc["verdict"]["reasons"][0]["argument"] == ARGUMENT


def test_while_the_follow_up_is_open_the_version_is_refused_again(told: Told) -> None:
    """G5."""
    assert told.held["verdict"]["outcome"] == "refused"
    assert gate.codes(told.held) == ["FOLLOWUP_OPEN"]
    assert told.held["verdict"]["follow_ups"] == [told.follow_up["key"]]


def test_the_follow_up_is_closed_by_one_person_and_confirmed_by_another(told: Told) -> None:
    """R1, G5."""
    assert told.self_confirmation.status == 403
    assert told.self_confirmation.told["code"] == "SELF_CONFIRMATION"
    assert told.follow_up["evidence"] == EVIDENCE
    assert (told.follow_up["closed_by"], told.follow_up["confirmed_by"]) == ("sven", "quin")


def test_the_second_attempt_is_approved_by_two_people_and_delivered(told: Told) -> None:
    """G3, G5: one person counts once; the request that was turned away was no attempt."""
    assert told.counted_once.told["code"] == "ALREADY_COUNTED"
    assert (told.refused["attempt"], told.delivered["attempt"]) == (1, 2)
    assert sorted(one["by"] for one in told.delivered["approvals"]) == ["anna", "omar"]
    assert told.delivered["requested_by"] == "pipeline"
    assert told.delivered["state"] == "delivered"
    assert told.environment["running"]["billing"] == told.version["digest"]


def test_every_verdict_is_on_record(told: Told) -> None:
    """Accepted when submitted, started and verified; nothing of it was changed afterwards."""
    assert told.verdicts["outcome"] == "accepted"
    assert told.verdicts["delivery"] == told.delivered["key"]
    assert {one["outcome"] for one in told.verdicts["earlier"]} == {"accepted"}


def test_subscribers_hear_all_of_it_in_order(told: Told) -> None:
    """Per aggregate from 1, without gaps; the refusal carries its argument."""
    by_subject: dict[str, list[int]] = {}
    for record in told.records:
        by_subject.setdefault(record.subject, []).append(record.sequence)
    assert all(found == list(range(1, len(found) + 1)) for found in by_subject.values())
    refusals = [one for one in told.records if one.type == "opsdesk.delivery.refused.v1"]
    assert [one.body["delivery"] for one in refusals] == [told.refused["key"], told.held["key"]]
    assert refusals[0].body["reasons"][0]["argument"] == ARGUMENT
    assert told.records[0].type == "opsdesk.version.registered.v1"
