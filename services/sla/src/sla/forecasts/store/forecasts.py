"""Forecasts, one row per clock, and their marks for scoring, at most four per cycle. Set-based."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, bindparam, select, text, update

from common.persistence.bulk import Columns, execute_many, insert_sql, upsert_sql
from common.persistence.database import Connection
from common.persistence.keyset import page_after
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets
from sla.forecasts.domain.forecast import Forecast
from sla.forecasts.domain.probability import Estimate, Outlook, PromiseProgress
from sla.forecasts.tables import forecasts

LISTED_OUTLOOKS: tuple[Outlook, ...] = ("at_risk", "likely_to_breach")

_COLUMNS: Columns = {
    "id": "uuid",
    "clock_id": "uuid",
    "customer_id": "uuid",
    "open": "boolean",
    "outlook": "text",
    "probability": "real",
    "expected_breach_at": "timestamptz",
    "metric": "text",
    "priority": "text",
    "kind": "text",
    "cycle": "int",
    "quarter": "smallint",
    "elapsed_seconds": "bigint",
    "target_seconds": "bigint",
    "ahead": "int",
    "usual": "real",
    "known": "int",
    "breach_share": "real",
    "level": "smallint",
    "prior": "double precision",
    "prior_level": "smallint",
    "created_at": "timestamptz",
    "changed_at": "timestamptz",
    "sequence": "bigint",
}
_UPSERT_FORECASTS = upsert_sql(
    "forecasts", _COLUMNS, key=("clock_id",), keep=("id", "customer_id", "metric")
)
_MARK_COLUMNS: Columns = {
    "clock_id": "uuid",
    "cycle": "int",
    "quarter": "smallint",
    "metric": "text",
    "probability": "real",
    "created_at": "timestamptz",
}
_INSERT_MARKS = insert_sql("forecast_marks", _MARK_COLUMNS, conflict="DO NOTHING")
# In the order of ids, like every statement that writes forecasts, against deadlocks.
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
    """Return the forecasts of these clocks, by clock id."""
    rows = await tx.execute(select(forecasts).where(forecasts.c.clock_id.in_(ids)))
    return {row.clock_id: forecast_of(row) for row in rows}


async def upsert(tx: Connection, new_forecasts: Sequence[Forecast]) -> None:
    """Store forecasts; the caller has locked the round."""
    rows = [_row(one) for one in sorted(new_forecasts, key=lambda one: one.id)]
    await execute_many(tx, _UPSERT_FORECASTS, rows)


async def insert_marks(tx: Connection, new_forecasts: Sequence[Forecast]) -> None:
    """Store the forecasts that are scored when the outcome of the promise is known."""
    await execute_many(tx, _INSERT_MARKS, [_mark_row(one) for one in new_forecasts])


async def update_open(tx: Connection, clock_ids: Collection[UUID]) -> None:
    """Update whether the promises of these clocks are still open."""
    await tx.execute(_UPDATE_OPEN, {"clocks": list(clock_ids)})


async def find(tx: Connection, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """Return the row of a forecast with the fields of its ticket; see `forecast_of`."""
    query = _SELECT_WITH_TICKET.where(forecasts.c.id == id)
    return (await tx.execute(query.with_for_update(of=forecasts) if lock else query)).one_or_none()


async def advance_sequence(tx: Connection, id: UUID) -> int:
    """Return the sequence of the next event about a locked forecast."""
    statement = (
        update(forecasts).where(forecasts.c.id == id).values(sequence=forecasts.c.sequence + 1)
    )
    return int((await tx.execute(statement.returning(forecasts.c.sequence))).scalar_one())


async def list_with_tickets(tx: Connection, clock_ids: Collection[UUID]) -> list[Row[Any]]:
    """List the rows of the forecasts of these clocks, with the fields of their tickets."""
    return list(await tx.execute(_SELECT_WITH_TICKET.where(forecasts.c.clock_id.in_(clock_ids))))


async def page(
    tx: Connection,
    outlooks: Sequence[Outlook],
    customer: str | None,
    service: str | None,
    limit: int,
    after: tuple[Any, ...] | None,
) -> list[Row[Any]]:
    """List up to `limit` + 1 forecasts of open promises by deadline; those without one last."""
    # Literals, not parameters: only with them a generic plan can use the partial index.
    query = _SELECT_WITH_TICKET.where(
        forecasts.c.open,
        forecasts.c.outlook.in_([bindparam(None, one, literal_execute=True) for one in outlooks]),
    )
    if customer is not None:
        query = query.where(tickets.c.customer == customer)
    if service is not None:
        query = query.where(tickets.c.service == service)
    order = (forecasts.c.expected_breach_at.asc().nulls_last(), forecasts.c.id)
    return list(await tx.execute(page_after(query, order, after, limit)))


def forecast_of(row: Row[Any]) -> Forecast:
    """Build the forecast of a row."""
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
        Estimate(
            row.probability, row.known, row.breach_share, row.level, row.prior, row.prior_level
        ),
        row.outlook,
        row.expected_breach_at,
        row.cycle,
        row.quarter,
        row.created_at,
        row.changed_at,
        row.open,
        row.sequence,
    )


def _mark_row(forecast: Forecast) -> tuple[Any, ...]:
    metric, *_ = forecast.progress.group
    values = (metric, forecast.estimate.probability, forecast.created_at)
    return forecast.clock_id, forecast.cycle, forecast.quarter, *values


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
        estimate.prior,
        estimate.prior_level,
        forecast.created_at,
        forecast.changed_at,
        forecast.sequence,
    )
