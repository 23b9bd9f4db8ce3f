"""What happened to customers in stretches of time: counted for several of them at once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Integer, Uuid, bindparam, text

from common.database import Connection
from sla.reports.compliance import Compliance
from sla.reviews.assembling import Ended, Volume
from sla.reviews.report import Spread


class Stretch(NamedTuple):
    """`[since, until)` of one customer."""

    customer_id: UUID
    since: datetime
    until: datetime


_ASKED = """
    WITH asked AS (
        SELECT number - 1 AS place, customer_id, since, until
        FROM unnest(:ids, :sinces, :untils) WITH ORDINALITY
            AS stretch (customer_id, since, until, number))
"""


def _query(sql: str) -> Any:
    return text(_ASKED + sql).bindparams(
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("sinces", type_=ARRAY(DateTime(timezone=True))),
        bindparam("untils", type_=ARRAY(DateTime(timezone=True))),
    )


_OUTCOMES = _query("""
    SELECT place, clocks.metric, tickets.priority, tickets.service,
        count(*) FILTER (WHERE outcome = 'met') AS met,
        count(*) FILTER (WHERE outcome = 'breached') AS breached,
        count(*) FILTER (WHERE outcome = 'excused') AS excused
    FROM asked JOIN clocks ON clocks.customer_id = asked.customer_id
        AND outcome IS NOT NULL AND outcome_at >= since AND outcome_at < until
    JOIN tickets ON tickets.id = clocks.ticket_id
    GROUP BY place, clocks.metric, tickets.priority, tickets.service
    ORDER BY place, clocks.metric, tickets.priority, tickets.service
""")

# When a clock stopped stands in its course alone.
_STOPPED = "(clocks.course::jsonb ->> 'stopped_at')::timestamptz"
_VOLUMES = _query(f"""
    SELECT place,
        (SELECT count(*) FROM tickets WHERE tickets.customer_id = asked.customer_id
            AND opened_at >= since AND opened_at < until) AS opened,
        count(*) FILTER (WHERE {_STOPPED} >= since AND {_STOPPED} < until) AS resolved,
        count(*) FILTER (WHERE tickets.opened_at < until AND clocks.state <> 'cancelled'
            AND ({_STOPPED} IS NULL OR {_STOPPED} >= until)) AS open
    FROM asked LEFT JOIN clocks ON clocks.customer_id = asked.customer_id
        AND clocks.metric = 'resolution'
    LEFT JOIN tickets ON tickets.id = clocks.ticket_id
    GROUP BY place, asked.customer_id, since, until
""")
_DAYS = text(f"""
    SELECT day, count(*) FILTER (WHERE opened) AS opened,
        count(*) FILTER (WHERE NOT opened) AS resolved
    FROM (
        SELECT (opened_at AT TIME ZONE :zone)::date AS day, true AS opened FROM tickets
        WHERE customer_id = :customer AND opened_at >= :since AND opened_at < :until
        UNION ALL
        SELECT ({_STOPPED} AT TIME ZONE :zone)::date, false FROM clocks
        WHERE customer_id = :customer AND metric = 'resolution'
            AND {_STOPPED} >= :since AND {_STOPPED} < :until
    ) AS turns GROUP BY day
""")
_SPREADS = text(f"""
    SELECT metric, count(*) AS number,
        percentile_cont(ARRAY[0.5, 0.9, 0.95]) WITHIN GROUP (ORDER BY seconds) AS shares
    FROM (
        SELECT metric, 
            coalesce(extract(epoch FROM (course::jsonb ->> 'counted')::interval), 0) AS seconds
        FROM clocks WHERE customer_id = :customer AND state = 'stopped'
            AND metric IN ('first_response', 'workaround', 'resolution')
            AND {_STOPPED} >= :since AND {_STOPPED} < :until
    ) AS took GROUP BY metric ORDER BY metric
""")
_BREACHES = text("""
    SELECT id, count(*) OVER () AS total FROM clocks
    WHERE customer_id = :customer AND outcome IN ('breached', 'excused')
        AND outcome_at >= :since AND outcome_at < :until
    ORDER BY outcome_at, id LIMIT :limit
""").bindparams(bindparam("limit", type_=Integer))


async def outcomes(tx: Connection, asked: Sequence[Stretch]) -> list[list[Ended]]:
    """For each stretch, how its promises ended, by metric, priority and service."""
    found: list[list[Ended]] = [[] for _ in asked]
    for row in await tx.execute(_OUTCOMES, _columns(asked)):
        counted = Compliance(row.met, row.breached, row.excused)
        found[row.place].append(Ended(row.metric, row.priority, row.service, counted))
    return found


async def volumes(tx: Connection, asked: Sequence[Stretch]) -> list[Volume]:
    """For each stretch, how many tickets came and went."""
    found = [Volume() for _ in asked]
    for row in await tx.execute(_VOLUMES, _columns(asked)):
        found[row.place] = Volume(row.opened, row.resolved, row.open)
    return found


async def days(tx: Connection, asked: Stretch, zone: str) -> Mapping[date, tuple[int, int]]:
    """Opened and resolved by local date; days without either are not in it."""
    rows = await tx.execute(_DAYS, _one(asked) | {"zone": zone})
    return {row.day: (row.opened, row.resolved) for row in rows}


async def spreads(tx: Connection, asked: Stretch) -> tuple[Spread, ...]:
    rows = await tx.execute(_SPREADS, _one(asked))
    return tuple(Spread(row.metric, row.number, *row.shares) for row in rows)


async def broken(tx: Connection, asked: Stretch, limit: int) -> tuple[list[UUID], int]:
    """The first `limit` clocks that broke their promise, in that order, and how many there are."""
    rows = list(await tx.execute(_BREACHES, _one(asked) | {"limit": limit}))
    return [row.id for row in rows], rows[0].total if rows else 0


def _one(asked: Stretch) -> dict[str, Any]:
    return {"customer": asked.customer_id, "since": asked.since, "until": asked.until}


def _columns(asked: Sequence[Stretch]) -> dict[str, Any]:
    return {
        "ids": [one.customer_id for one in asked],
        "sinces": [one.since for one in asked],
        "untils": [one.until for one in asked],
    }
