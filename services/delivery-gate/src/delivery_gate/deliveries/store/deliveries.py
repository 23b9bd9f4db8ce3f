"""Deliveries and their approvals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from common.scheduling.aggregate_locks import select_existing
from delivery_gate.deliveries.domain.delivery import WAITING_STATES, Approval, Binding, Delivery
from delivery_gate.deliveries.tables import approvals, deliveries
from delivery_gate.environments.domain import Environment
from delivery_gate.sql_literals import in_literals
from delivery_gate.versions.domain import Reference


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """What a list of deliveries is restricted to; None restricts nothing."""

    environment: str | None = None
    product: str | None = None
    state: str | None = None
    version: str | None = None


async def add(
    tx: Connection, delivery: Delivery, environment: Environment, *, counted: bool
) -> None:
    """Store a new request. `counted`: it counts as an attempt (G5)."""
    await tx.execute(
        insert(deliveries).values(
            id=delivery.id,
            key=delivery.key,
            product=delivery.requested.product,
            version=delivery.requested.name,
            requested_digest=delivery.requested.digest,
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
    """Store the present state of a locked delivery."""
    query = update(deliveries).where(deliveries.c.id == delivery.id)
    await tx.execute(query.values(**_mutable_columns(delivery)))


async def add_approval(tx: Connection, delivery: Delivery, approval: Approval) -> None:
    """Store an approval of a locked delivery."""
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


async def get_environment_id(tx: Connection, id: UUID) -> UUID:
    """The environment of a delivery."""
    query = select(deliveries.c.environment_id).where(deliveries.c.id == id)
    environment_id: UUID = (await tx.execute(query)).scalar_one()
    return environment_id


async def lock(tx: Connection, id: UUID) -> Delivery:
    """The delivery, locked."""
    row = (
        await tx.execute(select(deliveries).where(deliveries.c.id == id).with_for_update())
    ).one()
    return (await _deliveries(tx, [row]))[0]


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, deliveries.c.id, ids)


async def list_existing(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of these ids that a delivery has."""
    return await select_existing(tx, deliveries.c.id, ids)


async def find(tx: Connection, reference: str) -> Delivery | None:
    """The delivery with this id or key."""
    rows = (await tx.execute(select(deliveries).where(by_id_or_key(deliveries, reference)))).all()
    return (await _deliveries(tx, rows))[0] if rows else None


async def page(
    tx: Connection, filters: DeliveryFilter, after: Sequence[Any] | None, limit: int
) -> list[Delivery]:
    """Deliveries, newest first, behind `after` (request time and id); one more than `limit`."""
    query = select(deliveries)
    for column in ("environment", "product", "version", "state"):
        if (value := getattr(filters, column)) is not None:
            query = query.where(deliveries.c[column] == value)
    order = deliveries.c.requested_at.desc(), deliveries.c.id.desc()
    rows = (await tx.execute(page_after(query, order, after, limit))).all()
    return await _deliveries(tx, rows)


async def list_ids(tx: Connection, after: UUID | None, limit: int) -> list[UUID]:
    """The ids of deliveries behind `after`, in their order."""
    query = select(deliveries.c.id).order_by(deliveries.c.id).limit(limit)
    query = query if after is None else query.where(deliveries.c.id > after)
    return list(await tx.scalars(query))


async def lock_waiting(
    tx: Connection, environment_id: UUID, product: str, names: set[str]
) -> list[Delivery]:
    """The waiting requests for these versions on an environment, locked in the order of their ids."""
    where = (
        deliveries.c.environment_id == environment_id,
        deliveries.c.product == product,
        deliveries.c.version.in_(names),
        in_literals(deliveries.c.state, WAITING_STATES),
    )
    query = select(deliveries).where(*where).order_by(deliveries.c.id).with_for_update()
    return await _deliveries(tx, (await tx.execute(query)).all())


async def lock_all_waiting(tx: Connection, environment_id: UUID) -> list[Delivery]:
    """All waiting requests on an environment, locked in the order of their ids."""
    where = (
        deliveries.c.environment_id == environment_id,
        in_literals(deliveries.c.state, WAITING_STATES),
    )
    query = select(deliveries).where(*where).order_by(deliveries.c.id).with_for_update()
    return await _deliveries(tx, (await tx.execute(query)).all())


async def list_deferred_ids(tx: Connection, product: str, digest: str) -> list[tuple[UUID, UUID]]:
    """The ids (environment, delivery) of the deferred requests for this digest, in the order in which
    they are locked."""
    where = (
        deliveries.c.product == product,
        deliveries.c.digest == digest,
        in_literals(deliveries.c.state, ["evaluating"]),
    )
    columns = deliveries.c.environment_id, deliveries.c.id
    rows = await tx.execute(select(*columns).where(*where).order_by(*columns))
    return [(row.environment_id, row.id) for row in rows]


async def next_attempt(tx: Connection, environment_id: UUID, requested: Reference) -> int:
    """The number of the next attempt to bring this version to this environment."""
    where = (
        deliveries.c.environment_id == environment_id,
        deliveries.c.product == requested.product,
        deliveries.c.version.is_not_distinct_from(requested.name),
        deliveries.c.counted,
    )
    last: int | None = await tx.scalar(select(func.max(deliveries.c.attempt)).where(*where))
    return (last or 0) + 1


async def list_verified_tiers(tx: Connection, product: str, digest: str) -> frozenset[str]:
    """The tiers in which this digest was delivered and verified, at any customer (G7)."""
    where = (
        deliveries.c.product == product,
        deliveries.c.digest == digest,
        in_literals(deliveries.c.state, ["delivered"]),
    )
    query = select(deliveries.c.tier).where(*where).distinct()
    return frozenset((await tx.execute(query)).scalars())


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
    by_delivery: dict[UUID, list[Approval]] = {}
    condition = approvals.c.delivery_id.in_([row.id for row in rows])
    query = select(approvals).where(condition).order_by(approvals.c.at, approvals.c.approved_by)
    for row in await tx.execute(query):
        binding = Binding(row.digest, row.criteria_version, row.environment, row.attempt)
        approval = Approval(row.approved_by, row.at, binding)
        by_delivery.setdefault(row.delivery_id, []).append(approval)
    return [_delivery(row, tuple(by_delivery.get(row.id, ()))) for row in rows]


def _delivery(row: Row[Any], given: tuple[Approval, ...]) -> Delivery:
    return Delivery(
        id=row.id,
        key=row.key,
        requested=Reference(row.product, row.version, row.requested_digest),
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
