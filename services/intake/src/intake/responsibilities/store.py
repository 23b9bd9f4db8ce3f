"""Every query about responsibilities."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import any_, select

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.persistence.upsert import upsert
from intake.directory.tables import people
from intake.responsibilities.domain import Responsibility, Responsible, ResponsibleRole
from intake.responsibilities.tables import responsibilities


async def find(tx: Connection, role: ResponsibleRole, subject: str) -> Responsibility | None:
    """Who answers for a customer or product; None where nobody is named."""
    query = select(responsibilities).where(
        responsibilities.c.role == role, responsibilities.c.subject == subject
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _responsibility(row)


async def save(tx: Connection, responsibility: Responsibility) -> None:
    """Store who answers from now on, instead of whoever did."""
    row = {name: getattr(responsibility, name) for name in Responsibility.__slots__}
    row["deputies"] = list(responsibility.deputies)
    await upsert(tx, responsibilities, row, key=("role", "subject"))


async def page(
    tx: Connection, after: tuple[str, str] | None, limit: int
) -> Sequence[Responsibility]:
    """All of them after `(role, subject)`, in that order: `limit` and one more."""
    order = (responsibilities.c.role, responsibilities.c.subject)
    rows = await tx.execute(page_after(select(responsibilities), order, after, limit))
    return [_responsibility(row) for row in rows]


async def list_holders(tx: Connection, role: str, named: Collection[str]) -> set[str]:
    """Those of these people who hold the role and have not left."""
    query = select(people.c.sub).where(people.c.sub.in_(named), ~people.c.retired)
    return set(await tx.scalars(query.where(any_(people.c.roles) == role)))


async def find_responsible(
    tx: Connection, customer: str | None, service: str | None
) -> Responsible:
    """Who answers for a ticket of this customer about this service, as far as they still hold the role."""
    return Responsible(await _people(tx, "dm", customer), await _people(tx, "po", service))


async def _people(tx: Connection, role: ResponsibleRole, subject: str | None) -> tuple[str, ...]:
    found = None if subject is None else await find(tx, role, subject)
    if found is None:
        return ()
    holders = await list_holders(tx, role, found.people)
    return tuple(person for person in found.people if person in holders)


def _responsibility(row: Any) -> Responsibility:
    return Responsibility(**dict(row._mapping) | {"deputies": tuple(row.deputies)})
