"""Agreements and their versions. The terms of a published version never change (A5)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, func, insert, or_, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import ARRAY

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.agreements.domain.agreement import Agreement, Contract
from sla.agreements.domain.lifecycle import Signature, VersionLifecycle
from sla.agreements.domain.outside_party import OutsideParty
from sla.agreements.domain.termination import Termination
from sla.agreements.store.party_visibility import visible_to
from sla.agreements.store.version_rows import (
    AgreementVersion,
    agreement_from_row,
    lifecycle_values,
    select_named_versions,
    select_versions,
    term_values,
    version_from_row,
)
from sla.agreements.tables import agreement_versions as versions
from sla.agreements.tables import agreements

BINDING_STATES = ("published", "superseded")
"""The states of versions that promise something while they are valid."""


async def list_binding(
    tx: Connection, customer_ids: Collection[UUID], contract: Contract = "sla"
) -> dict[UUID, list[Agreement]]:
    """All binding versions of one kind of contract that cover these customers, by customer.

    Of an `sla` also the house-wide default, which holds where none of the others is valid.
    """
    customer_array = as_type(list(customer_ids), ARRAY(Uuid))
    binding = and_(versions.c.published_at.is_not(None), agreements.c.contract == contract)
    covers = or_(
        versions.c.customers.overlap(customer_array),
        versions.c.customers == as_type([], ARRAY(Uuid)),
    )
    by_customer: dict[UUID, list[Agreement]] = {}
    for row in await tx.execute(select_versions().where(binding, covers)):
        version = agreement_from_row(row)
        for id in set(version.customers or customer_ids).intersection(customer_ids):
            by_customer.setdefault(id, []).append(version)
    return by_customer


async def get_versions(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Agreement]:
    """Agreement versions by id."""
    rows = await tx.execute(select_versions().where(versions.c.id.in_(ids)))
    return {row.id: agreement_from_row(row) for row in rows}


async def find_house_defaults(tx: Connection, ids: Collection[UUID | None]) -> set[UUID]:
    """The ids of those versions that are of the house-wide default."""
    if not ids:
        return set()
    statement = select(versions.c.id).join(agreements, agreements.c.id == versions.c.agreement_id)
    is_default = (agreements.c.contract == "sla") & agreements.c.customer_id.is_(None)
    return set(await tx.scalars(statement.where(versions.c.id.in_(ids), is_default)))


async def find_terminated(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """The ids of those versions whose agreement is terminated."""
    statement = select(versions.c.id).join(agreements, agreements.c.id == versions.c.agreement_id)
    terminated = statement.where(versions.c.id.in_(ids), agreements.c.ended_at.is_not(None))
    return set(await tx.scalars(terminated))


async def lock_key(tx: Connection, key: str) -> UUID | None:
    """Lock the key of an agreement, which may not exist yet, until the transaction ends.

    The agreement's id, or None for a new key.
    """
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 1))))
    id: UUID | None = await tx.scalar(select(agreements.c.id).where(agreements.c.key == key))
    return id


async def add(tx: Connection, id: UUID, version: Agreement) -> None:
    """Store the agreement of this first version."""
    values = {
        "id": id,
        "key": version.key,
        "customer_id": version.customer_id,
        "contract": version.contract,
        "partner": version.partner,
        "team": version.team,
    }
    await tx.execute(insert(agreements).values(**values, sequence=0))


async def add_version(
    tx: Connection,
    agreement_id: UUID,
    version: Agreement,
    lifecycle: VersionLifecycle,
    supersedes: int | None,
) -> None:
    """Store a new version."""
    identity = {"id": version.id, "agreement_id": agreement_id, "version": version.version}
    draft_values = {
        "drafted_by": lifecycle.draft_signature.by,
        "drafted_at": lifecycle.draft_signature.at,
    }
    terms = term_values(version, lifecycle, supersedes)
    await tx.execute(insert(versions).values(**identity, **draft_values, **terms))


async def get_newest_number(tx: Connection, agreement_id: UUID) -> int:
    newest = func.coalesce(func.max(versions.c.version), 0)
    number = await tx.scalar(select(newest).where(versions.c.agreement_id == agreement_id))
    return int(number or 0)


async def find(
    tx: Connection,
    id_or_key: UUID | str,
    *,
    seen_by: OutsideParty | None = None,
    version: int | None = None,
) -> AgreementVersion | None:
    """A version by its own id, or by the agreement's key or id the newest one or that `version`.

    With `seen_by` only among the versions that this party may see.
    """
    if isinstance(id_or_key, UUID):
        condition: ColumnElement[bool] = or_(
            versions.c.id == id_or_key, agreements.c.id == id_or_key
        )
    else:
        condition = agreements.c.key == id_or_key
    if seen_by is not None:
        condition = condition & visible_to(seen_by)
    if version is not None:
        condition = condition & (versions.c.version == version)
    newest = select_named_versions().where(condition).order_by(versions.c.version.desc()).limit(1)
    row = (await tx.execute(newest)).one_or_none()
    return version_from_row(row) if row else None


async def list_versions(tx: Connection, agreement_id: UUID) -> list[AgreementVersion]:
    """All versions of an agreement, oldest first."""
    statement = (
        select_named_versions().where(agreements.c.id == agreement_id).order_by(versions.c.version)
    )
    return [version_from_row(row) for row in await tx.execute(statement)]


async def name_all_customers(tx: Connection, stored: AgreementVersion) -> AgreementVersion:
    """The version with the keys of all whom it covers, also of those whom a contact may not see."""
    if None not in stored.customers:
        return stored
    ids = as_type(list(stored.agreement.customers), ARRAY(Uuid))
    keys = await tx.scalar(select(func.customer_keys(ids)))
    return replace(stored, customers=tuple(keys or ()))


async def lock(tx: Connection, agreement_id: UUID) -> None:
    await tx.execute(
        select(agreements.c.id).where(agreements.c.id == agreement_id).with_for_update()
    )


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of these agreements that nobody else has locked. One that is gone counts as locked."""
    return await lock_rows(tx, agreements.c.id, ids)


