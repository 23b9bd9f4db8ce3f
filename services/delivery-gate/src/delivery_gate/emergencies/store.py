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
from delivery_gate.keys import named
from delivery_gate.sql_literals import one_of

PENDING = ("requested", "authorized")


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
            **_moving(change),
        )
    )


async def save(tx: Connection, change: EmergencyChange) -> None:
    query = update(emergency_changes).where(emergency_changes.c.id == change.id)
    await tx.execute(query.values(**_moving(change)))


async def place(tx: Connection, said: str) -> tuple[UUID, UUID] | None:
    """The ids of a change and of its environment, to lock the environment first."""
    columns = emergency_changes.c.id, emergency_changes.c.environment_id
    row = (await tx.execute(select(*columns).where(named(emergency_changes, said)))).one_or_none()
    return None if row is None else (row.id, row.environment_id)


async def lock(tx: Connection, id: UUID) -> EmergencyChange:
    query = select(emergency_changes).where(emergency_changes.c.id == id).with_for_update()
    return _change((await tx.execute(query)).one())


async def find(tx: Connection, said: str) -> EmergencyChange | None:
    query = select(emergency_changes).where(named(emergency_changes, said))
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


async def pending_here(tx: Connection, environment_id: UUID) -> EmergencyChange | None:
    """The one that is requested or authorized on a locked environment."""
    query = select(emergency_changes).where(
        emergency_changes.c.environment_id == environment_id,
        one_of(emergency_changes.c.state, PENDING),
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _change(row)


async def lock_pending_of(tx: Connection, ticket_id: UUID) -> list[EmergencyChange]:
    """Those that rest on this ticket and are not applied yet."""
    where = emergency_changes.c.ticket_id == ticket_id, one_of(emergency_changes.c.state, PENDING)
    query = select(emergency_changes).where(*where).order_by(emergency_changes.c.id)
    return [_change(row) for row in await tx.execute(query.with_for_update())]


async def environments_of(tx: Connection, ticket_id: UUID) -> set[UUID]:
    """Where changes rest on this ticket, so that a handler can lock those environments first."""
    column = emergency_changes.c.environment_id
    query = select(column).where(emergency_changes.c.ticket_id == ticket_id)
    return set((await tx.execute(query)).scalars())


async def ids(tx: Connection, said: Sequence[str]) -> dict[str, UUID]:
    """The ids of the changes that these ids or keys name; unknown ones are left out."""
    found: dict[str, UUID] = {}
    for one in said:
        if (change := await find(tx, one)) is not None:
            found[one] = change.id
    return found


async def blocker(tx: Connection, ticket_id: UUID) -> Blocker | None:
    row = (
        await tx.execute(select(blockers).where(blockers.c.ticket_id == ticket_id))
    ).one_or_none()
    if row is None:
        return None
    return Blocker(row.ticket_id, row.ticket, row.environment, row.state)


async def blocker_named(tx: Connection, said: str) -> Blocker | None:
    """By the ticket's id or its key (`OPS-1042`)."""
    try:
        return await blocker(tx, UUID(said))
    except ValueError:
        query = select(blockers.c.ticket_id).where(blockers.c.ticket == said)
        found = await tx.scalar(query)
        return None if found is None else await blocker(tx, found)


async def blocker_open(tx: Connection, environment_id: UUID) -> bool:
    where = blockers.c.environment_id == environment_id, one_of(blockers.c.state, ["open"])
    return bool(await tx.scalar(select(exists().where(*where))))


async def know_blocker(tx: Connection, blocker: Blocker, environment_id: UUID | None) -> None:
    """What was last heard about a ticket as a Blocker."""
    heard = {
        "ticket": blocker.key,
        "environment_id": environment_id,
        "environment": blocker.environment,
        "state": blocker.state,
    }
    query = upsert(blockers).values(ticket_id=blocker.ticket_id, **heard)
    await tx.execute(query.on_conflict_do_update(index_elements=["ticket_id"], set_=heard))


def _moving(change: EmergencyChange) -> Mapping[str, Any]:
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
