"""J5 on four service processes: nobody is surprised (R3)."""

from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j5_forecast
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.j5_forecast import Result
from opsdesk.journeys.steps import parse_instant
from opsdesk.journeys.support_hours import DAY


@pytest.fixture(scope="module")
async def context_and_result(endpoints: Endpoints) -> AsyncIterator[tuple[JourneyContext, Result]]:
    async with stages.open_context(endpoints, print) as context:
        yield context, await j5_forecast.play(context)


@pytest.fixture
def context(context_and_result: tuple[JourneyContext, Result]) -> JourneyContext:
    return context_and_result[0]


@pytest.fixture
def result(context_and_result: tuple[JourneyContext, Result]) -> Result:
    return context_and_result[1]


def test_a_slow_past_makes_the_promise_likely_to_break(result: Result) -> None:
    """Minutes after it was opened, with the reason in words."""
    assert result.forecast["outlook"] == "likely_to_breach"
    assert result.forecast["sample_size"] >= j5_forecast.PAST_TICKETS
    assert "major incident resolution" in result.forecast["reasons"][1]


def test_who_subscribed_hears_of_it_once_and_before_it_happens(
    context: JourneyContext, result: Result
) -> None:
    """R3: one notice, days ahead; nobody else gets it."""
    (letter,) = result.mails
    assert str(letter["X-Envelope-To"]) == context.address_of("dana")
    assert "is likely to break" in str(letter["Subject"])
    sent_at = parsedate_to_datetime(str(letter["Date"]))
    assert sent_at + DAY < result.deadline


def test_only_changes_are_published_and_they_name_the_subscriber(result: Result) -> None:
    made = [
        one
        for one in result.records
        if one.type == "opsdesk.forecast.changed.v1" and one.body["metric"] == "resolution"
    ]
    assert [one.body["outlook"] for one in made] == ["likely_to_breach"]
    assert made[0].body["subscribers"] == ["dana"]


def test_the_stakeholder_takes_note(result: Result) -> None:
    (given,) = result.acknowledgement["acknowledgements"]
    assert given["sub"] == "dana"
    acknowledgements = [
        one for one in result.records if one.type.endswith("forecast.acknowledged.v1")
    ]
    assert [one.body["acknowledged_by"] for one in acknowledgements] == ["dana"]


def test_it_broke_as_expected_and_the_forecast_is_scored(result: Result) -> None:
    assert result.clock["outcome"] == "breached"
    assert parse_instant(result.clock["breached_at"]) == result.deadline
    assert result.score["breached"] >= 1
    assert result.score["brier"] < 0.25
