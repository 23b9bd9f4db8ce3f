"""Agreements and their versions. What a published version promises never changes (A5)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, func, insert, or_, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement, Contract
from sla.agreements.domain.lifecycle import Life
from sla.agreements.domain.termination import Ending
from sla.agreements.store.version_rows import (
    AgreementVersion,
    agreement_of,
    lived,
    selected,
    terms_of,
    version_of,
)
from sla.agreements.tables import agreement_versions as versions
from sla.agreements.tables import agreements
from sla.directory.tables import customers

BINDING = ("published", "superseded")
"""The states of versions that promise something while they are valid."""


async def published(
    tx: Connection, customer_ids: Collection[UUID], contract: Contract = "sla"
) -> dict[UUID, list[Agreement]]:
    """All binding versions that cover these customers, by customer; of one kind of contract."""
    asked = as_type(list(customer_ids), ARRAY(Uuid))
    binding = and_(versions.c.published_at.is_not(None), agreements.c.contract == contract)
    covers: ColumnElement[bool] = versions.c.customers.overlap(asked)
    if contract != "sla":
        covers = or_(covers, versions.c.customers == as_type([], ARRAY(Uuid)))
    by_customer: dict[UUID, list[Agreement]] = {}
    for row in await tx.execute(selected().where(binding, covers)):
        version = agreement_of(row)
        for id in set(version.customers or customer_ids).intersection(customer_ids):
            by_customer.setdefault(id, []).append(version)
    return by_customer


async def versions_of(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Agreement]:
    """Agreement versions by their ids."""
    found = await tx.execute(selected().where(versions.c.id.in_(ids)))
    return {row.id: agreement_of(row) for row in found}


async def deactivated(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of these versions whose agreement was deactivated."""
    joined = select(versions.c.id).join(agreements, agreements.c.id == versions.c.agreement_id)
    over = joined.where(versions.c.id.in_(ids), agreements.c.ended_at.is_not(None))
    return set(await tx.scalars(over))


async def lock_key(tx: Connection, key: str) -> UUID | None:
    """Hold the agreement with this key until the end; its id, or None for a new key."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 1))))
    id: UUID | None = await tx.scalar(select(agreements.c.id).where(agreements.c.key == key))
    return id


async def add(tx: Connection, id: UUID, version: Agreement) -> None:
    """Store the agreement of which this is the first version."""
    values = {
        "id": id,
        "key": version.key,
        "customer_id": version.customer_id,
        "contract": version.contract,
        "partner": version.partner,
        "team": version.team,
    }
    await tx.execute(insert(agreements).values(**values, sequence=0))


async def draft(
    tx: Connection, agreement_id: UUID, version: Agreement, life: Life, supersedes: int | None
) -> None:
    """Store a new version."""
    facts = {"id": version.id, "agreement_id": agreement_id, "version": version.version}
    drafted = {"drafted_by": life.drafted.by, "drafted_at": life.drafted.at}
    terms = terms_of(version, life, supersedes)
    await tx.execute(insert(versions).values(**facts, **drafted, **terms))


async def newest_version(tx: Connection, agreement_id: UUID) -> int:
    newest = func.coalesce(func.max(versions.c.version), 0)
    found = await tx.scalar(select(newest).where(versions.c.agreement_id == agreement_id))
    return int(found or 0)


async def find(
    tx: Connection, id_or_key: UUID | str, *, seen_by: str | None = None, version: int | None = None
) -> AgreementVersion | None:
    """That version by its id; by the agreement's key or id its newest one, or that `version`.

    `seen_by`: what the customer with this key may see, and nothing else.
    """
    if isinstance(id_or_key, UUID):
        wanted: ColumnElement[bool] = or_(versions.c.id == id_or_key, agreements.c.id == id_or_key)
    else:
        wanted = agreements.c.key == id_or_key
    if seen_by is not None:
        wanted = wanted & _visible_to(seen_by)
    if version is not None:
        wanted = wanted & (versions.c.version == version)
    newest = selected().where(wanted).order_by(versions.c.version.desc()).limit(1)
    row = (await tx.execute(newest)).one_or_none()
    return version_of(row) if row else None


async def history(tx: Connection, agreement_id: UUID) -> list[AgreementVersion]:
    """All versions of an agreement, oldest first."""
    mine = selected().where(agreements.c.id == agreement_id).order_by(versions.c.version)
    return [version_of(row) for row in await tx.execute(mine)]


async def lock(tx: Connection, agreement_id: UUID) -> None:
    await tx.execute(
        select(agreements.c.id).where(agreements.c.id == agreement_id).with_for_update()
    )


async def bump(tx: Connection, agreement_id: UUID) -> int:
    """The next sequence of an agreement, which is locked."""
    bumped = update(agreements).where(agreements.c.id == agreement_id)
    sequence = bumped.values(sequence=agreements.c.sequence + 1).returning(agreements.c.sequence)
    return int((await tx.execute(sequence)).scalar_one())


async def redraft(tx: Connection, version: Agreement, life: Life, supersedes: int | None) -> None:
    """Store what a draft says now, and who wrote it."""
    drafted = {"drafted_by": life.drafted.by, "drafted_at": life.drafted.at}
    changed = update(versions).where(versions.c.id == version.id)
    await tx.execute(changed.values(**drafted, **terms_of(version, life, supersedes)))


async def live_on(tx: Connection, version_id: UUID, life: Life) -> None:
    """Store where a version stands now."""
    await tx.execute(update(versions).where(versions.c.id == version_id).values(**lived(life)))


async def end(tx: Connection, agreement_id: UUID, ending: Ending | None) -> None:
    """Store how the end of an agreement stands."""
    done = ending.done if ending else None
    told = {
        "ending_asked_by": ending and ending.asked.by,
        "ending_asked_at": ending and ending.asked.at,
        "ending_reason": ending and ending.reason,
        "ended_by": done and done.by,
        "ended_at": done and done.at,
    }
    await tx.execute(update(agreements).where(agreements.c.id == agreement_id).values(**told))


async def supersede(tx: Connection, agreement_id: UUID, version: int, until: datetime) -> None:
    """The validity of this version ends where the next one's begins."""
    mine = (versions.c.agreement_id == agreement_id) & (versions.c.version == version)
    ended = update(versions).where(mine).values(state="superseded", valid_until=until)
    await tx.execute(ended)


async def page(
    tx: Connection, customer: str | None, limit: int, after: tuple[str, int] | None
) -> list[AgreementVersion]:
    """Up to `limit` + 1 versions, by key and version; what one customer may see, or all."""
    listed = selected().order_by(agreements.c.key, versions.c.version).limit(limit + 1)
    if customer is not None:
        listed = listed.where(_visible_to(customer))
    if after is not None:
        key, version = after
        same = (agreements.c.key == key) & (versions.c.version > version)
        listed = listed.where((agreements.c.key > key) | same)
    return [version_of(row) for row in await tx.execute(listed)]


def _visible_to(customer: str) -> ColumnElement[bool]:
    """What was published to the customer, and what it is asked to sign, as the one of the contract."""
    its_id = select(customers.c.id).where(customers.c.key == customer).scalar_subquery()
    to_sign = and_(
        versions.c.customer_signs,
        versions.c.state.in_(("proposed", "agreed")),
        agreements.c.customer_id == its_id,
    )
    return and_(
        its_id == any_(versions.c.customers),
        agreements.c.contract == "sla",
        or_(versions.c.published_at.is_not(None), to_sign),
    )
