"""Series of measured figures, the promises about them, and their limits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from common.domain import Actor
from common.domain.durations import SECOND
from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from common.scheduling.aggregate_locks import select_existing
from sla.capacity.domain.series import Limit, MeasuredPromise, Series
from sla.capacity.tables import measured_promises, series, usage_limits
from sla.directory.tables import customers


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A series with the status of its limit, and the sequence of its last event."""

    series: Series
    customer_id: UUID | None
    limit_status: str
    sequence: int


async def add(
    tx: Connection, definition: Series, customer_id: UUID | None, actor: Actor, at: datetime
) -> bool:
    """Store a new series; False where the key is taken."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(definition.key, 9))))
    if await tx.scalar(select(series.c.id).where(series.c.key == definition.key)) is not None:
        return False
    await tx.execute(
        insert(series).values(
            id=definition.id,
            key=definition.key,
            name=definition.name,
            unit=definition.unit,
            customer_id=customer_id,
            service=definition.service,
            environment=definition.environment,
            sample_interval_seconds=None
            if definition.sample_interval is None
            else definition.sample_interval // SECOND,
            limit_status="ok",
            sequence=0,
            created_by=actor.sub,
            created_at=at,
        )
    )
    return True


async def find(tx: Connection, reference: str) -> StoredSeries | None:
    """Return the series with this id or key."""
    row = (await tx.execute(_select().where(by_id_or_key(series, reference)))).one_or_none()
    return _to_stored(row) if row else None


async def load(tx: Connection, ids: Collection[UUID]) -> list[StoredSeries]:
    rows = await tx.execute(_select().where(series.c.id.in_(ids)).order_by(series.c.id))
    return [_to_stored(row) for row in rows]


async def find_ids(tx: Connection, keys: Collection[str]) -> dict[str, UUID]:
    """Return the ids of the series that exist, by key."""
    rows = await tx.execute(select(series.c.key, series.c.id).where(series.c.key.in_(keys)))
    return {row.key: row.id for row in rows}


async def page(
    tx: Connection,
    customer: str | None,
    limit: int,
    after: tuple[Any, ...] | None,
    *,
    only_promised: bool = False,
) -> list[StoredSeries]:
    """List up to `limit` + 1 series by key, of one customer or of all.

    `only_promised`: only those with a promise.
    """
    query = _select()
    if customer is not None:
        query = query.where(customers.c.key == customer)
    if only_promised:
        query = query.where(series.c.id.in_(select(measured_promises.c.series_id)))
    rows = await tx.execute(page_after(query, (series.c.key,), after, limit))
    return [_to_stored(row) for row in rows]


async def lock_available(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Lock the series that nobody else holds. One that does not exist counts as locked."""
    return await lock_rows(tx, series.c.id, ids)


async def list_existing(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of these ids that a series has."""
    return await select_existing(tx, series.c.id, ids)


async def lock_by_id(tx: Connection, id: UUID) -> None:
    """Lock one series, waiting for whoever holds it."""
    await tx.execute(select(series.c.id).where(series.c.id == id).with_for_update())


async def set_limit_status(tx: Connection, id: UUID, limit_status: str) -> int:
    """Set the status of the limit, and return the series' new sequence."""
    of_series = update(series).where(series.c.id == id)
    statement = of_series.values(limit_status=limit_status, sequence=series.c.sequence + 1)
    return int((await tx.execute(statement.returning(series.c.sequence))).scalar_one())


async def add_promise(
    tx: Connection, series_id: UUID, promise: MeasuredPromise, actor: Actor, at: datetime
) -> None:
    await tx.execute(
        insert(measured_promises).values(
            series_id=series_id,
            version=promise.version,
            valid_from=promise.valid_from,
            better=promise.better,
            statistic=promise.statistic,
            target=promise.target,
            baseline=promise.baseline,
            agreed_by=actor.sub,
            agreed_at=at,
        )
    )


async def list_promises(
    tx: Connection, ids: Collection[UUID]
) -> dict[UUID, tuple[MeasuredPromise, ...]]:
    """List all versions of the promises, by series, the oldest first."""
    query = select(measured_promises).where(measured_promises.c.series_id.in_(ids))
    by_series: dict[UUID, tuple[MeasuredPromise, ...]] = {}
    for row in await tx.execute(query.order_by(measured_promises.c.version)):
        promise = MeasuredPromise(
            row.version, row.valid_from, row.better, row.statistic, row.target, row.baseline
        )
        by_series[row.series_id] = (*by_series.get(row.series_id, ()), promise)
    return by_series


async def add_limit(
    tx: Connection, series_id: UUID, new_limit: Limit, actor: Actor, at: datetime
) -> None:
    await tx.execute(
        insert(usage_limits).values(
            series_id=series_id,
            version=new_limit.version,
            valid_from=new_limit.valid_from,
            limit=new_limit.limit,
            reached=new_limit.direction,
            plan_ahead_seconds=new_limit.plan_ahead // SECOND,
            set_by=actor.sub,
            set_at=at,
        )
    )


async def get_limits(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Limit]:
    """Return the newest limit of each series that has one."""
    query = (
        select(usage_limits)
        .ext(distinct_on(usage_limits.c.series_id))
        .where(usage_limits.c.series_id.in_(ids))
        .order_by(usage_limits.c.series_id, usage_limits.c.version.desc())
    )
    return {
        row.series_id: Limit(
            row.version, row.valid_from, row.limit, row.reached, row.plan_ahead_seconds * SECOND
        )
        for row in await tx.execute(query)
    }


def _select() -> Select[Any]:
    query = select(series, customers.c.key.label("customer"), customers.c.timezone)
    return query.outerjoin(customers, customers.c.id == series.c.customer_id)


def _to_stored(row: Row[Any]) -> StoredSeries:
    definition = Series(
        row.id,
        row.key,
        row.name,
        row.unit,
        row.customer,
        row.service,
        row.environment,
        None if row.sample_interval_seconds is None else row.sample_interval_seconds * SECOND,
        row.timezone or "UTC",
    )
    return StoredSeries(definition, row.customer_id, row.limit_status, row.sequence)
