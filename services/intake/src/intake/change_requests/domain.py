"""A change request: what it costs, who approved it, on what it is booked, and how it ends. Pure.

It closes only through a delivery, or once two people say that no environment is touched (R1, R7).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from common.domain import Rejection
from intake.tickets.domain.ticket import is_after

Decision = Literal["approved", "declined"]
Booking = Literal["reserved_hours", "sprint"]


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """The record of a ticket of kind change_request; people are `sub`s.

    `decision` is the customer's about the present estimate. `month` is a first of a month: its reserved
    hours are used; `sprint` is the name of one. `delivery` is a key of the gate's.
    """

    ticket_id: UUID
    estimate_minutes: int | None = None
    estimate_note: str | None = None
    estimated_by: str | None = None
    estimated_at: datetime | None = None
    decision: Decision | None = None
    decision_reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    booked_on: Booking | None = None
    month: date | None = None
    sprint: str | None = None
    booked_by: str | None = None
    booked_at: datetime | None = None
    delivery: str | None = None
    delivery_by: str | None = None
    delivered_at: datetime | None = None
    no_environment_reason: str | None = None
    no_environment_by: str | None = None
    no_environment_at: datetime | None = None
    no_environment_confirmed_by: str | None = None
    no_environment_confirmed_at: datetime | None = None


def estimate(
    change: ChangeRequest,
    minutes: int,
    note: str | None,
    actor: str,
    at: datetime,
    *,
    since: datetime | None = None,
) -> ChangeRequest | Rejection:
    """Estimate it. Another estimate needs another approval, and another booking.

    `since`, here and below, is when its ticket last came back: what was delivered before does not count.
    """
    if is_after(change.delivered_at, since):
        return Rejection("ALREADY_DELIVERED", f"{change.delivery} has delivered this change.")
    return ChangeRequest(
        change.ticket_id,
        minutes,
        note,
        actor,
        at,
        delivery=change.delivery,
        delivery_by=change.delivery_by,
        delivered_at=change.delivered_at,
    )


def is_same_estimate(before: ChangeRequest, after: ChangeRequest) -> bool:
    """Whether an estimate says again what the customer is asked to approve already."""
    present = (before.estimate_minutes, before.estimate_note)
    return before.decision is None and present == (after.estimate_minutes, after.estimate_note)


def decide(
    change: ChangeRequest, decision: Decision, reason: str | None, actor: str, at: datetime
) -> ChangeRequest | Rejection:
    """Approve or decline the estimate, as the customer; nobody approves their own estimate (R1)."""
    if change.estimate_minutes is None:
        return Rejection(
            "NOT_ESTIMATED", "There is no estimate yet, so there is nothing to decide."
        )
    if change.decision is not None:
        return Rejection(
            "ALREADY_DECIDED", f"This estimate was {change.decision} already; it takes a new one."
        )
    if actor == change.estimated_by:
        return Rejection("FOUR_EYES", f"{actor} estimated it; another person must decide.")
    return replace(
        change, decision=decision, decision_reason=reason, decided_by=actor, decided_at=at
    )


def book(
    change: ChangeRequest,
    booked_on: Booking,
    actor: str,
    at: datetime,
    *,
    month: date | None = None,
    sprint: str | None = None,
) -> ChangeRequest | Rejection:
    """Book an approved change on the reserved hours of a month, or on a sprint."""
    if change.decision != "approved":
        return Rejection(
            "NOT_APPROVED",
            "The customer has not approved the estimate. Wait for that, then book it.",
        )
    return replace(
        change, booked_on=booked_on, month=month, sprint=sprint, booked_by=actor, booked_at=at
    )


def link_delivery(
    change: ChangeRequest,
    delivery: str,
    actor: str,
    delivered_at: datetime | None,
    *,
    since: datetime | None = None,
) -> ChangeRequest | Rejection:
    """Name the delivery that brings the change; `delivered_at` is None while it has not."""
    if is_after(change.delivered_at, since):
        return Rejection("ALREADY_DELIVERED", f"{change.delivery} has delivered this change.")
    if delivered_at is not None and not is_after(delivered_at, since):
        return Rejection(
            "DELIVERED_BEFORE",
            f"{delivery} was delivered before the change came back. Name the delivery that brings what is missing.",
        )
    if change.decision != "approved":
        return Rejection(
            "NOT_APPROVED",
            "The customer has not approved the estimate. Wait for that, then deliver.",
        )
    return replace(change, delivery=delivery, delivery_by=actor, delivered_at=delivered_at)


def claim_no_environment(
    change: ChangeRequest,
    reason: str,
    actor: str,
    at: datetime,
    *,
    since: datetime | None = None,
) -> ChangeRequest | Rejection:
    """Say that no environment is touched, or none any more; another person has to confirm that (R1).

    Who says so again is the one who said it; it waits since somebody first did.
    """
    is_over = change.delivered_at is not None and not is_after(change.delivered_at, since)
    if change.delivery is not None and not is_over:
        return Rejection(
            "HAS_A_DELIVERY",
            f"{change.delivery} delivers this change, so an environment is touched.",
        )
    waits = change.no_environment_confirmed_by is None and is_after(change.no_environment_at, since)
    return replace(
        change,
        no_environment_reason=reason,
        no_environment_by=actor,
        no_environment_at=change.no_environment_at if waits else at,
        no_environment_confirmed_by=None,
        no_environment_confirmed_at=None,
    )


def confirm_no_environment(
    change: ChangeRequest, actor: str, at: datetime, *, since: datetime | None = None
) -> ChangeRequest | Rejection:
    """Confirm, as a second person, that no environment is touched (R1)."""
    if not is_after(change.no_environment_at, since):
        return Rejection("NOTHING_PENDING", "Nobody has said that no environment is touched.")
    if change.no_environment_confirmed_by is not None:
        return Rejection("ALREADY_CONFIRMED", "This was confirmed already.")
    if actor == change.no_environment_by:
        return Rejection("FOUR_EYES", f"{actor} said so; another person must confirm it.")
    return replace(change, no_environment_confirmed_by=actor, no_environment_confirmed_at=at)
