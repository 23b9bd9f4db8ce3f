"""Acme with its environments on a Monday evening, and an outage to report."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from common.events.directory import EnvironmentKnown, Tier
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, freeze_time
from sla.handlers import HANDLERS
from sla_support.company import ACME, BRIGHTWATER, HOUR, NINE, announce_customers, promise

DAY = timedelta(days=1)
JUNE = "/v1/availability?month=2026-06&service=billing&customer=acme"


async def acme_on_monday_evening(database: Database) -> None:
    """Acme was promised 99 % of office hours; it is Monday evening."""
    await promise(database, timezone="Europe/Amsterdam", availability=0.99)
    await announce_customers(database, (BRIGHTWATER, "brightwater"))
    tiers: tuple[tuple[int, str, UUID, str, Tier], ...] = (
        (1, "acme-prod", ACME, "acme", "production"),
        (2, "acme-staging", ACME, "acme", "staging"),
        (3, "brightwater-prod", BRIGHTWATER, "brightwater", "production"),
    )
    for id, key, customer_id, customer, tier in tiers:
        fields: dict[str, Any] = {
            "environment": key,
            "customer_id": customer_id,
            "customer": customer,
        }
        event = EnvironmentKnown(
            at=NINE, environment_id=UUID(int=id), tier=tier, name=key, **fields
        )
        await deliver(database, HANDLERS, (event, 1))
    await freeze_time(database, NINE + 12 * HOUR)


def at(hours: float) -> str:
    return (NINE + hours * HOUR).isoformat()


def outage_body(**overrides: Any) -> dict[str, Any]:
    fields = {"environment": "acme-prod", "service": "billing", "reason": "Nobody can log in"}
    return fields | {"started_at": at(0)} | overrides
