"""Acme's agreements that look at kind and service, and what intake says of a corrected ticket."""

from typing import Any

from common.events.tickets import TicketReclassified
from common.persistence.database import Database
from sla.agreements.domain.agreement import Agreement, Metric, Target
from sla_support.company import HOUR, NINE, also_promise, promise, ticket_event

BILLING: dict[str, Any] = {"service": "billing"}


def ticket_reclassified(hours: float, number: int = 1, **overrides: Any) -> TicketReclassified:
    """An incident about billing, corrected so many hours after nine."""
    previous = {"previous_kind": "incident", "previous_service": "billing", "opened_at": NINE}
    people = {"requested_by": "anna", "confirmed_by": "omar"}
    return ticket_event(
        TicketReclassified, number, NINE + hours * HOUR, **BILLING | previous | people | overrides
    )


async def agreement_by_kind(database: Database) -> Agreement:
    """Major tickets are solved in eight hours, problems in two, and of questions nothing is said."""
    under = await promise(database, metrics=("resolution",))
    of_kinds = (
        Target("resolution", "major", 2 * HOUR, kind="problem"),
        Target("resolution", "major", None, kind="question"),
    )
    return await also_promise(
        database, under, "acme-billing", services=("billing",), targets=under.targets + of_kinds
    )


async def portal_agreement(
    database: Database, under: Agreement, *metrics: Metric, **overrides: Any
) -> Agreement:
    """What is promised for the portal: the same time for each of these metrics."""
    hours = overrides.pop("hours", 4)
    targets = tuple(Target(metric, "major", hours * HOUR) for metric in metrics)
    fields = {"services": ("portal",), "targets": targets} | overrides
    return await also_promise(database, under, "acme-portal", **fields)
