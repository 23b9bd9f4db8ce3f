"""What the others are told about waivers: which event a step in a waiver's life is."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from common.events import clocks, waivers
from common.events.envelope import Event
from sla.clocks.domain.ticket_clock import Tracked
from sla.waivers.domain.waiver import Waiver

SECOND = timedelta(seconds=1)


def facts(
    waiver: Waiver, tracked: Tracked | None, deadline: datetime | None, at: datetime
) -> dict[str, Any]:
    """What every event about a waiver says; the deadline tells how much time is left."""
    told: dict[str, Any] = {
        "at": at,
        "waiver_id": waiver.id,
        "waiver": waiver.key,
        "customer_id": waiver.customer_id,
        "customer": waiver.customer,
        "deadline": deadline,
        "expires_at": waiver.expires_at,
        "requested_by": waiver.requested_by,
    }
    return told | (_of_clock(tracked) if tracked is not None else _of_period(waiver))


def _of_clock(tracked: Tracked) -> dict[str, Any]:
    ticket = tracked.ticket
    metric = tracked.clock.metric
    # By the ticket: rows of an older release do not name the customer.
    customer = {"customer_id": ticket.customer_id, "customer": ticket.customer}
    clock = {"clock_id": tracked.id, "ticket_id": ticket.id, "ticket": ticket.key}
    return {**customer, **clock, "metric": metric}


def _of_period(waiver: Waiver) -> dict[str, Any]:
    named = ("service", "starts_at", "ends_at")
    return {name: getattr(waiver, name) for name in named}


def requested(of_clock: bool, told: dict[str, Any]) -> Event:
    if of_clock:
        return clocks.WaiverRequested(**told)
    return waivers.PeriodWaiverRequested(**told)


def reminded(told: dict[str, Any], deadline: datetime) -> Event:
    left = max((deadline - told["at"]) // SECOND, 0)
    return waivers.WaiverDecisionReminder(**told, seconds_left=left)


def expired(told: dict[str, Any], waiver: Waiver) -> Event:
    return waivers.WaiverExpired(**told, decided=waiver.decided_by is not None)


def decided(waiver: Waiver, told: dict[str, Any]) -> Event:
    """The event of the decision that left the waiver in its present state."""
    return _DECIDED[waiver.state](waiver, told)


def _approved(waiver: Waiver, told: dict[str, Any]) -> Event:
    more: dict[str, Any] = {"approved_by": waiver.decided_by, "late": waiver.late}
    if waiver.clock_id is not None:
        return clocks.WaiverApproved(**told, **more)
    return waivers.PeriodWaiverApproved(**told, **more)


def _refused(waiver: Waiver, told: dict[str, Any]) -> Event:
    more: dict[str, Any] = {"refused_by": waiver.decided_by}
    if waiver.clock_id is not None:
        return clocks.WaiverRefused(**told, **more)
    return waivers.PeriodWaiverRefused(**told, **more)


def _withdrawn(waiver: Waiver, told: dict[str, Any]) -> Event:
    return waivers.WaiverWithdrawn(**told, withdrawn_by=str(waiver.ended_by))


def _revoked(waiver: Waiver, told: dict[str, Any]) -> Event:
    return waivers.WaiverRevoked(**told, revoked_by=str(waiver.ended_by))


_DECIDED: Mapping[str, Callable[[Waiver, dict[str, Any]], Event]] = {
    "approved": _approved,
    "refused": _refused,
    "withdrawn": _withdrawn,
    "revoked": _revoked,
}
