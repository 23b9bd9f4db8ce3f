"""Downtime budgets, and the warnings that were sent about them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.directory.tables import customers as known_customers
from sla.outages.tables import budget_warnings as warnings
from sla.outages.tables import budgets


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of an agreement (a key), a customer and a month (its first date).

    `warned_thresholds`: the shares of which a warning was sent.
    """

    id: UUID
    agreement: str
    customer_id: UUID
    month: date
    sequence: int
    warned_thresholds: tuple[float, ...] = ()


async def lock_or_insert(tx: Connection, agreement: str, customer_id: UUID, month: date) -> Budget:
    """Insert the budget if it is new, lock it and return it."""
    key_columns = {"agreement": agreement, "customer_id": customer_id, "month": month}
    statement = insert(budgets).values(id=uuid7(), sequence=0, **key_columns)
    await tx.execute(statement.on_conflict_do_nothing())
    matches = [budgets.c[name] == value for name, value in key_columns.items()]
    id = (await tx.execute(select(budgets.c.id).where(*matches).with_for_update())).scalar_one()
    (budget,) = await load(tx, [id])
    return budget


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the budgets that nobody else holds. One that does not exist counts as locked."""
    return await lock_rows(tx, budgets.c.id, ids)


async def load(tx: Connection, ids: Collection[UUID]) -> list[Budget]:
    """Return these budgets, in the order of ids."""
    thresholds = (
        select(func.array_agg(warnings.c.share))
        .where(warnings.c.budget_id == budgets.c.id)
        .scalar_subquery()
    )
    query = (
        select(budgets, thresholds.label("thresholds"))
        .where(budgets.c.id.in_(ids))
        .order_by(budgets.c.id)
    )
    return [
        Budget(
            row.id,
            row.agreement,
            row.customer_id,
            row.month,
            row.sequence,
            tuple(float(share) for share in row.thresholds or ()),
        )
        for row in await tx.execute(query)
    ]


async def insert_warning(
    tx: Connection, budget: Budget, threshold: float, reached_at: datetime, at: datetime
) -> None:
    """Store a warning; `budget` has the sequence of its event."""
    values = {"share": Decimal(str(threshold)), "reached_at": reached_at, "known_at": at}
    await tx.execute(insert(warnings).values(budget_id=budget.id, **values))
    statement = update(budgets).where(budgets.c.id == budget.id)
    await tx.execute(statement.values(sequence=budget.sequence))


async def list_customer_ids(tx: Connection) -> set[UUID]:
    """List the customers that an outage without a customer may concern: all."""
    return set(await tx.scalars(select(known_customers.c.id)))
