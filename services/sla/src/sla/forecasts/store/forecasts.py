"""Forecasts: one row per clock, at most four marks a cycle; written set-based, at most 1 % a round."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, bindparam, select, text, update

from common.persistence.database import Connection, asyncpg_connection
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets
from sla.forecasts.domain.forecast import Forecast
from sla.forecasts.domain.probability import Estimate, Outlook, PromiseProgress
from sla.forecasts.tables import forecasts

PagePosition = tuple[datetime | None, UUID]
"""Where a page ended: when it breaks, and the forecast's id."""
LISTED_OUTLOOKS: tuple[Outlook, ...] = ("at_risk", "likely_to_breach")

_UPSERT_FORECASTS = """
INSERT INTO forecasts (id, clock_id, customer_id, open, outlook, probability, expected_breach_at, metric,
    priority, kind, cycle, quarter, elapsed_seconds, target_seconds, ahead, usual, known,
    broke_share, level, created_at, changed_at, sequence)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::boolean[], $5::text[], $6::real[],
    $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::int[], $12::smallint[],
    $13::bigint[], $14::bigint[], $15::int[], $16::real[], $17::int[], $18::real[],
    $19::smallint[], $20::timestamptz[], $21::timestamptz[], $22::bigint[])
ON CONFLICT (clock_id) DO UPDATE SET open = excluded.open, outlook = excluded.outlook,
    probability = excluded.probability, expected_breach_at = excluded.expected_breach_at,
    priority = excluded.priority, kind = excluded.kind, cycle = excluded.cycle,
    quarter = excluded.quarter, elapsed_seconds = excluded.elapsed_seconds,
    target_seconds = excluded.target_seconds, ahead = excluded.ahead, usual = excluded.usual,
    known = excluded.known, broke_share = excluded.broke_share, level = excluded.level,
    created_at = excluded.created_at, changed_at = excluded.changed_at, sequence = excluded.sequence
"""
_INSERT_MARKS = """
INSERT INTO forecast_marks (clock_id, cycle, quarter, metric, probability, created_at)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::smallint[], $4::text[], $5::real[],
    $6::timestamptz[])
ON CONFLICT DO NOTHING
"""
# In the order of ids, as all who write forecasts: two of them must not wait for each other.
_UPDATE_OPEN = text(
    """
    UPDATE forecasts SET open = now.open
    FROM (
        SELECT forecasts.id, clocks.state IN ('running', 'paused') AND clocks.breached_at IS NULL
            AS open
        FROM forecasts JOIN clocks ON clocks.id = forecasts.clock_id
        WHERE clocks.id = ANY(:clocks) ORDER BY forecasts.id FOR UPDATE OF forecasts
    ) AS now
    WHERE forecasts.id = now.id AND forecasts.open <> now.open
    """
).bindparams(bindparam("clocks", type_=ARRAY(Uuid)))

_SELECT_WITH_TICKET = (
    select(
        forecasts, tickets.c.key.label("ticket"), tickets.c.title, tickets.c.id.label("ticket_id")
    )
    .add_columns(tickets.c.customer, tickets.c.service, tickets.c.environment, tickets.c.agreement)
    .join(clocks, clocks.c.id == forecasts.c.clock_id)
    .join(tickets, tickets.c.id == clocks.c.ticket_id)
)


async def find_by_clocks(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Forecast]:
    """The forecasts of these clocks, by clock."""
    rows = await tx.execute(select(forecasts).where(forecasts.c.clock_id.in_(ids)))
    return {row.clock_id: forecast_of(row) for row in rows}


async def upsert(tx: Connection, new_forecasts: Sequence[Forecast]) -> None:
    """Store forecasts; whoever calls has locked the round."""
    rows = [_row(one) for one in sorted(new_forecasts, key=lambda one: one.id)]
    if rows:
        await (await asyncpg_connection(tx)).execute(
            _UPSERT_FORECASTS, *map(list, zip(*rows, strict=True))
        )


async def insert_marks(tx: Connection, new_forecasts: Sequence[Forecast]) -> None:
    """Keep what is to be scored once it is known how the promise came out."""
    rows = [
        (one.clock_id, one.cycle, one.quarter, *one.progress.group[:1], *_mark_values(one))
        for one in new_forecasts
    ]
    if rows:
        await (await asyncpg_connection(tx)).execute(
            _INSERT_MARKS, *map(list, zip(*rows, strict=True))
        )


