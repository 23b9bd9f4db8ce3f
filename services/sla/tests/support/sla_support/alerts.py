"""What monitoring and tickets say of outages, and ways to look at what became of it."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from common.events.tickets import AlertEvent, AlertRaised, AlertResolved, TicketEvent
from common.persistence.database import Database
from sla.outages.domain.outage import Outage
from sla.outages.store import outages
from sla.outages.store.outages import Sought
from sla_support.company import ACME, NINE, said

A = TypeVar("A", bound=AlertEvent)
T = TypeVar("T", bound=TicketEvent)


def raised(number: int, started_at: datetime = NINE, **more: Any) -> AlertRaised:
    return _alert(AlertRaised, number, started_at, started_at=started_at, **more)


def over(number: int, started_at: datetime, ended_at: datetime, **more: Any) -> AlertResolved:
    times = {"started_at": started_at, "ended_at": ended_at}
    return _alert(AlertResolved, number, ended_at, **times, **more)


def _alert(event: type[A], number: int, at: datetime, **more: Any) -> A:
    facts: dict[str, Any] = {
        "at": at,
        "alert_id": UUID(int=0xA1E000 + number),
        "ticket_id": None,
        "ticket": None,
        "monitor": "monitor",
        "dedup_key": f"billing-down-{number}",
        "customer_id": ACME,
        "customer": "acme",
        "environment_id": UUID(int=0xE0),
        "environment": "acme-prod",
        "service": "billing",
        "severity": "critical",
    }
    return event(**facts | more)


def blocked(event: type[T], number: int, at: datetime = NINE, **more: Any) -> T:
    """What intake says of a blocker on acme-prod."""
    facts = {"priority": "blocker", "environment": "acme-prod", "service": "billing", "by": "anna"}
    return said(event, number, at, **facts | more)


async def all_outages(database: Database) -> list[Outage]:
    """The oldest first."""
    async with database.transaction() as tx:
        return (await outages.page(tx, Sought(), 200, None))[::-1]


async def counting(database: Database) -> list[Outage]:
    return [outage for outage in await all_outages(database) if outage.counts]
