"""Time in: checks of downtime budgets."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer
from sla.outages.domain.availability_month import next_month
from sla.outages.domain.scope import AvailabilityQuery
from sla.outages.downtime_budgets import check_budgets
from sla.outages.store import availability, budgets
from sla.outages.store.budgets import Budget


async def on_budgets_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Check these budgets, and those of the next month where a month is over."""
    locked = await budgets.load(tx, [one.subject for one in due])
    following = [
        await budgets.lock_or_insert(
            tx, budget.agreement, budget.customer_id, next_month(budget.month)
        )
        for budget in locked
        if at >= await _period_end(tx, budget)
    ]
    # The next month's may be due itself: two checks of one budget would warn twice.
    once = {budget.id: budget for budget in (*locked, *following)}
    await check_budgets(tx, list(once.values()), at)


async def _period_end(tx: Connection, budget: Budget) -> datetime:
    model = await availability.load_month(tx, {budget.customer_id}, budget.month)
    return model.month(
        AvailabilityQuery(budget.customer_id, agreement=budget.agreement), budget.month
    ).end


BUDGET = Timer(budgets.lock_available, on_budgets_due, waits_for_consumer=True)
