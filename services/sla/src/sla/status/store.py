"""Reads the status: open clocks from their partial index, and forecasts that are at risk.

The work does not grow with the number of closed tickets.
"""

from sqlalchemy import TextClause, text

from common.persistence.database import Connection, transaction_time
from sla.status.domain import Status, StatusLine

_OPEN = "clocks.state IN ('running', 'paused') AND clocks.service IS NOT NULL"
"""Open promises to customers: only their clocks have a service, if an empty one."""


def _status_sql(condition: str) -> TextClause:
    """The query for the lines; `condition` is one on `customer_id`."""
    return text(
        f"""
        WITH standing AS (
            SELECT customer_id, service, count(*) AS open,
                count(*) FILTER (WHERE breached AND outcome IS DISTINCT FROM 'waived') AS breached,
                count(*) FILTER (WHERE outcome = 'waived') AS excused,
                min(deadline) FILTER (WHERE NOT breached) AS next_at
            FROM clocks WHERE {_OPEN} AND {condition} GROUP BY 1, 2
        ), unresolved AS (
            SELECT customer_id, coalesce(service, '') AS service, count(*) AS tickets
            FROM tickets WHERE ended_at IS NULL AND customer_id IS NOT NULL AND {condition}
            GROUP BY customer_id, tickets.service
        ), foreseen AS (
            SELECT clocks.customer_id, clocks.service, count(*) AS at_risk,
                count(*) FILTER (WHERE outlook = 'likely_to_breach') AS likely_to_breach
            FROM forecasts JOIN clocks ON clocks.id = forecasts.clock_id
            WHERE forecasts.open AND outlook IN ('at_risk', 'likely_to_breach')
                AND {_OPEN} AND NOT clocks.breached AND clocks.{condition}
            GROUP BY 1, 2
        ), lines AS (
            SELECT * FROM standing FULL JOIN unresolved USING (customer_id, service)
            LEFT JOIN foreseen USING (customer_id, service)
        )
        SELECT customers.key AS customer, customers.name, nullif(lines.service, '') AS service,
            coalesce(open, 0) AS open, coalesce(at_risk, 0) AS at_risk,
            coalesce(likely_to_breach, 0) AS likely_to_breach, coalesce(breached, 0) AS breached,
            next_at, coalesce(tickets, 0) AS tickets, coalesce(excused, 0) AS excused
        FROM customers LEFT JOIN lines ON lines.customer_id = customers.id
        WHERE (NOT customers.retired OR lines.open > 0)
            AND (CAST(:customer AS text) IS NULL OR customers.key = :customer)
        ORDER BY customers.name, customers.key, lines.service
        """
    )


_ALL = _status_sql("customer_id IS NOT NULL")
_OF_CUSTOMER = _status_sql("customer_id = (SELECT id FROM customers WHERE key = :customer)")
# Every change of a promise publishes an event, which takes the next number, in every replica.
_SELECT_VERSION = text(
    "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('outbox', 'id')), 0)"
)


async def load_status(tx: Connection, customer: str | None = None) -> Status:
    """The status of all customers, or of one by key. One without open promises has a line, too."""
    lines = _ALL if customer is None else _OF_CUSTOMER
    rows = await tx.execute(lines, {"customer": customer})
    return Status(await transaction_time(tx), tuple(StatusLine(**row._mapping) for row in rows))


async def load_version(tx: Connection) -> int:
    """A number that changes whenever the status may have changed."""
    return int(await tx.scalar(_SELECT_VERSION) or 0)