async def update_open(tx: Connection, clock_ids: Collection[UUID]) -> None:
    """Let the forecasts of these clocks say whether their promises are still open."""
    await tx.execute(_UPDATE_OPEN, {"clocks": list(clock_ids)})


async def find(tx: Connection, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A forecast with the facts of its ticket; read it by `forecast_of`."""
    query = _SELECT_WITH_TICKET.where(forecasts.c.id == id)
    return (await tx.execute(query.with_for_update(of=forecasts) if lock else query)).one_or_none()


async def advance_sequence(tx: Connection, id: UUID) -> int:
    """The sequence of one more event about a locked forecast."""
    statement = (
        update(forecasts).where(forecasts.c.id == id).values(sequence=forecasts.c.sequence + 1)
    )
    return int((await tx.execute(statement.returning(forecasts.c.sequence))).scalar_one())


async def list_with_tickets(tx: Connection, clock_ids: Collection[UUID]) -> list[Row[Any]]:
    """The forecasts of these clocks, with the facts of their tickets."""
    return list(await tx.execute(_SELECT_WITH_TICKET.where(forecasts.c.clock_id.in_(clock_ids))))


async def page(
    tx: Connection,
    outlooks: Sequence[Outlook],
    customer: str | None,
    service: str | None,
    limit: int,
    after: PagePosition | None,
) -> list[Row[Any]]:
    """Up to `limit` + 1 forecasts of open promises, those that break first first."""
    # Literals, not parameters: a generic plan can prove the partial index from nothing else.
    query = _SELECT_WITH_TICKET.where(
        forecasts.c.open,
        forecasts.c.outlook.in_([bindparam(None, one, literal_execute=True) for one in outlooks]),
    )
    if customer is not None:
        query = query.where(tickets.c.customer == customer)
    if service is not None:
        query = query.where(tickets.c.service == service)
    if after is not None:
        query = query.where(_after_position(after))
    ordered = query.order_by(forecasts.c.expected_breach_at.asc().nulls_last(), forecasts.c.id)
    return list(await tx.execute(ordered.limit(limit + 1)))


def forecast_of(row: Row[Any]) -> Forecast:
    return Forecast(
        row.id,
        row.clock_id,
        row.customer_id,
        PromiseProgress(
            (row.metric, row.priority, row.kind),
            float(row.elapsed_seconds),
            float(row.target_seconds),
            row.ahead,
            row.usual,
        ),
        Estimate(row.probability, row.known, row.broke_share, row.level),
        row.outlook,
        row.expected_breach_at,
        row.cycle,
        row.quarter,
        row.created_at,
        row.changed_at,
        row.open,
        row.sequence,
    )


def _after_position(position: PagePosition) -> Any:
    expected_breach_at, id = position
    if expected_breach_at is None:
        return forecasts.c.expected_breach_at.is_(None) & (forecasts.c.id > id)
    same_instant = (forecasts.c.expected_breach_at == expected_breach_at) & (forecasts.c.id > id)
    return (
        (forecasts.c.expected_breach_at > expected_breach_at)
        | same_instant
        | forecasts.c.expected_breach_at.is_(None)
    )


def _mark_values(forecast: Forecast) -> tuple[float, datetime]:
    return forecast.estimate.probability, forecast.created_at


def _row(forecast: Forecast) -> tuple[Any, ...]:
    progress, estimate = forecast.progress, forecast.estimate
    metric, priority, kind = progress.group
    return (
        forecast.id,
        forecast.clock_id,
        forecast.customer_id,
        forecast.open,
        forecast.outlook,
        estimate.probability,
        forecast.expected_breach_at,
        metric,
        priority,
        kind,
        forecast.cycle,
        forecast.quarter,
        int(progress.age),
        int(progress.target),
        progress.queue_position,
        progress.typical_queue_length,
        estimate.sample_size,
        estimate.breached_ratio,
        estimate.level,
        forecast.created_at,
        forecast.changed_at,
        forecast.sequence,
    )
