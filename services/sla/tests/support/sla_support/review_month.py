"""A month of Acme that can be reviewed, and what is said of reviews."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from common.events.tickets import TicketReplied, TicketResolved
from common.persistence.database import Database, transaction_time
from opsdesk_testing.protocol import UnsentEvent, deliver, fire_due, freeze_time, outbox_events
from sla.clocks.store import clocks
from sla.handlers import HANDLERS
from sla.reviews.store import meetings
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

DAY = timedelta(days=1)
JULY = datetime(2026, 6, 30, 22, tzinfo=UTC)
"""Midnight in Amsterdam."""


async def run_june(database: Database, **terms: Any) -> None:
    """Two tickets of Acme: one solved in time, one late; and the month is over. `terms`: of its agreement."""
    await promise(database, metrics=("first_response", "resolution"), **terms)
    replied = ticket_event(TicketReplied, 1, NINE + HOUR, message_id=UUID(int=1))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    await deliver(database, HANDLERS, (replied, 2))
    await freeze_time(database, NINE + 4 * HOUR)
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + 4 * HOUR), 3))
    await fire_due(database, TIMERS)
    await freeze_time(database, NINE + 2 * DAY)
    await fire_due(database, TIMERS)
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 2, NINE + 2 * DAY), 2))
    await explain_breaches(database, 2)
    await freeze_time(database, JULY)
    await fire_due(database, TIMERS)


async def explain_breaches(database: Database, number: int) -> None:
    """Somebody says why the promises of OPS-`number` were broken."""
    async with database.transaction() as tx:
        for one in await clocks.list_by_ticket(tx, UUID(int=number)):
            if one.clock.breached_at is not None:
                at = await transaction_time(tx)
                await meetings.add_breach_comment(tx, one.id, "Nobody saw it", "omar", at)


async def review_events(database: Database) -> list[UnsentEvent]:
    return [one for one in await outbox_events(database) if one.type.startswith("opsdesk.review.")]
