"""Requests for waivers that could change nothing are refused, saying so (C11)."""

from datetime import datetime

from common.errors import Conflict, ValidationFailed, Violation
from sla.clocks.domain.clock import Clock
from sla.waivers.domain.waiver import Waiver


def check_that_it_could_cover(clock: Clock, expires_at: datetime) -> None:
    """Refuse a request that could change nothing (C11). Raises Conflict, ValidationFailed."""
    if clock.state in ("stopped", "cancelled", "no_target"):
        detail = "This clock no longer runs, so there is nothing to waive."
        raise Conflict(detail, code="CLOCK_STOPPED", type="conflict")
    if clock.outcome == "breached":
        raise Conflict(
            "This promise is broken already: an approval now would be late and change nothing.",
            code="ALREADY_BREACHED",
        )
    if clock.cycle_breached_at is None and clock.deadline and expires_at <= clock.deadline:
        detail = "give an instant after the clock's deadline, or the approval covers nothing"
        raise ValidationFailed([Violation("/expires_at", "order", detail)])


def asked_already(request: Waiver) -> Conflict:
    """The refusal of a second request while this one waits (decision 0932)."""
    return Conflict(
        f"{request.requested_by} has asked for this already: {request.key} waits for the general manager."
        " Have it decided, or withdrawn, before another one is asked for.",
        code="ALREADY_REQUESTED",
        parameters={"key": request.key},
    )
