"""Tickets that are, or once were, Blockers."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import exists, select

from common.persistence import upsert as upserts
from common.persistence.database import Connection
from delivery_gate.emergencies.domain import Blocker
from delivery_gate.emergencies.tables import blockers
from delivery_gate.sql_literals import in_literals


async def get(tx: Connection, ticket_id: UUID) -> Blocker | None:
    """The Blocker with this ticket's id; None for a ticket that never was one."""
    row = (
        await tx.execute(select(blockers).where(blockers.c.ticket_id == ticket_id))
    ).one_or_none()
    if row is None:
        return None
    return Blocker(row.ticket_id, row.ticket, row.environment, row.state, row.confirmed)


async def find(tx: Connection, reference: str) -> Blocker | None:
    """The Blocker with this ticket's id or key (`OPS-1042`)."""
    try:
        return await get(tx, UUID(reference))
    except ValueError:
        query = select(blockers.c.ticket_id).where(blockers.c.ticket == reference)
        ticket_id = await tx.scalar(query)
        return None if ticket_id is None else await get(tx, ticket_id)


async def has_open(tx: Connection, environment_id: UUID) -> bool:
    """Whether a Blocker is open on this environment, by first level's word."""
    where = (
        blockers.c.environment_id == environment_id,
        in_literals(blockers.c.state, ["open"]),
        blockers.c.confirmed,
    )
    return bool(await tx.scalar(select(exists().where(*where))))


async def load_open(tx: Connection, environments: Collection[UUID]) -> Mapping[UUID, list[str]]:
    """The tickets that are open Blockers on these environments, by first level's word, by environment."""
    where = (
        blockers.c.environment_id.in_(environments),
        in_literals(blockers.c.state, ["open"]),
        blockers.c.confirmed,
    )
    columns = blockers.c.environment_id, blockers.c.ticket
    found: dict[UUID, list[str]] = {}
    for row in await tx.execute(select(*columns).where(*where).order_by(blockers.c.ticket)):
        found.setdefault(row.environment_id, []).append(row.ticket)
    return found


async def upsert(tx: Connection, blocker: Blocker, environment_id: UUID | None) -> None:
    """Store the latest state of a ticket as a Blocker."""
    row = {
        "ticket_id": blocker.ticket_id,
        "ticket": blocker.key,
        "environment_id": environment_id,
        "environment": blocker.environment,
        "state": blocker.state,
        "confirmed": blocker.confirmed,
    }
    await upserts.upsert(tx, blockers, row, key=("ticket_id",))
