"""What a review obliges people to: done by its owner, verified by somebody else (R14). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sla.calendars.domain.month import Month

ActionItemState = Literal["open", "done", "verified"]
Rejection = Literal["NOT_OWNER", "SELF_VERIFICATION", "NOT_OPEN", "NOT_DONE", "ALREADY_VERIFIED"]


@dataclass(frozen=True, slots=True)
class ActionItem:
    """`month` is that of the review in which it was agreed; `due` is a date of the customer.

    `criterion` says by what another person can see that it is done.
    """

    id: UUID
    key: str
    customer_id: UUID
    review_id: UUID
    month: Month
    title: str
    criterion: str
    owner: str
    due: date
    agreed_by: str
    agreed_at: datetime
    state: ActionItemState = "open"
    done_by: str | None = None
    done_at: datetime | None = None
    evidence: str | None = None
    verified_by: str | None = None
    verified_at: datetime | None = None

    def is_overdue(self, today: date) -> bool:
        return self.state != "verified" and self.due < today


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody's word on an action, at a moment; `said` is evidence or reason."""

    actor: str
    at: datetime
    text: str


def finish(action: ActionItem, statement: Statement) -> ActionItem | Rejection:
    """The owner says that it is done, and what shows it."""
    if action.state != "open":
        return "NOT_OPEN"
    if statement.actor != action.owner:
        return "NOT_OWNER"
    return replace(
        action, state="done", done_by=statement.actor, done_at=statement.at, evidence=statement.text
    )


def verify(action: ActionItem, statement: Statement) -> ActionItem | Rejection:
    """Another person than the owner has seen that it is done."""
    if action.state != "done":
        return "NOT_DONE"
    if statement.actor in (action.owner, action.done_by):
        return "SELF_VERIFICATION"
    return replace(action, state="verified", verified_by=statement.actor, verified_at=statement.at)


def send_back(action: ActionItem, statement: Statement) -> ActionItem | Rejection:
    """Another person found the evidence wanting: it is open again."""
    if action.state != "done":
        return "NOT_DONE"
    if statement.actor in (action.owner, action.done_by):
        return "SELF_VERIFICATION"
    return replace(action, state="open", done_by=None, done_at=None, evidence=None)


def hand_over(action: ActionItem, owner: str, due: date) -> ActionItem | Rejection:
    """Somebody else owns it from now on, or it is due on another date."""
    if action.state == "verified":
        return "ALREADY_VERIFIED"
    if action.state == "done":
        return "NOT_OPEN"
    return replace(action, owner=owner, due=due)


def actions_for_review(
    actions: Iterable[ActionItem], month: Month, since: datetime
) -> tuple[ActionItem, ...]:
    """What the review of a month talks about: its own actions, and those carried over.

    Carried over are actions of earlier reviews that nobody had verified at `since`, when the month
    was over and the review drawn. The oldest promise stands first.
    """
    relevant = [
        action
        for action in actions
        if action.month == month
        or (action.month < month and (action.verified_at is None or action.verified_at >= since))
    ]
    return tuple(sorted(relevant, key=lambda action: (action.month, action.due, action.key)))
