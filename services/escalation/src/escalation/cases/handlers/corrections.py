"""Corrections of outages: whoever may confirm one is told that it waits (R1)."""

from uuid import UUID

from common.events.envelope import ReceivedEvent
from common.events.outages import (
    OutageCorrected,
    OutageCorrectionRefused,
    OutageCorrectionRequested,
    OutageEvent,
)
from common.persistence.database import Connection
from escalation.cases.closing import resolve_cases
from escalation.cases.handlers.for_information import inform
from escalation.cases.handlers.naming import name_customer, name_person
from escalation.cases.handlers.scoped_triggers import scoped_trigger
from escalation.policies.domain.trigger import Trigger

CONFIRMERS = ("dm", "gm", "ops", "tom")
"""The roles that confirm corrections of outages."""


async def on_requested(tx: Connection, received: ReceivedEvent[OutageCorrectionRequested]) -> None:
    """Tell those who may confirm it, without whoever asked."""
    event = received.event
    by = await name_person(tx, event.requested_by)
    title = f"{await _outage(tx, event)}: a correction by {by} waits for another person"
    trigger = await scoped_trigger(
        tx, event, "correction_requested", "minor", _key(event.correction_id), title
    )
    await inform(tx, trigger, roles=CONFIRMERS, without=[event.requested_by])


async def on_confirmed(tx: Connection, received: ReceivedEvent[OutageCorrected]) -> None:
    """Resolve the case of a correction that was confirmed, and tell whoever asked."""
    event = received.event
    if event.correction_id is not None:
        by = await name_person(tx, event.confirmed_by)
        title = f"{await _outage(tx, event)}: {by} confirmed the correction"
        await _tell_requester(tx, event, event.correction_id, title, "confirmed")


async def on_refused(tx: Connection, received: ReceivedEvent[OutageCorrectionRefused]) -> None:
    """Resolve the case of a correction that was refused, and tell whoever asked."""
    event = received.event
    by = await name_person(tx, event.refused_by)
    title = f"{await _outage(tx, event)}: {by} refused the correction, it stays as it is"
    await _tell_requester(tx, event, event.correction_id, title, "refused")


async def _outage(tx: Connection, event: OutageEvent) -> str:
    """The outage in words: `Outage OUT-2 of billing on acme-prod (Acme Logistics)`."""
    affected = " on ".join(part for part in (event.service, event.environment) if part)
    return f"Outage {event.outage} of {affected} ({await name_customer(tx, event.customer)})"


async def _tell_requester(
    tx: Connection,
    event: OutageCorrected | OutageCorrectionRefused,
    correction_id: UUID,
    title: str,
    outcome: str,
) -> None:
    await resolve_cases(tx, {_key(correction_id): outcome})
    trigger = Trigger(
        "correction_requested",
        "trivial",
        f"{_key(correction_id)}/decided",
        title,
        event.at,
        customer=event.customer,
    )
    await inform(tx, trigger, people=[event.requested_by], is_over=True)


def _key(correction_id: UUID) -> str:
    return f"correction/{correction_id}"