async def next_sequence(tx: Connection, agreement_id: UUID) -> int:
    """Take the next sequence number of an agreement, which is locked."""
    statement = update(agreements).where(agreements.c.id == agreement_id)
    sequence = statement.values(sequence=agreements.c.sequence + 1).returning(agreements.c.sequence)
    return int((await tx.execute(sequence)).scalar_one())


async def save_draft(
    tx: Connection, version: Agreement, lifecycle: VersionLifecycle, supersedes: int | None
) -> None:
    """Store the terms of a draft, and its author."""
    draft_values = {
        "drafted_by": lifecycle.draft_signature.by,
        "drafted_at": lifecycle.draft_signature.at,
    }
    statement = update(versions).where(versions.c.id == version.id)
    await tx.execute(
        statement.values(**draft_values, **term_values(version, lifecycle, supersedes))
    )


async def save_lifecycle(tx: Connection, version_id: UUID, lifecycle: VersionLifecycle) -> None:
    """Store the state and the signatures of a version."""
    await tx.execute(
        update(versions).where(versions.c.id == version_id).values(**lifecycle_values(lifecycle))
    )


async def return_to_draft(tx: Connection, version_id: UUID, refusal: Signature) -> None:
    """Make a proposed version a draft again in the name of the contact who does not sign it, and sees it no more."""
    await tx.execute(select(func.return_to_draft(version_id, refusal.by, refusal.at)))


async def save_termination(
    tx: Connection, agreement_id: UUID, termination: Termination | None
) -> None:
    """Store the requested or confirmed end of an agreement; None withdraws the request."""
    confirmed = termination.confirmed if termination else None
    values = {
        "termination_requested_by": termination and termination.requested.by,
        "termination_requested_at": termination and termination.requested.at,
        "termination_reason": termination and termination.reason,
        "ended_by": confirmed and confirmed.by,
        "ended_at": confirmed and confirmed.at,
    }
    await tx.execute(update(agreements).where(agreements.c.id == agreement_id).values(**values))


async def set_superseded(tx: Connection, agreement_id: UUID, version: int, until: datetime) -> None:
    """Mark a version as superseded; its validity ends at `until`, where the next one begins."""
    condition = (versions.c.agreement_id == agreement_id) & (versions.c.version == version)
    statement = update(versions).where(condition).values(state="superseded", valid_until=until)
    await tx.execute(statement)


async def list_page(
    tx: Connection, seen_by: OutsideParty | None, limit: int, after: tuple[str, int] | None
) -> list[AgreementVersion]:
    """Up to `limit` + 1 versions by key and number: all, or those that one party may see."""
    statement = select_named_versions()
    if seen_by is not None:
        statement = statement.where(visible_to(seen_by))
    order = (agreements.c.key, versions.c.version)
    rows = await tx.execute(page_after(statement, order, after, limit))
    return [version_from_row(row) for row in rows]
