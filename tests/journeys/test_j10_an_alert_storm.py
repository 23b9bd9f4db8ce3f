"""J10 on four service processes: ten thousand alerts, few tickets, and an end of all of them."""

from collections.abc import AsyncIterator

import pytest

from opsdesk.endpoints import Endpoints
from opsdesk.journeys import context as stages
from opsdesk.journeys import j10_alert_storm
from opsdesk.journeys.j10_alert_storm import SCOPES, Result

MAX_TICKETS = 20


@pytest.fixture(scope="module")
async def result(endpoints: Endpoints) -> AsyncIterator[Result]:
    async with stages.open_context(endpoints, print) as context:
        yield await j10_alert_storm.play(context)


def test_a_storm_becomes_a_few_tickets_that_carry_every_alert(result: Result) -> None:
    """I4: each environment has its own"""
    assert result.firing == result.sent
    assert result.effects.keys() <= {"raised", "known"}, "known: of a post that was repeated"
    assert sum(result.effects.values()) == result.sent
    assert len(result.tickets) <= MAX_TICKETS
    assert {one["environment"] for one in result.tickets} == {one["environment"] for one in SCOPES}


def test_every_alert_ends(result: Result) -> None:
    assert result.end_effects == {"resolved": result.sent}
    assert result.still_firing == []
