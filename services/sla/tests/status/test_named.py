"""Open clocks know the service of their ticket: of new ones, opened again, corrected ones."""

from sqlalchemy import text

from common.events.tickets import TicketForwarded, TicketReopened, TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from sla.handlers import HANDLERS
from sla.status.store import load_status
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened, underpin


async def open_promises(database: Database) -> dict[str | None, tuple[int, int]]:
    """Open and broken promises by service."""
    async with database.transaction() as tx:
        lines = (await load_status(tx)).lines
    return {line.service: (line.open, line.breached) for line in lines if line.open}


async def test_by_the_service_that_the_ticket_has_now(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(
        database, HANDLERS, (ticket_opened(1, service="billing"), 1), (ticket_opened(2), 1)
    )
    assert await open_promises(database) == {"billing": (1, 0), None: (1, 0)}
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE tickets SET service = 'portal' WHERE key = 'OPS-1'"))
    assert await open_promises(database) == {"portal": (1, 0), None: (1, 0)}


async def test_corrected_while_it_is_closed_and_opened_again(database: Database) -> None:
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1, service="billing"), 1))
    await freeze_time(database, NINE + HOUR)
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + HOUR), 2))
    assert await open_promises(database) == {}
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE tickets SET service = NULL WHERE key = 'OPS-1'"))
    await deliver(database, HANDLERS, (ticket_event(TicketReopened, 1, NINE + HOUR), 3))
    assert await open_promises(database) == {None: (1, 0)}


async def test_what_partners_owe_us_is_no_promise_to_a_customer(database: Database) -> None:
    """R13"""
    agreement = await promise(database, metrics=("resolution",))
    await underpin(database, agreement, "hosthaven")
    away = ticket_event(
        TicketForwarded, 1, NINE, state="forwarded", to="partner", partner="hosthaven"
    )
    await deliver(database, HANDLERS, (ticket_opened(1, service="billing"), 1), (away, 2))
    async with database.transaction() as tx:
        theirs = await tx.scalars(text("SELECT service FROM clocks WHERE contract = 'uc'"))
        assert list(theirs) == [None]
    assert await open_promises(database) == {"billing": (1, 0)}
