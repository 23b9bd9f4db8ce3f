"""Cases under locks: whoever waits sees what the one before did."""

import asyncio

from sqlalchemy import text

from common.events.clocks import ClockMet
from common.persistence.database import Database
from common.persistence.ids import uuid7
from escalation.cases import store as cases
from escalation.handlers import HANDLERS
from escalation_support.builders import NIGHT, clock_event, threshold_reached
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting import until

WAITS = text(
    "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def test_a_case_that_moves_to_another_policy_meanwhile_is_ended_all_the_same(
    database: Database,
) -> None:
    """E14, and locks: the event waits for the move, and must still find the case."""
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    async with database.transaction() as moving:
        await moving.execute(
            text(
                "INSERT INTO policies SELECT :id, 'other', 1, body, created_at, created_by FROM policies"
            ),
            {"id": uuid7()},
        )
        await moving.execute(
            text("UPDATE escalations SET policy_id = (SELECT id FROM policies WHERE key = 'other')")
        )
        met = asyncio.create_task(
            deliver(
                database, HANDLERS, (clock_event(ClockMet, stopped_at=NIGHT, elapsed_seconds=1), 2)
            )
        )
        await until(lambda: _somebody_waits(database))
    await met
    async with database.transaction() as tx:
        assert [case.state.status for case in await cases.list_page(tx, {}, None, 5)] == [
            "resolved"
        ]


async def _somebody_waits(database: Database) -> bool:
    async with database.transaction() as tx:
        return bool(await tx.scalar(WAITS))
