"""Action items of reviews: finished by their owner, verified by somebody else (R14). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection
from sla.calendars.domain.month import Month

ActionItemState = Literal["open", "done", "verified"]

NOT_OWNER: Final = Rejection("NOT_OWNER", "Its owner finishes it; hand it over first.")
SELF_VERIFICATION: Final = Rejection(
    "SELF_VERIFICATION", "Somebody else than its owner looks at the evidence."
)
NOT_OPEN: Final = Rejection("NOT_OPEN", "It waits to be verified, or is verified.")
NOT_DONE: Final = Rejection("NOT_DONE", "Its owner has not finished it, or it is verified.")
VERIFIED: Final = Rejection("ALREADY_VERIFIED", "It is done and verified.")


@dataclass(frozen=True, slots=True)
class ActionItem:
    """An action item. `month` is that of the review in which it was agreed.

    `criterion` says how another person can tell that it is done. `due` is a date in the customer's
    zone.
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


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody states about an action item; `text` is the evidence or the reason."""

    actor: str
    at: datetime
    text: str


def finish(action: ActionItem, statement: Statement) -> ActionItem | Rejection:
    """Finish an open action item with evidence, as its owner."""
    if action.state != "open":
        return NOT_OPEN
    if statement.actor != action.owner:
        return NOT_OWNER
    return replace(
        action, state="done", done_by=statement.actor, done_at=statement.at, evidence=statement.text
    )


def verify(action: ActionItem, statement: Statement) -> ActionItem | Rejection:
    """Verify a finished action item, as another person than the owner and the one who did it."""
    if action.state != "done":
        return NOT_DONE
    if statement.actor in (action.owner, action.done_by):
        return SELF_VERIFICATION
    return replace(action, state="verified", verified_by=statement.actor, verified_at=statement.at)


def send_back(action: ActionItem, statement: Statement) -> ActionItem | Rejection:
    """Open a finished action item again whose evidence is not enough, as another person."""
    if action.state != "done":
        return NOT_DONE
    if statement.actor in (action.owner, action.done_by):
        return SELF_VERIFICATION
    return replace(action, state="open", done_by=None, done_at=None, evidence=None)


def hand_over(action: ActionItem, owner: str, due: date) -> ActionItem | Rejection:
    """Give an open action item to another owner, or make it due on another date."""
    if action.state == "verified":
        return VERIFIED
    if action.state == "done":
        return NOT_OPEN
    return replace(action, owner=owner, due=due)


def actions_for_review(
    actions: Iterable[ActionItem], month: Month, since: datetime
) -> tuple[ActionItem, ...]:
    """The action items in the review of a month: its own, and those carried over, oldest first.

    An item of an earlier review is carried over unless it was verified before `since`, the end of
    the month.
    """
    relevant = [
        action
        for action in actions
        if action.month == month
        or (action.month < month and (action.verified_at is None or action.verified_at >= since))
    ]
    return tuple(sorted(relevant, key=lambda action: (action.month, action.due, action.key)))
