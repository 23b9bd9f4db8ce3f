"""How services are that run on others: degraded because of what, or restored."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.outages.domain.scope import Place
from sla.outages.tables import conditions


@dataclass(frozen=True, slots=True)
class Condition:
    """`caused_by` empty: all beneath it is up. `since` is when it became degraded."""

    id: UUID
    place: Place
    caused_by: tuple[str, ...]
    since: datetime | None
    sequence: int


async def hold(tx: Connection, place: Place) -> Condition:
    """The condition of a service at a place, new or known, locked until the end."""
    here = {
        "customer_id": place.customer_id,
        "environment": place.environment,
        "service": place.service,
    }
    added = insert(conditions).values(
        id=uuid7(), customer=place.customer, caused_by=[], sequence=0, **here
    )
    await tx.execute(added.on_conflict_do_nothing())
    same = [conditions.c[name].is_not_distinct_from(value) for name, value in here.items()]
    row = (await tx.execute(select(conditions).where(*same).with_for_update())).one()
    return Condition(row.id, place, tuple(row.caused_by), row.since, row.sequence)


async def save(tx: Connection, condition: Condition) -> None:
    changed = update(conditions).where(conditions.c.id == condition.id)
    values = {"caused_by": list(condition.caused_by), "since": condition.since}
    await tx.execute(changed.values(sequence=condition.sequence, **values))
