"""J5 on four service processes: nobody is surprised (R3)."""

from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import pytest

from opsdesk.endpoints import Running
from opsdesk.journeys import context as stages
from opsdesk.journeys import j5_forecast
from opsdesk.journeys.context import Stage
from opsdesk.journeys.j5_forecast import Told
from opsdesk.journeys.steps import read
from opsdesk.journeys.support_hours import DAY


@pytest.fixture(scope="module")
async def stage_and_told(running: Running) -> AsyncIterator[tuple[Stage, Told]]:
    async with stages.raised(running, print) as here:
        yield here, await j5_forecast.play(here)


@pytest.fixture
def stage(stage_and_told: tuple[Stage, Told]) -> Stage:
    return stage_and_told[0]


@pytest.fixture
def told(stage_and_told: tuple[Stage, Told]) -> Told:
    return stage_and_told[1]


def test_a_slow_past_makes_the_promise_likely_to_break(told: Told) -> None:
    """Minutes after it was opened, with the reason in words."""
    assert told.forecast["outlook"] == "likely"
    assert told.forecast["known"] >= j5_forecast.PAST
    assert "major incident resolution" in told.forecast["reasons"][1]


def test_who_subscribed_hears_of_it_once_and_before_it_happens(stage: Stage, told: Told) -> None:
    """R3: one notice, days ahead; nobody else gets it."""
    (letter,) = told.heard
    assert str(letter["X-Envelope-To"]) == stage.address_of("dana")
    assert "is likely to break" in str(letter["Subject"])
    sent_at = parsedate_to_datetime(str(letter["Date"]))
    assert sent_at + DAY < told.deadline


def test_only_turns_are_told_and_they_name_the_subscriber(told: Told) -> None:
    made = [
        one
        for one in told.records
        if one.type == "opsdesk.clock.forecast.v1" and one.body["metric"] == "resolution"
    ]
    assert [one.body["outlook"] for one in made] == ["likely"]
    assert made[0].body["subscribers"] == ["dana"]


def test_the_stakeholder_takes_note(told: Told) -> None:
    (given,) = told.acknowledged["acknowledgements"]
    assert given["sub"] == "dana"
    said = [one for one in told.records if one.type.endswith("forecast_acknowledged.v1")]
    assert [one.body["acknowledged_by"] for one in said] == ["dana"]


def test_it_broke_as_expected_and_the_forecast_is_scored(told: Told) -> None:
    assert told.clock["outcome"] == "breached"
    assert read(told.clock["breached_at"]) == told.deadline
    assert told.score["broke"] >= 1
    assert told.score["brier"] < 0.25
