"""Series of measured figures: what they are, what was promised of them, and their limits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from common.persistence.database import Connection
from sla.capacity.domain.series import Limit, Required, Series
from sla.capacity.tables import measure_promises, series, usage_limits
from sla.directory.tables import customers

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stored:
    """A series with where its usage stands to its limit, and its last event's number."""

    series: Series
    customer_id: UUID | None
    limit_status: str
    sequence: int


async def add(
    tx: Connection, new: Series, customer_id: UUID | None, by: tuple[str, datetime]
) -> bool:
    """False where the key is taken."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(new.key, 9))))
    if await tx.scalar(select(series.c.id).where(series.c.key == new.key)) is not None:
        return False
    await tx.execute(
        insert(series).values(
            id=new.id,
            key=new.key,
            name=new.name,
            unit=new.unit,
            customer_id=customer_id,
            service=new.service,
            environment=new.environment,
            every_seconds=None if new.every is None else new.every // SECOND,
            limit_status="ok",
            sequence=0,
            created_by=by[0],
            created_at=by[1],
        )
    )
    return True


async def find(tx: Connection, id_or_key: UUID | str) -> Stored | None:
    column = series.c.id if isinstance(id_or_key, UUID) else series.c.key
    row = (await tx.execute(_all().where(column == id_or_key))).one_or_none()
    return _stored(row) if row else None


async def load(tx: Connection, ids: Collection[UUID]) -> list[Stored]:
    found = await tx.execute(_all().where(series.c.id.in_(ids)).order_by(series.c.id))
    return [_stored(row) for row in found]


async def ids_of(tx: Connection, keys: Collection[str]) -> dict[str, UUID]:
    """The ids of those that exist, by key."""
    found = await tx.execute(select(series.c.key, series.c.id).where(series.c.key.in_(keys)))
    return {row.key: row.id for row in found}


async def page(
    tx: Connection, customer: str | None, limit: int, after: str | None, *, promised: bool = False
) -> list[Stored]:
    """Up to `limit` + 1 series, by key; of one customer, or of all; only `promised` ones."""
    listed = _all().order_by(series.c.key).limit(limit + 1)
    if customer is not None:
        listed = listed.where(customers.c.key == customer)
    if promised:
        listed = listed.where(series.c.id.in_(select(measure_promises.c.series_id)))
    if after is not None:
        listed = listed.where(series.c.key > after)
    return [_stored(row) for row in await tx.execute(listed)]


async def lock(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Lock the series that nobody else holds. Series are never taken away."""
    mine = select(series.c.id).where(series.c.id.in_(ids)).order_by(series.c.id)
    return set(await tx.scalars(mine.with_for_update(skip_locked=True)))


async def hold(tx: Connection, id: UUID) -> None:
    """Lock one series, waiting for whoever holds it."""
    await tx.execute(select(series.c.id).where(series.c.id == id).with_for_update())


async def stand(tx: Connection, id: UUID, limit_status: str) -> int:
    """Where usage stands to the limit now; the series' new sequence."""
    changed = update(series).where(series.c.id == id)
    told = changed.values(limit_status=limit_status, sequence=series.c.sequence + 1)
    return int((await tx.execute(told.returning(series.c.sequence))).scalar_one())


async def require(
    tx: Connection, series_id: UUID, required: Required, by: tuple[str, datetime]
) -> None:
    await tx.execute(
        insert(measure_promises).values(
            series_id=series_id,
            version=required.version,
            valid_from=required.valid_from,
            better=required.better,
            statistic=required.statistic,
            target=required.target,
            baseline=required.baseline,
            agreed_by=by[0],
            agreed_at=by[1],
        )
    )


async def required(tx: Connection, ids: Collection[UUID]) -> dict[UUID, tuple[Required, ...]]:
    """All versions of what was promised, by series, the oldest first."""
    found = select(measure_promises).where(measure_promises.c.series_id.in_(ids))
    by_series: dict[UUID, tuple[Required, ...]] = {}
    for row in await tx.execute(found.order_by(measure_promises.c.version)):
        version = Required(
            row.version, row.valid_from, row.better, row.statistic, row.target, row.baseline
        )
        by_series[row.series_id] = (*by_series.get(row.series_id, ()), version)
    return by_series


async def limit(tx: Connection, series_id: UUID, new: Limit, by: tuple[str, datetime]) -> None:
    await tx.execute(
        insert(usage_limits).values(
            series_id=series_id,
            version=new.version,
            valid_from=new.valid_from,
            limit=new.limit,
            reached=new.direction,
            plan_ahead_seconds=new.plan_ahead // SECOND,
            set_by=by[0],
            set_at=by[1],
        )
    )


async def limits(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Limit]:
    """The newest limit of each series that has one."""
    newest = (
        select(usage_limits)
        .ext(distinct_on(usage_limits.c.series_id))
        .where(usage_limits.c.series_id.in_(ids))
        .order_by(usage_limits.c.series_id, usage_limits.c.version.desc())
    )
    return {
        row.series_id: Limit(
            row.version, row.valid_from, row.limit, row.reached, row.plan_ahead_seconds * SECOND
        )
        for row in await tx.execute(newest)
    }


def _all() -> Select[Any]:
    named = select(series, customers.c.key.label("customer"), customers.c.timezone)
    return named.outerjoin(customers, customers.c.id == series.c.customer_id)


def _stored(row: Row[Any]) -> Stored:
    told = Series(
        row.id,
        row.key,
        row.name,
        row.unit,
        row.customer,
        row.service,
        row.environment,
        None if row.every_seconds is None else row.every_seconds * SECOND,
        row.timezone or "UTC",
    )
    return Stored(told, row.customer_id, row.limit_status, row.sequence)
