"""Subscriptions to forecasts, and acknowledgements of forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from sla.forecasts.domain.probability import Outlook
from sla.forecasts.tables import forecast_acknowledgements as acknowledgements
from sla.forecasts.tables import forecast_subscriptions as subscriptions


@dataclass(frozen=True, slots=True)
class Subscription:
    """A person's subscription. `customer` and `service` are keys, None: all.

    `outlook`: the mildest outlook that the person is notified of.
    """

    id: UUID
    sub: str
    customer: str | None
    service: str | None
    outlook: Outlook
    created_at: datetime

    def matches(self, customer: str | None, service: str | None) -> bool:
        return self.customer in (None, customer) and self.service in (None, service)


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who acknowledged a forecast, when it had this `outlook`."""

    sub: str
    at: datetime
    outlook: Outlook
    note: str | None


async def add(tx: Connection, subscription: Subscription) -> bool:
    """Store a subscription; False where the person has the same one already."""
    row = {name: getattr(subscription, name) for name in Subscription.__slots__}
    statement = insert(subscriptions).values(row).on_conflict_do_nothing()
    return (await tx.execute(statement)).rowcount == 1


async def remove(tx: Connection, id: UUID, sub: str) -> bool:
    condition = (subscriptions.c.id == id) & (subscriptions.c.sub == sub)
    return (await tx.execute(delete(subscriptions).where(condition))).rowcount == 1


async def list_of_person(
    tx: Connection, sub: str, limit: int, after: tuple[Any, ...] | None
) -> list[Subscription]:
    """List up to `limit` + 1 subscriptions of a person, the oldest first."""
    query = select(subscriptions).where(subscriptions.c.sub == sub)
    rows = await tx.execute(page_after(query, (subscriptions.c.id,), after, limit))
    return [Subscription(*row) for row in rows]


async def list_all(tx: Connection) -> Sequence[Subscription]:
    """List all subscriptions: those of staff, hundreds at most."""
    return [Subscription(*row) for row in await tx.execute(select(subscriptions))]


async def add_acknowledgement(
    tx: Connection, forecast_id: UUID, acknowledgement: Acknowledgement
) -> None:
    row = {name: getattr(acknowledgement, name) for name in Acknowledgement.__slots__}
    await tx.execute(insert(acknowledgements).values({"forecast_id": forecast_id, **row}))


async def list_acknowledgements(tx: Connection, forecast_id: UUID) -> list[Acknowledgement]:
    """List the acknowledgements of a forecast, the oldest first."""
    query = select(acknowledgements).where(acknowledgements.c.forecast_id == forecast_id)
    ordered = query.order_by(acknowledgements.c.at, acknowledgements.c.sub)
    return [
        Acknowledgement(row.sub, row.at, row.outlook, row.note) for row in await tx.execute(ordered)
    ]
