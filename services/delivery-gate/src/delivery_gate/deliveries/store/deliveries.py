"""Requests and their approvals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, insert, select, tuple_, update

from common.persistence.database import Connection
from delivery_gate.deliveries.domain.delivery import (
    RUNNING_STATES,
    WAITING_STATES,
    Approval,
    Binding,
    Delivery,
)
from delivery_gate.deliveries.tables import approvals, deliveries
from delivery_gate.environments.domain import Environment
from delivery_gate.keys import by_id_or_key
from delivery_gate.sql_literals import in_literals
from delivery_gate.versions.domain import Reference


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """What a list of deliveries is narrowed to; None leaves it wide."""

    environment: str | None = None
    product: str | None = None
    state: str | None = None


async def add(
    tx: Connection, delivery: Delivery, environment: Environment, *, counted: bool
) -> None:
    """Store a new request. `counted`: it is an attempt (G5)."""
    await tx.execute(
        insert(deliveries).values(
            id=delivery.id,
            key=delivery.key,
            product=delivery.requested.product,
            version=delivery.requested.name,
            wanted_digest=delivery.requested.digest,
            environment_id=environment.id,
            environment=environment.key,
            customer=environment.customer,
            tier=environment.tier,
            lifecycle=delivery.lifecycle,
            readiness=dict(delivery.readiness),
            attempt=delivery.attempt,
            counted=counted,
            requested_by=delivery.requested_by,
            requested_at=delivery.requested_at,
            **_mutable_columns(delivery),
        )
    )


async def save(tx: Connection, delivery: Delivery) -> None:
    """Store where a locked delivery stands now."""
    query = update(deliveries).where(deliveries.c.id == delivery.id)
    await tx.execute(query.values(**_mutable_columns(delivery)))


async def add_approval(tx: Connection, delivery: Delivery, approval: Approval) -> None:
    await tx.execute(
        insert(approvals).values(
            delivery_id=delivery.id,
            approved_by=approval.by,
            criteria_version=approval.binding.criteria_version,
            requested_by=delivery.requested_by,
            digest=approval.binding.digest,
            environment=approval.binding.environment,
            attempt=approval.binding.attempt,
            at=approval.at,
        )
    )


async def ids_to_lock(tx: Connection, reference: str) -> tuple[UUID, UUID] | None:
    """The ids of a delivery and of its environment, to lock the environment first."""
    query = select(deliveries.c.id, deliveries.c.environment_id).where(
        by_id_or_key(deliveries, reference)
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else (row.id, row.environment_id)


async def lock(tx: Connection, id: UUID) -> Delivery:
    row = (
        await tx.execute(select(deliveries).where(deliveries.c.id == id).with_for_update())
    ).one()
    return (await _deliveries(tx, [row]))[0]


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those that nobody else holds; a timer comes back for the others."""
    condition = deliveries.c.id.in_(list(ids))
    query = select(deliveries.c.id).where(condition).order_by(deliveries.c.id)
    return set((await tx.execute(query.with_for_update(skip_locked=True))).scalars())


async def find(tx: Connection, reference: str) -> Delivery | None:
    rows = (await tx.execute(select(deliveries).where(by_id_or_key(deliveries, reference)))).all()
    return (await _deliveries(tx, rows))[0] if rows else None


async def page(
    tx: Connection, filters: DeliveryFilter, after: tuple[datetime, UUID] | None, limit: int
) -> list[Delivery]:
    """Newest first."""
    at, id = deliveries.c.requested_at, deliveries.c.id
    query = select(deliveries).order_by(at.desc(), id.desc()).limit(limit)
    for column in ("environment", "product", "state"):
        if (value := getattr(filters, column)) is not None:
            query = query.where(deliveries.c[column] == value)
    if after is not None:
        query = query.where(tuple_(at, id) < after)
    return await _deliveries(tx, (await tx.execute(query)).all())


async def lock_waiting(
    tx: Connection, environment_id: UUID | None, product: str, names: set[str]
) -> list[Delivery]:
    """Requests that wait for these versions, here or (None) anywhere, locked in id order."""
    where = [
        deliveries.c.product == product,
        deliveries.c.version.in_(names),
        in_literals(deliveries.c.state, WAITING_STATES),
    ]
    if environment_id is not None:
        where.append(deliveries.c.environment_id == environment_id)
    query = select(deliveries).where(*where).order_by(deliveries.c.id).with_for_update()
    return await _deliveries(tx, (await tx.execute(query)).all())


async def list_deferred_ids(tx: Connection, product: str, digest: str) -> list[tuple[UUID, UUID]]:
    """(environment, delivery) of what waits for verdicts on this digest, in locking order."""
    where = (
        deliveries.c.product == product,
        deliveries.c.digest == digest,
        in_literals(deliveries.c.state, ["evaluating"]),
    )
    columns = deliveries.c.environment_id, deliveries.c.id
    rows = await tx.execute(select(*columns).where(*where).order_by(*columns))
    return [(row.environment_id, row.id) for row in rows]


async def next_attempt(tx: Connection, environment_id: UUID, requested: Reference) -> int:
    """One more than the attempts made so far to bring this version here."""
    where = (
        deliveries.c.environment_id == environment_id,
        deliveries.c.product == requested.product,
        deliveries.c.version.is_not_distinct_from(requested.name),
        deliveries.c.counted,
    )
    made: int | None = await tx.scalar(select(func.max(deliveries.c.attempt)).where(*where))
    return (made or 0) + 1


async def is_busy(tx: Connection, environment_id: UUID) -> bool:
    """Whether a delivery is running on a locked environment (G11)."""
    where = (
        deliveries.c.environment_id == environment_id,
        in_literals(deliveries.c.state, RUNNING_STATES),
    )
    return bool(await tx.scalar(select(exists().where(*where))))


def _mutable_columns(delivery: Delivery) -> Mapping[str, Any]:
    return {
        "sequence": delivery.sequence,
        "state": delivery.state,
        "version_id": delivery.version_id,
        "digest": delivery.digest,
        "started_by": delivery.started_by,
        "started_at": delivery.started_at,
        "ended_at": delivery.ended_at,
    }


async def _deliveries(tx: Connection, rows: Sequence[Row[Any]]) -> list[Delivery]:
    given: dict[UUID, list[Approval]] = {}
    condition = approvals.c.delivery_id.in_([row.id for row in rows])
    query = select(approvals).where(condition).order_by(approvals.c.at, approvals.c.approved_by)
    for row in await tx.execute(query):
        bound = Binding(row.digest, row.criteria_version, row.environment, row.attempt)
        given.setdefault(row.delivery_id, []).append(Approval(row.approved_by, row.at, bound))
    return [_delivery(row, tuple(given.get(row.id, ()))) for row in rows]


def _delivery(row: Row[Any], given: tuple[Approval, ...]) -> Delivery:
    return Delivery(
        id=row.id,
        key=row.key,
        requested=Reference(row.product, row.version, row.wanted_digest),
        environment=row.environment,
        lifecycle=row.lifecycle,
        readiness=row.readiness,
        attempt=row.attempt,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        state=row.state,
        version_id=row.version_id,
        digest=row.digest,
        approvals=given,
        started_by=row.started_by,
        started_at=row.started_at,
        ended_at=row.ended_at,
        sequence=row.sequence,
    )
