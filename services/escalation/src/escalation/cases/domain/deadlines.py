"""The deadlines of a case: of which kind, and when. Pure."""

from datetime import datetime, timedelta

from escalation.cases.domain.lifecycle import EscalationState, Status

STEP, ACKNOWLEDGEMENT, SNOOZE = "step", "acknowledgement", "snooze"
"""The kinds of deadlines: the next step, an acknowledgement that times out, a snooze that ends."""

CONFIRMATION = "blocker_confirmation"
"""The kind of deadline by which first level has confirmed a contact's blocker (R5)."""
CONFIRMATION_TIME = timedelta(minutes=15)

CUSTOMER_ANSWER = "customer_answer"
"""The kind of deadline by which a named person has answered a customer who escalated."""

_KIND_BY_STATUS: dict[Status, str] = {
    "open": STEP,
    "acknowledged": ACKNOWLEDGEMENT,
    "snoozed": SNOOZE,
}


def deadlines_of(state: EscalationState) -> dict[str, datetime | None]:
    """When each kind of deadline is due; None for those that are not armed.

    At most one is armed: the one that belongs to the status.
    """
    armed = _KIND_BY_STATUS.get(state.status)
    return {kind: state.due_at if kind == armed else None for kind in _KIND_BY_STATUS.values()}
