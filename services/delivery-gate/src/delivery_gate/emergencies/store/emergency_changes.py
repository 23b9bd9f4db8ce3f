"""Emergency changes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from delivery_gate.emergencies.domain import EmergencyChange
from delivery_gate.emergencies.tables import emergency_changes
from delivery_gate.environments.domain import Environment
from delivery_gate.sql_literals import in_literals

PENDING_STATES = ("requested", "authorized")
APPLIED_STATES = ("applied", "settled", "lapsed")


async def add(tx: Connection, change: EmergencyChange, environment: Environment) -> None:
    """Store a new change of this environment."""
    await tx.execute(
        insert(emergency_changes).values(
            id=change.id,
            key=change.key,
            environment_id=environment.id,
            environment=environment.key,
            customer=environment.customer,
            ticket_id=change.ticket_id,
            ticket=change.ticket,
            description=change.description,
            requested_by=change.requested_by,
            requested_at=change.requested_at,
            **_mutable_columns(change),
        )
    )


async def save(tx: Connection, change: EmergencyChange) -> None:
    """Store the present state of a locked change."""
    query = update(emergency_changes).where(emergency_changes.c.id == change.id)
    await tx.execute(query.values(**_mutable_columns(change)))


async def ids_to_lock(tx: Connection, reference: str) -> tuple[UUID, UUID, UUID] | None:
    """The ids of a change, its environment and its ticket, to lock the environment first."""
    ids = ("id", "environment_id", "ticket_id")
    columns = [emergency_changes.c[name] for name in ids]
    row = (
        await tx.execute(select(*columns).where(by_id_or_key(emergency_changes, reference)))
    ).one_or_none()
    return None if row is None else (row.id, row.environment_id, row.ticket_id)


async def lock(tx: Connection, id: UUID) -> EmergencyChange:
    """The change, locked."""
    query = select(emergency_changes).where(emergency_changes.c.id == id).with_for_update()
    return _change((await tx.execute(query)).one())


async def find(tx: Connection, reference: str) -> EmergencyChange | None:
    """The change with this id or key."""
    query = select(emergency_changes).where(by_id_or_key(emergency_changes, reference))
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _change(row)


async def page(
    tx: Connection,
    environment: str | None,
    state: str | None,
    without_blocker: bool | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[EmergencyChange]:
    """Changes, newest first, behind `after` (request time and id); one more than `limit`."""
    query = select(emergency_changes)
    if environment is not None:
        query = query.where(emergency_changes.c.environment == environment)
    if state is not None:
        query = query.where(emergency_changes.c.state == state)
    if without_blocker is not None:
        marked = emergency_changes.c.blocker_ended_at.is_not(None)
        query = query.where(marked if without_blocker else ~marked)
    order = emergency_changes.c.requested_at.desc(), emergency_changes.c.id.desc()
    rows = await tx.execute(page_after(query, order, after, limit))
    return [_change(row) for row in rows]


async def get_pending(tx: Connection, environment_id: UUID) -> EmergencyChange | None:
    """The change that is requested or authorized on a locked environment."""
    query = select(emergency_changes).where(
        emergency_changes.c.environment_id == environment_id,
        in_literals(emergency_changes.c.state, PENDING_STATES),
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _change(row)


async def lock_pending_of_ticket(tx: Connection, ticket_id: UUID) -> list[EmergencyChange]:
    """The changes justified by this ticket that are not applied yet, locked."""
    where = (
        emergency_changes.c.ticket_id == ticket_id,
        in_literals(emergency_changes.c.state, PENDING_STATES),
    )
    query = select(emergency_changes).where(*where).order_by(emergency_changes.c.id)
    return [_change(row) for row in await tx.execute(query.with_for_update())]


async def lock_applied_of_ticket(tx: Connection, ticket_id: UUID) -> list[EmergencyChange]:
    """The changes justified by this ticket that were applied, locked."""
    where = (
        emergency_changes.c.ticket_id == ticket_id,
        in_literals(emergency_changes.c.state, APPLIED_STATES),
    )
    query = select(emergency_changes).where(*where).order_by(emergency_changes.c.id)
    return [_change(row) for row in await tx.execute(query.with_for_update())]


async def list_without_blocker(tx: Connection, ticket_id: UUID) -> list[EmergencyChange]:
    """The changes of this ticket that were applied after it had ended as their Blocker."""
    where = (
        emergency_changes.c.ticket_id == ticket_id,
        emergency_changes.c.blocker_ended_at.is_not(None),
    )
    query = select(emergency_changes).where(*where).order_by(emergency_changes.c.id)
    return [_change(row) for row in await tx.execute(query)]


async def list_environment_ids(tx: Connection, ticket_id: UUID) -> set[UUID]:
    """The environments of the changes justified by this ticket, for a handler to lock first."""
    column = emergency_changes.c.environment_id
    query = select(column).where(emergency_changes.c.ticket_id == ticket_id)
    return set((await tx.execute(query)).scalars())


async def get_environment_id(tx: Connection, id: UUID) -> UUID:
    """The environment of a change."""
    query = select(emergency_changes.c.environment_id).where(emergency_changes.c.id == id)
    environment_id: UUID = (await tx.execute(query)).scalar_one()
    return environment_id


async def find_ids(tx: Connection, references: Sequence[str]) -> dict[str, UUID]:
    """The ids of the changes with these ids or keys; unknown ones are left out."""
    ids: dict[str, UUID] = {}
    for reference in references:
        if (change := await find(tx, reference)) is not None:
            ids[reference] = change.id
    return ids


async def load_keys(tx: Connection, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The keys of the changes with these ids."""
    columns = emergency_changes.c.id, emergency_changes.c.key
    rows = await tx.execute(select(*columns).where(emergency_changes.c.id.in_(ids)))
    return {row.id: row.key for row in rows}


def _mutable_columns(change: EmergencyChange) -> Mapping[str, Any]:
    return {
        "sequence": change.sequence,
        "state": change.state,
        "authorized_by": change.authorized_by,
        "authorized_at": change.authorized_at,
        "applied_by": change.applied_by,
        "applied_at": change.applied_at,
        "settled_by_delivery": change.settled_by_delivery,
        "settled_at": change.settled_at,
        "lapsed_at": change.lapsed_at,
        "revoked_at": change.revoked_at,
        "revocation_reason": change.revocation_reason,
        "blocker_ended_at": change.blocker_ended_at,
    }


def _change(row: Row[Any]) -> EmergencyChange:
    return EmergencyChange(
        id=row.id,
        key=row.key,
        environment=row.environment,
        ticket_id=row.ticket_id,
        ticket=row.ticket,
        description=row.description,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        state=row.state,
        authorized_by=row.authorized_by,
        authorized_at=row.authorized_at,
        applied_by=row.applied_by,
        applied_at=row.applied_at,
        settled_by_delivery=row.settled_by_delivery,
        settled_at=row.settled_at,
        lapsed_at=row.lapsed_at,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
        blocker_ended_at=row.blocker_ended_at,
        sequence=row.sequence,
    )
