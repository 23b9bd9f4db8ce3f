"""Emergency changes, and the Blockers that alone justify them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from common.persistence.database import Connection
from delivery_gate.emergencies.domain import Blocker, EmergencyChange
from delivery_gate.environments.domain import Environment
from delivery_gate.environments.tables import blockers
from delivery_gate.follow_ups.tables import emergency_changes
from delivery_gate.keys import by_id_or_key
from delivery_gate.sql_literals import in_literals

PENDING_STATES = ("requested", "authorized")


async def add(tx: Connection, change: EmergencyChange, environment: Environment) -> None:
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
    query = update(emergency_changes).where(emergency_changes.c.id == change.id)
    await tx.execute(query.values(**_mutable_columns(change)))


async def ids_to_lock(tx: Connection, reference: str) -> tuple[UUID, UUID] | None:
    """The ids of a change and of its environment, to lock the environment first."""
    columns = emergency_changes.c.id, emergency_changes.c.environment_id
    row = (
        await tx.execute(select(*columns).where(by_id_or_key(emergency_changes, reference)))
    ).one_or_none()
    return None if row is None else (row.id, row.environment_id)


async def lock(tx: Connection, id: UUID) -> EmergencyChange:
    query = select(emergency_changes).where(emergency_changes.c.id == id).with_for_update()
    return _change((await tx.execute(query)).one())


async def find(tx: Connection, reference: str) -> EmergencyChange | None:
    query = select(emergency_changes).where(by_id_or_key(emergency_changes, reference))
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _change(row)


async def page(
    tx: Connection,
    environment: str | None,
    state: str | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[EmergencyChange]:
    """Newest first."""
    at, id = emergency_changes.c.requested_at, emergency_changes.c.id
    query = select(emergency_changes).order_by(at.desc(), id.desc()).limit(limit)
    if environment is not None:
        query = query.where(emergency_changes.c.environment == environment)
    if state is not None:
        query = query.where(emergency_changes.c.state == state)
    if after is not None:
        query = query.where(tuple_(at, id) < after)
    return [_change(row) for row in await tx.execute(query)]


async def get_pending(tx: Connection, environment_id: UUID) -> EmergencyChange | None:
    """The one that is requested or authorized on a locked environment."""
    query = select(emergency_changes).where(
        emergency_changes.c.environment_id == environment_id,
        in_literals(emergency_changes.c.state, PENDING_STATES),
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _change(row)


async def lock_pending_of_ticket(tx: Connection, ticket_id: UUID) -> list[EmergencyChange]:
    """Those that rest on this ticket and are not applied yet."""
    where = (
        emergency_changes.c.ticket_id == ticket_id,
        in_literals(emergency_changes.c.state, PENDING_STATES),
    )
    query = select(emergency_changes).where(*where).order_by(emergency_changes.c.id)
    return [_change(row) for row in await tx.execute(query.with_for_update())]


async def list_environment_ids(tx: Connection, ticket_id: UUID) -> set[UUID]:
    """Where changes rest on this ticket, so that a handler can lock those environments first."""
    column = emergency_changes.c.environment_id
    query = select(column).where(emergency_changes.c.ticket_id == ticket_id)
    return set((await tx.execute(query)).scalars())


async def find_ids(tx: Connection, references: Sequence[str]) -> dict[str, UUID]:
    """The ids of the changes that these ids or keys name; unknown ones are left out."""
    found: dict[str, UUID] = {}
    for reference in references:
        if (change := await find(tx, reference)) is not None:
            found[reference] = change.id
    return found


async def get_blocker(tx: Connection, ticket_id: UUID) -> Blocker | None:
    row = (
        await tx.execute(select(blockers).where(blockers.c.ticket_id == ticket_id))
    ).one_or_none()
    if row is None:
        return None
    return Blocker(row.ticket_id, row.ticket, row.environment, row.state)


async def find_blocker(tx: Connection, reference: str) -> Blocker | None:
    """By the ticket's id or its key (`OPS-1042`)."""
    try:
        return await get_blocker(tx, UUID(reference))
    except ValueError:
        query = select(blockers.c.ticket_id).where(blockers.c.ticket == reference)
        ticket_id = await tx.scalar(query)
        return None if ticket_id is None else await get_blocker(tx, ticket_id)


async def has_open_blocker(tx: Connection, environment_id: UUID) -> bool:
    where = blockers.c.environment_id == environment_id, in_literals(blockers.c.state, ["open"])
    return bool(await tx.scalar(select(exists().where(*where))))


async def upsert_blocker(tx: Connection, blocker: Blocker, environment_id: UUID | None) -> None:
    """What was last heard about a ticket as a Blocker."""
    values = {
        "ticket": blocker.key,
        "environment_id": environment_id,
        "environment": blocker.environment,
        "state": blocker.state,
    }
    query = upsert(blockers).values(ticket_id=blocker.ticket_id, **values)
    await tx.execute(query.on_conflict_do_update(index_elements=["ticket_id"], set_=values))


def _mutable_columns(change: EmergencyChange) -> Mapping[str, Any]:
    return {
        "sequence": change.sequence,
        "state": change.state,
        "authorized_by": change.authorized_by,
        "authorized_at": change.authorized_at,
        "applied_by": change.applied_by,
        "applied_at": change.applied_at,
        "settled_by_version": change.settled_by_version,
        "settled_at": change.settled_at,
        "revoked_at": change.revoked_at,
        "revocation_reason": change.revocation_reason,
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
        settled_by_version=row.settled_by_version,
        settled_at=row.settled_at,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
        sequence=row.sequence,
    )
