"""Events about waivers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from common.domain.durations import SECOND
from common.events import waivers
from common.events.envelope import Event
from sla.clocks.domain.ticket_clock import TicketClock
from sla.waivers.domain.waiver import Waiver


def waiver_payload(
    waiver: Waiver, ticket_clock: TicketClock | None, deadline: datetime | None, at: datetime
) -> dict[str, Any]:
    """Return the fields of every event about a waiver.

    `deadline`: by when it must be decided to count, None where nothing can breach at present.
    """
    common_fields: dict[str, Any] = {
        "at": at,
        "waiver_id": waiver.id,
        "waiver": waiver.key,
        "customer_id": waiver.customer_id,
        "customer": waiver.customer,
        "deadline": deadline,
        "expires_at": waiver.expires_at,
        "requested_by": waiver.requested_by,
    }
    return common_fields | (
        _clock_payload(ticket_clock) if ticket_clock is not None else _period_payload(waiver)
    )


def _clock_payload(ticket_clock: TicketClock) -> dict[str, Any]:
    ticket = ticket_clock.ticket
    metric = ticket_clock.clock.metric
    # Read from the ticket: rows of older releases do not name the customer.
    customer = {"customer_id": ticket.customer_id, "customer": ticket.customer}
    clock = {"clock_id": ticket_clock.id, "ticket_id": ticket.id, "ticket": ticket.key}
    return {**customer, **clock, "metric": metric}


def _period_payload(waiver: Waiver) -> dict[str, Any]:
    names = ("service", "starts_at", "ends_at")
    return {name: getattr(waiver, name) for name in names}


def requested_event(of_clock: bool, payload: dict[str, Any]) -> Event:
    """Return the event that a waiver was requested, of a clock or over a period."""
    if of_clock:
        return waivers.WaiverRequested(**payload)
    return waivers.PeriodWaiverRequested(**payload)


def reminder_event(payload: dict[str, Any], deadline: datetime) -> Event:
    """Return the event that a decision is due by `deadline`."""
    left = max((deadline - payload["at"]) // SECOND, 0)
    return waivers.WaiverDecisionReminder(**payload, remaining_seconds=left)


def expired_event(payload: dict[str, Any], waiver: Waiver) -> Event:
    """Return the event that a waiver has expired, decided or not."""
    return waivers.WaiverExpired(**payload, decided=waiver.decided_by is not None)


def decision_event(waiver: Waiver, payload: dict[str, Any]) -> Event:
    """Return the event of the decision that led to the waiver's present state."""
    return _DECISION_EVENTS[waiver.state](waiver, payload)


def _approved_event(waiver: Waiver, payload: dict[str, Any]) -> Event:
    details: dict[str, Any] = {"approved_by": waiver.decided_by, "late": waiver.late}
    if waiver.clock_id is not None:
        return waivers.WaiverApproved(**payload, **details)
    return waivers.PeriodWaiverApproved(**payload, **details)


def _refused_event(waiver: Waiver, payload: dict[str, Any]) -> Event:
    details: dict[str, Any] = {"refused_by": waiver.decided_by}
    if waiver.clock_id is not None:
        return waivers.WaiverRefused(**payload, **details)
    return waivers.PeriodWaiverRefused(**payload, **details)


def _withdrawn_event(waiver: Waiver, payload: dict[str, Any]) -> Event:
    return waivers.WaiverWithdrawn(**payload, withdrawn_by=str(waiver.ended_by))


def _revoked_event(waiver: Waiver, payload: dict[str, Any]) -> Event:
    return waivers.WaiverRevoked(**payload, revoked_by=str(waiver.ended_by))


_DECISION_EVENTS: Mapping[str, Callable[[Waiver, dict[str, Any]], Event]] = {
    "approved": _approved_event,
    "refused": _refused_event,
    "withdrawn": _withdrawn_event,
    "revoked": _revoked_event,
}
