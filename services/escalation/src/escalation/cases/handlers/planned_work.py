"""Maintenance that needs a second word, and services that what they run on impairs (R3, R15)."""

from common.events.envelope import ReceivedEvent
from common.events.outages import (
    MaintenanceAgreed,
    MaintenanceAnnounced,
    MaintenanceCancelled,
    MaintenanceEvent,
    MaintenanceMoved,
    ScopedEvent,
    ServiceDegraded,
    ServiceRestored,
)
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.handlers.for_information import inform
from escalation.cases.handlers.naming import name_customer, name_day
from escalation.cases.handlers.scoped_triggers import scoped_trigger


async def on_maintenance_announced(
    tx: Connection, received: ReceivedEvent[MaintenanceAnnounced]
) -> None:
    """Tell delivery managers and operators what is planned, and that somebody has to agree before.

    Intake tells the customers.
    """
    await _ask_to_agree(tx, received.event, "from", received.event.announced_by)


async def on_maintenance_moved(tx: Connection, received: ReceivedEvent[MaintenanceMoved]) -> None:
    """Tell them that the window is another one, to which somebody has to agree anew."""
    event = received.event
    await resolve_cases(tx, {_maintenance_key(event): "moved"})
    await _ask_to_agree(tx, event, "is moved, from", event.moved_by)


async def _ask_to_agree(tx: Connection, event: MaintenanceEvent, since: str, actor: str) -> None:
    title = (
        f"Maintenance {event.maintenance} of {await _scope(tx, event)} {since} {name_day(event.starts_at.date())} {event.starts_at:%H:%M} UTC on;"
        " its downtime counts unless another person agrees before"
    )
    trigger = await scoped_trigger(
        tx, event, "maintenance_planned", "minor", _maintenance_key(event), title
    )
    await inform(tx, trigger, roles=("dm", "ops"), without=[actor])


async def on_maintenance_agreed(tx: Connection, received: ReceivedEvent[MaintenanceAgreed]) -> None:
    """Tell whoever announced maintenance that it is agreed."""
    event = received.event
    await resolve_cases(tx, {_maintenance_key(event): f"agreed by {event.agreed_by}"})
    if event.announced_by is not None:
        title = f"Maintenance {event.maintenance} of {await _scope(tx, event)} is agreed"
        key = f"{_maintenance_key(event)}/agreed"
        trigger = await scoped_trigger(tx, event, "maintenance_planned", "minor", key, title)
        await inform(tx, trigger, people=[event.announced_by], is_over=True)


async def on_maintenance_cancelled(
    tx: Connection, received: ReceivedEvent[MaintenanceCancelled]
) -> None:
    """Resolve what waited for somebody to agree."""
    await resolve_cases(tx, {_maintenance_key(received.event): "cancelled, or over"})


async def on_service_degraded(tx: Connection, received: ReceivedEvent[ServiceDegraded]) -> None:
    """Tell delivery managers that a service of a customer is impaired; the outage below pages."""
    event = received.event
    title = f"{await _scope(tx, event)} is impaired: {', '.join(event.caused_by)} is down"
    key = f"condition/{event.condition_id}"
    await inform(
        tx, await scoped_trigger(tx, event, "service_degraded", "minor", key, title), roles=("dm",)
    )


async def on_service_restored(tx: Connection, received: ReceivedEvent[ServiceRestored]) -> None:
    """Resolve the case of a service that nothing impairs any more."""
    await resolve_cases(
        tx, {f"condition/{received.event.condition_id}": "nothing is down any more"}
    )


async def _scope(tx: Connection, event: ScopedEvent) -> str:
    affected = " on ".join(part for part in (event.service, event.environment) if part)
    return f"{affected} ({await name_customer(tx, event.customer)})"


def _maintenance_key(event: MaintenanceEvent) -> str:
    return f"maintenance/{event.maintenance_id}"
