"""Random tickets with reclassifications: the stored clock equals its replay (C6, C9)."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from common.events.tickets import TicketEvent
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent
from sla_support.company import BRIGHTWATER, HOUR, NINE, promise
from sla_support.random_tickets import RandomTickets
from sla_support.reclassifications import portal_agreement

pytestmark = pytest.mark.thorough


class OftenReclassified(RandomTickets):
    """Half of what is neither an end nor a beginning is a correction."""

    def _other_event(self, number: int, at: datetime) -> TicketEvent:
        corrected = self.dice.random() < 0.5
        return self._reclassify(number, at) if corrected else super()._other_event(number, at)


@pytest.mark.parametrize("seed", range(1, 7))
async def test_clocks_with_corrections_are_what_a_replay_says(
    database: Database, seed: int
) -> None:
    """Late, repeated, reprioritised, triaged, merged; under one agreement, two, or none."""
    services: dict[str, Any] = {"services": ("billing",)} if seed % 2 else {}
    under = await promise(database, metrics=("first_response", "resolution"), **services)
    await portal_agreement(database, under, "next_reply", "update", "resolution", hours=3)
    await promise(database, (BRIGHTWATER, "brightwater"), metrics=("workaround",))
    lives, now = OftenReclassified(seed), NINE
    for _ in range(25):
        now += lives.dice.choice([1, 5, 20]) * HOUR
        await freeze_time(database, now)
        await fire_due(database, TIMERS)
        await deliver(database, HANDLERS, *lives.events(now))
    await fire_due(database, TIMERS)
    await assert_consistent(database)
    async with database.transaction() as tx:
        parked = text("SELECT count(*) FROM parked")
        assert await tx.scalar(parked) == 0
        assert await tx.scalar(text("SELECT count(*) FROM dead_letters")) == 0
        count_reclassified = text("SELECT count(*) FROM clock_inputs WHERE kind = 'reclassified'")
        assert await tx.scalar(count_reclassified)
