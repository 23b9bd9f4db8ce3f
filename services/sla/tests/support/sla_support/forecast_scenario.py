"""A desk with a past: tickets that took long or short, and rounds of forecasts."""

from datetime import datetime, timedelta

from common.events.tickets import TicketResolved
from common.persistence.database import Database, moment
from common.scheduling.deadlines import Deadline, arm
from opsdesk_testing.protocol import Told, fire, hear, stand_at, told
from sla.forecasts.timers import KIND, THE_ROUND
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.company import NINE, opened, said


async def make_round(database: Database) -> None:
    """Fire what is due, and forecast everything that is open now."""
    async with database.transaction() as tx:
        await arm(tx, [Deadline(KIND, THE_ROUND, await moment(tx))])
    await fire(database, TIMERS)


async def handle(database: Database, number: int, within: timedelta, at: datetime = NINE) -> None:
    """A major ticket, opened and resolved."""
    await stand_at(database, at)
    await hear(database, HANDLERS, (opened(number, at), 1))
    await stand_at(database, at + within)
    solved = said(TicketResolved, number, at + within)
    await hear(database, HANDLERS, (solved, 2))
    await fire(database, TIMERS)


async def forecasts_told(database: Database) -> list[Told]:
    return [one for one in await told(database) if one.type == "opsdesk.clock.forecast.v1"]
