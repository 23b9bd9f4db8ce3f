"""How promises stand now: open ones alone, read from their partial index by one statement."""

from sqlalchemy import text

from common.database import Connection, moment
from sla.reports.status import Line, Status

_LINES = text(
    """
    SELECT customers.key AS customer, customers.name, standing.service,
        coalesce(standing.open, 0) AS open, coalesce(standing.at_risk, 0) AS at_risk,
        coalesce(standing.likely, 0) AS likely, coalesce(standing.breached, 0) AS breached,
        standing.next_at
    FROM customers LEFT JOIN (
        SELECT clocks.customer_id, tickets.service, count(*) AS open,
            count(*) FILTER (WHERE clocks.broken_at IS NOT NULL) AS breached,
            count(*) FILTER (WHERE clocks.broken_at IS NULL
                AND forecasts.outlook IN ('at_risk', 'likely')) AS at_risk,
            count(*) FILTER (WHERE clocks.broken_at IS NULL
                AND forecasts.outlook = 'likely') AS likely,
            min(clocks.deadline) FILTER (WHERE clocks.broken_at IS NULL) AS next_at
        FROM clocks
        JOIN tickets ON tickets.id = clocks.ticket_id
        LEFT JOIN forecasts ON forecasts.clock_id = clocks.id AND forecasts.open
        WHERE clocks.state IN ('running', 'paused') AND clocks.contract = 'sla'
            AND (CAST(:customer AS text) IS NULL OR clocks.customer_id =
                (SELECT id FROM customers WHERE key = :customer))
        GROUP BY clocks.customer_id, tickets.service
    ) AS standing ON standing.customer_id = customers.id
    WHERE (NOT customers.retired OR standing.open > 0)
        AND (CAST(:customer AS text) IS NULL OR customers.key = :customer)
    ORDER BY customers.name, customers.key, standing.service NULLS FIRST
    """
)
# Whatever changes a promise tells of it: each event takes a number, in every replica.
_VERSION = text(
    "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')), 0)"
)


async def status(tx: Connection, customer: str | None = None) -> Status:
    """Of all customers, or of one by key; one without open promises has a line all the same."""
    rows = await tx.execute(_LINES, {"customer": customer})
    return Status(await moment(tx), tuple(Line(*row) for row in rows))


async def version(tx: Connection) -> int:
    """Another number where anything may have changed since."""
    return int(await tx.scalar(_VERSION) or 0)
