"""An environment that is ended while it owes a version: nobody delivers it there any more (G8)."""

from typing import Any

from common.events.environments import EnvironmentDebtOverdue, EnvironmentReleased
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation_support.builders import NIGHT, PROD, TICKET
from escalation_support.database_state import run_sql
from opsdesk_testing.protocol import deliver

DEBT: dict[str, Any] = {
    "at": NIGHT,
    "environment_id": PROD,
    "environment": "acme-prod",
    "customer": "acme",
    "emergency_id": TICKET,
    "emergency": "EMC-1",
}


async def test_the_case_of_an_overdue_debt_ends_with_its_environment(database: Database) -> None:
    overdue = EnvironmentDebtOverdue(**DEBT, due_at=NIGHT, fired_at=NIGHT)
    await deliver(database, HANDLERS, (overdue, 1))
    query = "SELECT trigger, status FROM escalations"
    assert await run_sql(database, query) == [("debt_overdue", "open")]
    await deliver(database, HANDLERS, (EnvironmentReleased(**DEBT), 2))
    assert await run_sql(database, query) == [("debt_overdue", "resolved")]
