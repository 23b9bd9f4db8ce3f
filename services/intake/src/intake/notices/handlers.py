"""Kafka in: maintenance, outages and agreements of sla, deliveries of the gate (R4, R11, R15)."""

from datetime import datetime

from common.events.agreements import AgreementProposed, AgreementRevised, AgreementWithdrawn
from common.events.deliveries import DeliveryEvent, DeliveryRolledBack, DeliveryStarted
from common.events.envelope import ReceivedEvent
from common.events.outages import (
    MaintenanceAnnounced,
    MaintenanceCancelled,
    MaintenanceEvent,
    MaintenanceMoved,
    OutageEvent,
)
from common.persistence.database import Connection, transaction_time
from intake.notices import store
from intake.notices.commands import tell
from intake.notices.domain.notice import Occurrence, Stage


async def on_maintenance_announced(
    tx: Connection, received: ReceivedEvent[MaintenanceAnnounced]
) -> None:
    """Announce planned maintenance."""
    await _tell_maintenance(tx, received.event, "announced", received.event.ends_at)


async def on_maintenance_moved(tx: Connection, received: ReceivedEvent[MaintenanceMoved]) -> None:
    """Tell that maintenance has another window."""
    await _tell_maintenance(tx, received.event, "moved", received.event.ends_at)


async def on_maintenance_cancelled(
    tx: Connection, received: ReceivedEvent[MaintenanceCancelled]
) -> None:
    """Tell that maintenance does not take place, or is finished early."""
    event = received.event
    stage: Stage = "cancelled" if event.cancelled_at < event.starts_at else "restored"
    await _tell_maintenance(tx, event, stage, event.cancelled_at)


async def on_agreement_proposed(tx: Connection, received: ReceivedEvent[AgreementProposed]) -> None:
    """Tell a customer who signs in the portal that a version waits for their approval."""
    if received.event.customer_signs and received.event.customer is not None:
        await _tell_agreement(tx, received.event, "announced")


async def on_agreement_taken_back(
    tx: Connection, received: ReceivedEvent[AgreementRevised | AgreementWithdrawn]
) -> None:
    """Tell a customer who was asked to approve that the version is taken back."""
    await _tell_agreement(tx, received.event, "cancelled")


async def _tell_agreement(
    tx: Connection,
    event: AgreementProposed | AgreementRevised | AgreementWithdrawn,
    stage: Stage,
) -> None:
    """One notice for each time that a version is proposed: it may be revised and proposed again."""
    group = f"agreement/{event.version_id}/"
    asked = await store.find_asked(tx, group)
    if (stage == "cancelled") == (asked is None):
        return
    source = asked or f"{group}{event.at.isoformat()}"
    key = f"{event.agreement}, version {event.version}"
    occurrence = Occurrence("agreement", stage, source, key, None, None, event.at, None)
    await tell(tx, occurrence, await transaction_time(tx), customer=event.customer)


async def on_outage(tx: Connection, received: ReceivedEvent[OutageEvent]) -> None:
    """Propose to tell of what is down in production; tell that it works again, or never was down.

    Outages that share a ticket are told of as one, from the first to the last: a storm of alerts has thousands.
    """
    event = received.event
    stage = _stage_of(event)
    if stage != "started" and event.others_open_of_ticket:
        return
    lasting = await _find_lasting(tx, event)
    if stage == "started" and (event.effect != "down" or (event.others_open_of_ticket and lasting)):
        return
    if event.environment is not None and not await store.is_production(tx, event.environment):
        return
    own = (f"outage/{event.ticket_id or event.outage_id}/{event.outage_id}", event.outage)
    source, source_key = own if stage == "started" or lasting is None else lasting
    occurrence = Occurrence(
        "outage",
        stage,
        source,
        source_key,
        event.environment,
        event.service,
        event.started_at,
        event.ended_at,
    )
    await tell(tx, occurrence, await transaction_time(tx), customer=event.customer)


async def _find_lasting(tx: Connection, event: OutageEvent) -> tuple[str, str] | None:
    """The source of the notice about outages of its ticket that is not followed by an end yet, with its key."""
    group = f"outage/{event.ticket_id or event.outage_id}/"
    return await store.find_lasting(tx, group, event.environment, event.service)


def _stage_of(event: OutageEvent) -> Stage:
    if not event.counts:
        return "cancelled"
    return "started" if event.ended_at is None else "restored"


async def on_delivery_step(tx: Connection, received: ReceivedEvent[DeliveryEvent]) -> None:
    """Propose to tell that production gets a new version; tell that it has it, or goes without."""
    event = received.event
    if not await store.is_production(tx, event.environment):
        return
    occurrence = Occurrence(
        "delivery",
        _delivery_stage(event),
        f"delivery/{event.delivery_id}",
        event.delivery,
        event.environment,
        None,
        event.at,
        None,
    )
    await tell(tx, occurrence, await transaction_time(tx), customer=event.customer)


def _delivery_stage(event: DeliveryEvent) -> Stage:
    if isinstance(event, DeliveryStarted):
        return "started"
    return "cancelled" if isinstance(event, DeliveryRolledBack) else "restored"


async def _tell_maintenance(
    tx: Connection, event: MaintenanceEvent, stage: Stage, ends_at: datetime
) -> None:
    occurrence = Occurrence(
        "maintenance",
        stage,
        f"maintenance/{event.maintenance_id}",
        event.maintenance,
        event.environment,
        event.service,
        event.starts_at,
        ends_at,
    )
    await tell(tx, occurrence, await transaction_time(tx), customer=event.customer)
