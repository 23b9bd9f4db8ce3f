"""Clocks of a ticket, as sla announces them."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

from httpx import AsyncClient

from common.events.clocks import ClockEvent, Metric
from common.persistence.database import Database
from intake.handlers import HANDLERS
from intake_support.alerts import NINE
from opsdesk_testing.protocol import deliver

E = TypeVar("E", bound=ClockEvent)


async def clock_event(
    anna: AsyncClient,
    kind: type[E],
    key: str,
    deadline: datetime | None,
    *,
    metric: Metric = "resolution",
    **more: Any,
) -> E:
    """An event about the clock of this metric of a ticket."""
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()
    return kind(
        at=NINE,
        clock_id=uuid5(NAMESPACE_OID, f"{key} {metric}"),
        ticket_id=UUID(ticket["id"]),
        ticket=key,
        title=ticket["title"],
        metric=metric,
        priority=ticket["priority"],
        kind=ticket["kind"],
        customer_id=UUID(int=1),
        customer="acme",
        agreement="acme-2030",
        target_seconds=3600,
        deadline=deadline,
        **more,
    )


async def hear(database: Database, *events: tuple[ClockEvent, int]) -> None:
    """Let intake hear of clocks; each event with its sequence."""
    await deliver(database, HANDLERS, *events)
