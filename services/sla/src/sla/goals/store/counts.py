"""Counts the promises of a month for goals, from the clocks: exact, by agreement."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import TextClause, text

from common.persistence.database import Connection
from sla.calendars.domain.month import Span
from sla.clocks.domain.compliance import Compliance
from sla.goals.domain.goal_result import PromiseCount

_KEYS = "clock.metric, ticket.priority, coalesce(ticket.service, '') AS service"
_SELECT_COUNTS = text(f"""
    SELECT {_KEYS}, count(*) FILTER (WHERE outcome = 'met') AS met,
        count(*) FILTER (WHERE outcome = 'breached') AS breached,
        count(*) FILTER (WHERE outcome = 'waived') AS waived, 0 AS pending, 0 AS foreseen
    FROM clocks clock JOIN tickets ticket ON ticket.id = clock.ticket_id
    WHERE clock.customer_id = ANY(:customers) AND clock.outcome IS NOT NULL
        AND clock.outcome_at >= :since AND clock.outcome_at < :until
        AND clock.contract = 'sla' AND ticket.agreement = :agreement
    GROUP BY 1, 2, 3
""")
_SELECT_PENDING = text(f"""
    SELECT {_KEYS}, 0 AS met, 0 AS breached, 0 AS waived, count(*) AS pending,
        count(*) FILTER (WHERE forecast.open AND forecast.outlook = 'likely_to_breach') AS foreseen
    FROM clocks clock JOIN tickets ticket ON ticket.id = clock.ticket_id
    LEFT JOIN forecasts forecast ON forecast.clock_id = clock.id
    WHERE clock.customer_id = ANY(:customers) AND clock.state IN ('running', 'paused')
        AND clock.outcome IS NULL AND clock.deadline < :until
        AND clock.contract = 'sla' AND ticket.agreement = :agreement
    GROUP BY 1, 2, 3
""")


async def count_ended(
    tx: Connection, agreement: str, customers: Sequence[UUID], span: Span
) -> list[PromiseCount]:
    """The promises of an agreement (a key) that were met or broken in the span."""
    return await _counts(tx, _SELECT_COUNTS, agreement, customers, span._asdict())


async def count_pending(
    tx: Connection, agreement: str, customers: Sequence[UUID], span: Span
) -> list[PromiseCount]:
    """The open promises that are not broken and due before the span ends."""
    return await _counts(tx, _SELECT_PENDING, agreement, customers, {"until": span.until})


async def _counts(
    tx: Connection,
    query: TextClause,
    agreement: str,
    customers: Sequence[UUID],
    span: dict[str, object],
) -> list[PromiseCount]:
    parameters = {"agreement": agreement, "customers": list(customers), **span}
    return [
        PromiseCount(
            row.metric,
            row.priority,
            row.service,
            Compliance(row.met, row.breached, row.waived),
            row.pending,
            row.foreseen,
        )
        for row in await tx.execute(query, parameters)
    ]
