"""The deadline of a debt."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from delivery_gate.command_context import SYSTEM
from delivery_gate.environments import store
from delivery_gate.environments.commands import record_overdue_debt
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.environments.domain import mark_overdue


async def on_debts_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Mark unsettled debts as overdue (G8)."""
    existing = await store.list_existing(tx, [deadline.subject for deadline in due])
    for deadline in due:
        if deadline.subject not in existing:
            continue
        environment = await store.lock(tx, deadline.subject)
        overdue = mark_overdue(environment, at)
        if overdue != environment:
            await record_overdue_debt(EnvironmentContext(tx, SYSTEM, at, environment), overdue)
