"""Agreements and their versions. A version's promises never change; only its publication does."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, insert, or_, select, update

from common.database import Connection
from sla.agreements.agreement import SHARES, Agreement, Target
from sla.tables.agreements import agreement_versions as versions
from sla.tables.agreements import agreements
from sla.tables.directory import customers

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """A version with its life: proposed by one person, published by another."""

    agreement: Agreement
    agreement_id: UUID
    customer: str
    sequence: int
    proposed_by: str
    proposed_at: datetime
    published_by: str | None
    published_at: datetime | None


async def published(tx: Connection, customer_ids: Collection[UUID]) -> dict[UUID, list[Agreement]]:
    """All published versions of these customers' agreements, by customer."""
    found = await tx.execute(
        _all().where(
            agreements.c.customer_id.in_(customer_ids), versions.c.published_at.is_not(None)
        )
    )
    by_customer: dict[UUID, list[Agreement]] = {}
    for row in found:
        by_customer.setdefault(row.customer_id, []).append(_agreement(row))
    return by_customer


async def versions_of(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Agreement]:
    """Agreement versions by their ids."""
    found = await tx.execute(_all().where(versions.c.id.in_(ids)))
    return {row.id: _agreement(row) for row in found}


async def lock_key(tx: Connection, key: str) -> UUID | None:
    """Hold the agreement with this key until the end; its id, or None for a new key."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 1))))
    id: UUID | None = await tx.scalar(select(agreements.c.id).where(agreements.c.key == key))
    return id


async def add(tx: Connection, id: UUID, key: str, customer_id: UUID, contract: str) -> None:
    values = {"id": id, "key": key, "customer_id": customer_id, "contract": contract}
    await tx.execute(insert(agreements).values(**values, sequence=0))


async def propose(
    tx: Connection, agreement_id: UUID, version: Agreement, by: str, at: datetime
) -> None:
    """Store a version as a draft."""
    await tx.execute(
        insert(versions).values(
            id=version.id,
            agreement_id=agreement_id,
            version=version.version,
            service=version.service,
            valid_from=version.valid_from,
            valid_until=version.valid_until,
            promises=_promises(version),
            proposed_by=by,
            proposed_at=at,
        )
    )


async def newest_version(tx: Connection, agreement_id: UUID) -> int:
    newest = func.coalesce(func.max(versions.c.version), 0)
    found = await tx.scalar(select(newest).where(versions.c.agreement_id == agreement_id))
    return int(found or 0)


async def find(
    tx: Connection, id_or_key: UUID | str, *, published: bool = False
) -> AgreementVersion | None:
    """That version by its id; by the agreement's key or id the newest one (`published`: of those)."""
    if isinstance(id_or_key, UUID):
        wanted: ColumnElement[bool] = or_(versions.c.id == id_or_key, agreements.c.id == id_or_key)
    else:
        wanted = agreements.c.key == id_or_key
    if published:
        wanted = wanted & versions.c.published_at.is_not(None)
    newest = _all().where(wanted).order_by(versions.c.version.desc()).limit(1)
    row = (await tx.execute(newest)).one_or_none()
    return _version(row) if row else None


async def lock(tx: Connection, agreement_id: UUID) -> None:
    await tx.execute(
        select(agreements.c.id).where(agreements.c.id == agreement_id).with_for_update()
    )


async def publish(tx: Connection, found: AgreementVersion, by: str, at: datetime) -> int:
    """Publish a version; the agreement's new sequence."""
    id = found.agreement.id
    await tx.execute(
        update(versions).where(versions.c.id == id).values(published_by=by, published_at=at)
    )
    bumped = update(agreements).where(agreements.c.id == found.agreement_id)
    sequence = bumped.values(sequence=agreements.c.sequence + 1).returning(agreements.c.sequence)
    return int((await tx.execute(sequence)).scalar_one())


async def page(
    tx: Connection, customer: str | None, limit: int, after: tuple[str, int] | None
) -> list[AgreementVersion]:
    """Up to `limit` + 1 versions, by key and version; of one customer, or of all."""
    listed = _all().order_by(agreements.c.key, versions.c.version).limit(limit + 1)
    if customer is not None:
        listed = listed.where(customers.c.key == customer, versions.c.published_at.is_not(None))
    if after is not None:
        key, version = after
        same = (agreements.c.key == key) & (versions.c.version > version)
        listed = listed.where((agreements.c.key > key) | same)
    return [_version(row) for row in await tx.execute(listed)]


def _all() -> Select[Any]:
    return (
        select(
            versions,
            agreements.c.key,
            agreements.c.customer_id,
            agreements.c.contract,
            agreements.c.sequence,
            customers.c.key.label("customer"),
        )
        .join(agreements, agreements.c.id == versions.c.agreement_id)
        .join(customers, customers.c.id == agreements.c.customer_id)
    )


def _version(row: Row[Any]) -> AgreementVersion:
    return AgreementVersion(
        _agreement(row),
        row.agreement_id,
        row.customer,
        row.sequence,
        row.proposed_by,
        row.proposed_at,
        row.published_by,
        row.published_at,
    )


def _agreement(row: Row[Any]) -> Agreement:
    told: Mapping[str, Any] = row.promises
    return Agreement(
        row.id,
        row.key,
        row.version,
        row.customer_id,
        row.valid_from,
        row.valid_until,
        tuple(_target(target) for target in told["targets"]),
        UUID(told["calendar"]),
        {priority: UUID(id) for priority, id in told["calendars"].items()},
        row.service,
        row.contract,
        tuple(told.get("warnings", SHARES)),
        tuple(before * SECOND for before in told.get("warn_before_seconds", ())),
    )


def _target(told: Mapping[str, Any]) -> Target:
    within = told["target_seconds"]
    return Target(
        told["metric"],
        told["priority"],
        None if within is None else within * SECOND,
        told["pausable"],
        told["kind"],
    )


def _promises(version: Agreement) -> dict[str, Any]:
    return {
        "calendar": str(version.calendar),
        "calendars": {priority: str(id) for priority, id in version.calendars.items()},
        "targets": [
            {
                "metric": target.metric,
                "priority": target.priority,
                "kind": target.kind,
                "target_seconds": None if target.within is None else target.within // SECOND,
                "pausable": target.pausable,
            }
            for target in version.targets
        ],
        "warnings": list(version.shares),
        "warn_before_seconds": [before // SECOND for before in version.ahead],
    }
