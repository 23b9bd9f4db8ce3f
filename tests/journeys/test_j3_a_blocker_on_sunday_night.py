"""J3 on four service processes: only an open Blocker opens the way past a version, and it costs."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from opsdesk.endpoints import Running
from opsdesk.journeys import context as stages
from opsdesk.journeys import gate, j3_blocker_at_night
from opsdesk.journeys.context import Stage
from opsdesk.journeys.j3_blocker_at_night import Told
from opsdesk.journeys.steps import read


@pytest.fixture(scope="module")
async def stage_and_told(running: Running) -> AsyncIterator[tuple[Stage, Told]]:
    async with stages.raised(running, print) as here:
        yield here, await j3_blocker_at_night.play(here)


@pytest.fixture
def stage(stage_and_told: tuple[Stage, Told]) -> Stage:
    return stage_and_told[0]


@pytest.fixture
def told(stage_and_told: tuple[Stage, Told]) -> Told:
    return stage_and_told[1]


def test_it_is_three_on_a_sunday_night(told: Told) -> None:
    assert (told.start.weekday(), told.start.hour, told.start.minute) == (6, 3, 0)


def test_without_an_open_blocker_the_change_is_denied(told: Told) -> None:
    """G8: before the ticket is raised, and after it is solved."""
    assert (told.too_early.status, told.too_early.told["code"]) == (409, "NOT_BLOCKER")
    assert (told.too_late.status, told.too_late.told["code"]) == (409, "BLOCKER_CLOSED")


def test_two_people_stand_for_the_change(told: Told) -> None:
    """G8, R1."""
    assert told.by_one_person.told["code"] == "SELF_APPROVAL"
    change = told.change
    people = (change["requested_by"], change["authorized_by"], change["applied_by"])
    assert people == ("omar", "theo", "sven")
    assert change["ticket"] == told.ticket


def test_the_change_leaves_the_environment_in_debt_for_72_hours(told: Told) -> None:
    """R7, G8."""
    assert told.owing["state"] == "in_debt"
    assert told.owing["debt"]["change"] == told.change["key"]
    lasts = read(told.owing["debt"]["due_at"]) - read(told.owing["debt"]["since"])
    assert lasts == timedelta(hours=72)


def test_meanwhile_everything_else_is_refused(told: Told) -> None:
    """G8: another version, and a second emergency change."""
    assert told.refused["verdict"]["outcome"] == "refused"
    assert "EMERGENCY_DEBT_OPEN" in gate.codes(told.refused)
    assert told.second_change.told["code"] == "EMERGENCY_DEBT_OPEN"


def test_the_overdue_debt_escalates_to_dm_and_po(stage: Stage, told: Told) -> None:
    """G8: at its due instant, by mail to both and on both teams' topics."""
    due_at = read(told.owing["debt"]["due_at"])
    (case,) = told.overdue
    assert (case["policy"], read(case["opened_at"])) == ("owed-version", due_at)
    mailed = {str(letter["X-Envelope-To"]) for letter in told.letters}
    assert mailed == {stage.address_of("dana"), stage.address_of("pavel")}
    topics = {one.topic for one in stage.records if one.body.get("escalation") == case["key"]}
    assert {"opsdesk.escalations.dm", "opsdesk.escalations.po"} <= topics
    fired = stage.said("environment.debt_overdue", environment="acme-prod")
    assert [datetime.fromisoformat(one.body["fired_at"]) for one in fired] == [due_at]


def test_the_version_that_contains_the_change_pays_the_debt(told: Told) -> None:
    """G8: by the short way, which leaves out nothing but staging."""
    assert told.delivered["state"] == "delivered"
    assert len(told.delivered["approvals"]) == 2
    assert (told.paid["state"], told.paid["debt"]) == ("compliant", None)
    assert told.paid["running"]["billing"] == told.delivered["digest"]


def test_a_blockers_clocks_never_stop(told: Told) -> None:
    """R10, C6: raised, the promise counts around the clock, also what was counted before."""
    response, resolution = told.clocks["first_response"], told.clocks["resolution"]
    assert (response["target_seconds"], response["outcome"]) == (900, "met")
    assert read(resolution["deadline"]) == told.start + timedelta(hours=4)
    assert (resolution["outcome"], resolution["counted_seconds"]) == ("met", 90 * 60)
    assert read(resolution["stopped_at"]) == told.start + timedelta(minutes=90)


def test_the_people_on_call_were_paged_at_once(stage: Stage, told: Told) -> None:
    """R10: first and second level, at the instant at which the ticket became a blocker."""
    raised = stage.letters_about(told.ticket, "blocker on acme-prod")
    paged = {str(letter["X-Envelope-To"]) for letter in raised}
    first = {stage.address_of(one) for one in ("anna", "omar")}
    second = {stage.address_of(one) for one in ("sven", "mia")}
    assert len(paged & first) == 1
    assert len(paged & second) == 1
    assert len(paged) == 2
