"""What monitoring and tickets say of outages, and ways to look at what became of it."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from common.events.alerts import AlertEvent, AlertRaised, AlertResolved, AlertWorsened
from common.events.tickets import TicketEvent
from common.persistence.database import Database
from sla.outages.domain.outage import Outage
from sla.outages.store import outages
from sla.outages.store.outages import OutageFilter
from sla_support.company import ACME, NINE, ticket_event

A = TypeVar("A", bound=AlertEvent)
T = TypeVar("T", bound=TicketEvent)


def alert_raised(number: int, started_at: datetime = NINE, **overrides: Any) -> AlertRaised:
    return _alert_event(AlertRaised, number, started_at, started_at=started_at, **overrides)


def alert_worsened(number: int, at: datetime, **overrides: Any) -> AlertWorsened:
    """What intake says of an alert that fires since nine and is worse since `at`."""
    return _alert_event(AlertWorsened, number, at, started_at=NINE, **overrides)


def alert_ended(
    number: int, started_at: datetime, ended_at: datetime, **overrides: Any
) -> AlertResolved:
    times = {"started_at": started_at, "ended_at": ended_at}
    return _alert_event(AlertResolved, number, ended_at, **times, **overrides)


def _alert_event(event: type[A], number: int, at: datetime, **overrides: Any) -> A:
    fields: dict[str, Any] = {
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
    return event(**fields | overrides)


def blocker_event(event: type[T], number: int, at: datetime = NINE, **overrides: Any) -> T:
    """What intake says of a blocker on acme-prod."""
    fields = {"priority": "blocker", "environment": "acme-prod", "service": "billing", "by": "anna"}
    return ticket_event(event, number, at, **fields | overrides)


async def all_outages(database: Database) -> list[Outage]:
    """The oldest first."""
    async with database.transaction() as tx:
        return (await outages.page(tx, OutageFilter(), 200, None))[::-1]


async def counted_outages(database: Database) -> list[Outage]:
    return [outage for outage in await all_outages(database) if outage.counts]
