"""A desk with a past: tickets that took long or short, and rounds of forecasts."""

from datetime import datetime, timedelta

from common.events.tickets import TicketResolved
from common.persistence.database import Database, transaction_time
from common.scheduling.deadlines import Deadline, schedule
from opsdesk_testing.protocol import UnsentEvent, deliver, fire_due, freeze_time, outbox_events
from sla.forecasts.timers import DEADLINE_KIND, ROUND_SUBJECT
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.company import NINE, ticket_event, ticket_opened


async def run_forecast_round(database: Database) -> None:
    """Fire what is due, and forecast everything that is open now."""
    async with database.transaction() as tx:
        await schedule(tx, [Deadline(DEADLINE_KIND, ROUND_SUBJECT, await transaction_time(tx))])
    await fire_due(database, TIMERS)


async def handle_ticket(
    database: Database, number: int, within: timedelta, at: datetime = NINE
) -> None:
    """A major ticket, opened and resolved."""
    await freeze_time(database, at)
    await deliver(database, HANDLERS, (ticket_opened(number, at), 1))
    await freeze_time(database, at + within)
    solved = ticket_event(TicketResolved, number, at + within)
    await deliver(database, HANDLERS, (solved, 2))
    await fire_due(database, TIMERS)


async def forecast_events(database: Database) -> list[UnsentEvent]:
    return [
        one for one in await outbox_events(database) if one.type == "opsdesk.forecast.changed.v1"
    ]
