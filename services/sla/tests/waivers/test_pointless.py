"""A request for a waiver that could change nothing is refused, saying so (C11)."""

from datetime import timedelta
from typing import Any

from httpx import AsyncClient, Response

from common.events.tickets import TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import resolution_clock, violation_pointers
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened


async def ask(theo: AsyncClient, database: Database, expires_in: timedelta) -> Response:
    clock = (await resolution_clock(database)).id
    body: dict[str, Any] = {"clock_id": str(clock), "reason": "The supplier is down"}
    body["expires_at"] = (NINE + expires_in).isoformat()
    return await theo.post("/v1/waivers", json=body)


async def test_an_approval_that_would_expire_before_the_deadline_is_not_asked_for(
    database: Database, theo: AsyncClient
) -> None:
    """Major: eight working hours, until 17:00; equal covers nothing either"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    for hours in (1, 8):
        assert violation_pointers(await ask(theo, database, hours * HOUR)) == ["/expires_at"]
    assert (await ask(theo, database, 9 * HOUR)).status_code == 201


async def test_what_is_broken_already_is_not_asked_for(
    database: Database, theo: AsyncClient
) -> None:
    """While it runs, and after it has stopped"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    broken = await ask(theo, database, 20 * HOUR)
    assert (broken.status_code, broken.json()["code"]) == (409, "ALREADY_BREACHED")
    await deliver(database, HANDLERS, (ticket_event(TicketResolved, 1, NINE + 9 * HOUR), 2))
    assert (await ask(theo, database, 20 * HOUR)).status_code == 409
