"""Open clocks exposed to a failure of services that customers bought, or of environments."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.database import Connection
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store.clocks import load

_SELECT_EXPOSED = text(
    """
    SELECT clocks.id FROM clocks JOIN tickets ON tickets.id = clocks.ticket_id
    WHERE clocks.state IN ('running', 'paused') AND clocks.contract = 'sla'
      AND clocks.customer_id IN (
        SELECT id FROM customers WHERE key = ANY(:customers)
        UNION ALL SELECT customer_id FROM environments WHERE key = ANY(:environments))
      AND ((tickets.customer, tickets.service) IN (SELECT * FROM unnest(:customers, :services))
        OR tickets.environment = ANY(:environments))
    ORDER BY clocks.deadline NULLS LAST, clocks.id LIMIT :limit
    """
).bindparams(
    bindparam("customers", type_=ARRAY(Text)),
    bindparam("services", type_=ARRAY(Text)),
    bindparam("environments", type_=ARRAY(Text)),
)


async def list_exposed(
    tx: Connection,
    purchases: Collection[tuple[str, str]],
    environments: Collection[str],
    limit: int,
) -> list[TicketClock]:
    """List up to `limit` open clocks, by deadline.

    `purchases`: pairs of customer and service; `environments` by key.
    """
    parameters = {
        "customers": [customer for customer, _ in purchases],
        "services": [service for _, service in purchases],
        "environments": list(environments),
        "limit": limit,
    }
    ids: list[UUID] = list(await tx.scalars(_SELECT_EXPOSED, parameters))
    clocks_by_id = {ticket_clock.id: ticket_clock for ticket_clock in await load(tx, ids)}
    return [clocks_by_id[id] for id in ids]
