"""What is broken stays broken and is counted, whatever ends its clock (C10, R2)."""

from httpx import AsyncClient

from common.events.tickets import TicketPrioritised
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened

TERMINATION = "/v1/agreements/acme-standard/termination"
CURRENT = "/v1/reports/customer-compliance"


async def test_a_broken_promise_whose_target_is_withdrawn_counts_as_broken(
    database: Database, theo: AsyncClient
) -> None:
    """C10, R2: two people lower a ticket's priority to one for which nothing is promised"""
    await promise(database, metrics=("resolution",))
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (ticket_opened(2), 1))
    await freeze_time(database, NINE + 9 * HOUR)
    await fire_due(database, TIMERS)
    before = (await theo.get(CURRENT)).json()
    lowered = ticket_event(
        TicketPrioritised,
        1,
        NINE + 9 * HOUR,
        priority="trivial",
        previous="major",
        confirmed_by="omar",
    )
    await deliver(database, HANDLERS, (lowered, 2))
    after = (await theo.get(CURRENT)).json()
    assert (after["breached"], after["raw"], after["adjusted"]) == (2, 0.0, 0.0)
    assert after["customers"] == before["customers"]
    types = [one.type for one in await outbox_events(database)]
    assert "opsdesk.clock.breach_withdrawn.v1" not in types
    await assert_consistent(database)


async def test_a_broken_promise_of_a_deactivated_agreement_counts_as_broken(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """C10: and what was still open is cancelled, which counts as nothing"""
    await promise(database, metrics=("first_response", "resolution"))
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 3 * HOUR)
    await fire_due(database, TIMERS)
    await theo.post(TERMINATION, json={"reason": "They have left us"})
    assert (await gina.post(f"{TERMINATION}/confirm")).status_code == 200
    await fire_due(database, TIMERS)
    assert (await resolution_clock(database)).clock.state == "cancelled"
    shown = (await theo.get(CURRENT)).json()
    assert (shown["met"], shown["breached"], shown["raw"]) == (0, 1, 0.0)
    await assert_consistent(database)
