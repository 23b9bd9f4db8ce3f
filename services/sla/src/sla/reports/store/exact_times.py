"""Percentiles of durations from the clocks and tickets themselves: each is the time of one of them (C13).

One statement for a report, whatever its groups and steps. Its work grows with what ended in the period, so
reports on more than `MAX_EXACT` are estimated from histograms (`histograms`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Float

from common.persistence.database import Connection
from sla.reports.domain.percentiles import MeasuredTimes
from sla.reports.store.reports import FiguresQuery, RowKey

MAX_EXACT: Final = 50_000
"""What may have ended in the period of a report with exact percentiles."""
ZONE_OFFSET: Final = timedelta(hours=26)
"""By no more than this a day begins elsewhere before or after it does in UTC."""
LIFETIME: Final = "lifetime"

_CLOCKS = """clocks fact JOIN customers customer ON customer.id = fact.customer_id
        LEFT JOIN tickets ticket ON ticket.id = fact.ticket_id"""
# For a partner's person, who reads no customer.
_OWN_CLOCKS = """clocks fact
        CROSS JOIN LATERAL (SELECT zone_of_customer(fact.customer_id) AS day_zone) customer
        LEFT JOIN tickets ticket ON ticket.id = fact.ticket_id"""
_TICKETS = "tickets ticket JOIN customers customer ON customer.id = ticket.customer_id"
_AGREEMENT = "coalesce(fact.agreement, ticket.agreement, '')"
_COLUMNS: Final[Mapping[str, str]] = {
    "service": "coalesce(ticket.service, '')",
    "priority": "ticket.priority",
    "kind": "ticket.kind",
    "customer": "customer.key",
    "contract": "fact.contract",
    "metric": "fact.metric",
}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is measured: the rows, when each of them ended, and its duration in seconds."""

    rows: str
    ended_at: str
    seconds: str
    is_ended: str
    agreement: str


_OF_CLOCKS: Final = _Facts(
    _CLOCKS, "fact.stopped_at", "fact.elapsed_seconds", "fact.stopped_at IS NOT NULL", _AGREEMENT
)
_OF_TICKETS: Final = _Facts(
    _TICKETS,
    "ticket.ended_at",
    "greatest(0, extract(epoch FROM ticket.ended_at - ticket.opened_at)::bigint)",
    "ticket.ended_as = 'resolved' AND ticket.ended_at IS NOT NULL",
    "''",
)


async def measure(
    tx: Connection, query: FiguresQuery, shares: Sequence[float]
) -> tuple[dict[RowKey, MeasuredTimes], MeasuredTimes]:
    """Return the times by group and step, and all of them together.

    `query.where` names the metric; `lifetime` is that of tickets.
    """
    statement = text(_sql(query)).bindparams(bindparam("shares", type_=ARRAY(Float)))
    rows = (await tx.execute(statement, _parameters(query, shares))).all()
    total = MeasuredTimes(0, 0, (None,) * len(shares))
    by_key: dict[RowKey, MeasuredTimes] = {}
    for row in rows:
        if not row.ended:
            continue
        times = MeasuredTimes(row.ended, int(row.seconds), tuple(row.percentiles))
        if row.is_total:
            total = times
        else:
            by_key[row.group_key, row.step] = times
    return by_key, total


def _sql(query: FiguresQuery) -> str:
    facts = _OF_TICKETS if query.where["metric"] == LIFETIME else _OF_CLOCKS
    group = "NULL::text" if query.group is None else _column(query.group, facts)
    day = f"({facts.ended_at} AT TIME ZONE customer.day_zone)::date"
    step = "NULL::date"
    if query.step is not None:
        step = f"greatest(date_trunc('{query.step}', {day})::date, CAST(:first AS date))"
    return f"""
        SELECT group_key, step, grouping(group_key) = 1 AS is_total, count(*) AS ended,
            sum(seconds) AS seconds,
            percentile_disc(:shares) WITHIN GROUP (ORDER BY seconds) AS percentiles
        FROM (
            SELECT {group} AS group_key, {step} AS step, {facts.seconds} AS seconds
            FROM {_OWN_CLOCKS if query.agreements is not None else facts.rows}
            WHERE {facts.is_ended}
                AND {facts.ended_at} >= :since AND {facts.ended_at} < :until
                AND {day} >= CAST(:first AS date) AND {day} < CAST(:last AS date)
                {" ".join(f"AND {one}" for one in _conditions(query, facts))}
        ) measured
        GROUP BY GROUPING SETS ((group_key, step), ())
    """


def _column(name: str, facts: _Facts) -> str:
    return facts.agreement if name == "agreement" else _COLUMNS[name]


def _conditions(query: FiguresQuery, facts: _Facts) -> Iterator[str]:
    if query.customer_id is not None:
        yield "customer.id = :customer"
    if query.agreements is not None:
        yield f"{facts.agreement} = ANY(:agreements)"
    for name in _named(query):
        yield f"{_column(name, facts)} = :{name}"


def _named(query: FiguresQuery) -> list[str]:
    """The filters that are columns: of tickets alone neither metric nor contract is one."""
    of_clocks = ("metric", "contract") if query.where["metric"] == LIFETIME else ()
    return [name for name in query.where if name not in of_clocks]


def _parameters(query: FiguresQuery, shares: Sequence[float]) -> dict[str, Any]:
    period = query.period
    midnight = time(tzinfo=UTC)
    parameters: dict[str, Any] = {name: query.where[name] for name in _named(query)}
    parameters |= {
        "shares": list(shares),
        "first": period.since,
        "last": period.until,
        "since": datetime.combine(period.since, midnight) - ZONE_OFFSET,
        "until": datetime.combine(period.until, midnight) + ZONE_OFFSET,
    }
    if query.customer_id is not None:
        parameters["customer"] = query.customer_id
    if query.agreements is not None:
        parameters["agreements"] = list(query.agreements)
    return parameters
