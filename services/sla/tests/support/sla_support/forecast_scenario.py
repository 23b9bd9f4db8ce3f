"""A desk with a past: tickets that took long or short, and rounds of forecasts."""

from datetime import datetime, timedelta

from common.events.tickets import TicketResolved
from common.persistence.database import Database, transaction_time
from common.scheduling.deadlines import Deadline, schedule
from opsdesk_testing.protocol import UnsentEvent, deliver, fire_due, freeze_time, outbox_events
from sla.forecasts.timers import KIND, THE_ROUND
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.company import NINE, opened, said


async def make_round(database: Database) -> None:
    """Fire what is due, and forecast everything that is open now."""
    async with database.transaction() as tx:
        await schedule(tx, [Deadline(KIND, THE_ROUND, await transaction_time(tx))])
    await fire_due(database, TIMERS)


async def handle(database: Database, number: int, within: timedelta, at: datetime = NINE) -> None:
    """A major ticket, opened and resolved."""
    await freeze_time(database, at)
    await deliver(database, HANDLERS, (opened(number, at), 1))
    await freeze_time(database, at + within)
    solved = said(TicketResolved, number, at + within)
    await deliver(database, HANDLERS, (solved, 2))
    await fire_due(database, TIMERS)


async def forecasts_told(database: Database) -> list[UnsentEvent]:
    return [
        one for one in await outbox_events(database) if one.type == "opsdesk.forecast.changed.v1"
    ]
