"""Conditions of services that depend on others: degraded by which causes, or restored."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.outages.domain.scope import Scope
from sla.outages.tables import conditions


@dataclass(frozen=True, slots=True)
class ServiceCondition:
    """The condition of a service in a scope. `caused_by`: the nodes that are down; empty: none.

    `since` is when it became degraded.
    """

    id: UUID
    scope: Scope
    caused_by: tuple[str, ...]
    since: datetime | None
    sequence: int


async def lock_or_insert(tx: Connection, scope: Scope) -> ServiceCondition:
    """Insert the condition of a scope if it is new, lock it and return it."""
    key_columns = {
        "customer_id": scope.customer_id,
        "environment": scope.environment,
        "service": scope.service,
    }
    statement = insert(conditions).values(
        id=uuid7(), customer=scope.customer, caused_by=[], sequence=0, **key_columns
    )
    await tx.execute(statement.on_conflict_do_nothing())
    matches = [
        conditions.c[name].is_not_distinct_from(value) for name, value in key_columns.items()
    ]
    row = (await tx.execute(select(conditions).where(*matches).with_for_update())).one()
    return ServiceCondition(row.id, scope, tuple(row.caused_by), row.since, row.sequence)


async def save(tx: Connection, condition: ServiceCondition) -> None:
    statement = update(conditions).where(conditions.c.id == condition.id)
    values = {"caused_by": list(condition.caused_by), "since": condition.since}
    await tx.execute(statement.values(sequence=condition.sequence, **values))
