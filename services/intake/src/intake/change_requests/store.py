"""Every query about change requests, and about the deliveries that end them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.persistence.upsert import upsert, upsert_newer
from intake.change_requests.domain import ChangeRequest
from intake.change_requests.tables import deliveries
from intake.directory.tables import customers
from intake.tickets.extending_tables import change_requests
from intake.tickets.tables import tickets


async def find(tx: Connection, ticket_id: UUID) -> ChangeRequest | None:
    """The record of this ticket; None where nobody has estimated or claimed anything yet."""
    query = select(change_requests).where(change_requests.c.ticket_id == ticket_id)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else ChangeRequest(**row._mapping)


async def save(tx: Connection, change: ChangeRequest) -> None:
    """Store the record; the caller holds the lock of its ticket."""
    await upsert(tx, change_requests, asdict(change), key=("ticket_id",))


async def page(
    tx: Connection, customer: str | None, *, waiting: bool, after: tuple[UUID] | None, limit: int
) -> Sequence[ChangeRequest]:
    """Change requests of a customer (key; None: all), newest first: `limit` and one more.

    `waiting`: those whose estimate the customer has not decided.
    """
    query = select(change_requests)
    if waiting:
        query = query.where(
            change_requests.c.estimate_minutes.is_not(None), change_requests.c.decision.is_(None)
        )
    if customer is not None:
        of_customer = select(tickets.c.id).join(customers, customers.c.id == tickets.c.customer_id)
        of_customer = of_customer.where(customers.c.key == customer)
        query = query.where(change_requests.c.ticket_id.in_(of_customer))
    order = [change_requests.c.ticket_id.desc()]
    rows = await tx.execute(page_after(query, order, after, limit))
    return [ChangeRequest(**row._mapping) for row in rows]


async def save_delivery(tx: Connection, row: Mapping[str, Any]) -> None:
    """Store the newest state of a delivery."""
    await upsert_newer(tx, deliveries, row)


async def find_delivery(tx: Connection, key: str) -> tuple[str, datetime | None] | None:
    """The customer of a delivery, and when it was verified; None where the gate has announced none."""
    query = select(deliveries.c.customer, deliveries.c.delivered_at).where(deliveries.c.key == key)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else (row.customer, row.delivered_at)


async def list_undelivered(tx: Connection, delivery: str) -> list[UUID]:
    """The tickets of the changes that this delivery brings, and that are not delivered yet."""
    query = select(change_requests.c.ticket_id).where(change_requests.c.delivery == delivery)
    query = query.where(change_requests.c.delivered_at.is_(None))
    return list(await tx.scalars(query.order_by(change_requests.c.ticket_id)))


async def mark_delivered(tx: Connection, ticket_id: UUID, at: datetime) -> None:
    """Store that the change of a locked ticket was delivered."""
    where = change_requests.c.ticket_id == ticket_id
    await tx.execute(update(change_requests).where(where).values(delivered_at=at))
