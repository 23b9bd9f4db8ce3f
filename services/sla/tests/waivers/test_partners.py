"""Waivers are for promises to customers, not for promises of partners to us (R2, R13)."""

from httpx import AsyncClient

from common.events.tickets import TicketForwarded
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from sla.handlers import HANDLERS
from sla_support.assertions import clocks_of
from sla_support.company import HOUR, NINE, promise, ticket_event, ticket_opened, underpin


async def test_a_partners_promise_cannot_be_waived(database: Database, theo: AsyncClient) -> None:
    await underpin(database, await promise(database), "hosthaven")
    to = {"state": "forwarded", "to": "partner", "partner": "hosthaven"}
    forwarded = ticket_event(TicketForwarded, 1, NINE + HOUR, **to)
    await deliver(database, HANDLERS, (ticket_opened(1), 1), (forwarded, 2))
    theirs = (await clocks_of(database, 1, 1))["resolution"]
    body = {"clock_id": str(theirs.id), "reason": "They are busy"}
    until = (NINE + 48 * HOUR).isoformat()
    answer = await theo.post("/v1/waivers", json=body | {"expires_at": until})
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["contract"]
