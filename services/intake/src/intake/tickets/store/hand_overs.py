"""Every query about hand-over records."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_, update

from common.persistence.database import Connection
from intake.tickets.domain.hand_over import HandOver
from intake.tickets.tables import hand_overs


async def add(tx: Connection, record: HandOver) -> None:
    """Store a hand-over record."""
    await tx.execute(insert(hand_overs).values(_row(record)))


async def save(tx: Connection, record: HandOver) -> None:
    """Store the change of a record; the caller holds the lock of its ticket."""
    await tx.execute(update(hand_overs).where(hand_overs.c.id == record.id).values(_row(record)))


async def next_number(tx: Connection, ticket_id: UUID) -> int:
    """The number of the next record of a ticket that is locked."""
    query = select(func.coalesce(func.max(hand_overs.c.number), 0) + 1)
    return int(await tx.scalar(query.where(hand_overs.c.ticket_id == ticket_id)) or 1)


async def find(tx: Connection, ticket_id: UUID, number: int) -> HandOver | None:
    """The record with this number; None without one."""
    query = select(hand_overs).where(hand_overs.c.ticket_id == ticket_id)
    row = (await tx.execute(query.where(hand_overs.c.number == number))).one_or_none()
    return None if row is None else _hand_over(row)


async def get_newest(tx: Connection, ticket_id: UUID) -> HandOver | None:
    """The newest record of a ticket; None without one."""
    query = select(hand_overs).where(hand_overs.c.ticket_id == ticket_id)
    row = (await tx.execute(query.order_by(hand_overs.c.number.desc()).limit(1))).one_or_none()
    return None if row is None else _hand_over(row)


async def list_newest(tx: Connection, ticket_ids: Collection[UUID]) -> Sequence[HandOver]:
    """The newest record of each of these tickets that has one, by the tickets' ids."""
    of_tickets = hand_overs.c.ticket_id.in_(ticket_ids)
    newest = select(hand_overs.c.ticket_id, func.max(hand_overs.c.number)).where(of_tickets)
    is_newest = tuple_(hand_overs.c.ticket_id, hand_overs.c.number).in_(
        newest.group_by(hand_overs.c.ticket_id)
    )
    rows = await tx.execute(select(hand_overs).where(is_newest).order_by(hand_overs.c.ticket_id))
    return [_hand_over(row) for row in rows]


async def list_of_ticket(tx: Connection, ticket_id: UUID) -> Sequence[HandOver]:
    """The hand-over records of a ticket, oldest first."""
    query = select(hand_overs).where(hand_overs.c.ticket_id == ticket_id)
    rows = await tx.execute(query.order_by(hand_overs.c.number))
    return [_hand_over(row) for row in rows]


async def find_of_partner(tx: Connection, ticket_id: UUID, partner: str) -> HandOver | None:
    """The newest record by which this ticket went to this partner; None without one."""
    query = select(hand_overs).where(hand_overs.c.ticket_id == ticket_id)
    query = query.where(hand_overs.c.partner == partner)
    row = (await tx.execute(query.order_by(hand_overs.c.number.desc()).limit(1))).one_or_none()
    return None if row is None else _hand_over(row)


async def handed_to(tx: Connection, partner: str, ticket_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these tickets that were ever handed over to this partner."""
    query = select(hand_overs.c.ticket_id).where(hand_overs.c.partner == partner)
    return frozenset(await tx.scalars(query.where(hand_overs.c.ticket_id.in_(ticket_ids))))


def _row(record: HandOver) -> dict[str, Any]:
    people = ("delivery_managers", "product_owners")
    return asdict(record) | {name: list(getattr(record, name)) for name in people}


def _hand_over(row: Any) -> HandOver:
    people = {"delivery_managers", "product_owners"}
    return HandOver(**dict(row._mapping) | {name: tuple(row._mapping[name]) for name in people})
