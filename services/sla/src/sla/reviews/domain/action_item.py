"""What a review obliges people to: done by its owner, verified by somebody else (R14). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sla.calendars.domain.month import Month

ActionState = Literal["open", "done", "verified"]
Denied = Literal["NOT_OWNER", "SELF_VERIFICATION", "NOT_OPEN", "NOT_DONE", "VERIFIED"]


@dataclass(frozen=True, slots=True)
class Action:
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
    state: ActionState = "open"
    done_by: str | None = None
    done_at: datetime | None = None
    evidence: str | None = None
    verified_by: str | None = None
    verified_at: datetime | None = None

    def overdue(self, today: date) -> bool:
        return self.state != "verified" and self.due < today


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody's word on an action, at a moment; `said` is evidence or reason."""

    by: str
    at: datetime
    said: str


def finish(action: Action, deed: Deed) -> Action | Denied:
    """The owner says that it is done, and what shows it."""
    if action.state != "open":
        return "NOT_OPEN"
    if deed.by != action.owner:
        return "NOT_OWNER"
    return replace(action, state="done", done_by=deed.by, done_at=deed.at, evidence=deed.said)


def verify(action: Action, deed: Deed) -> Action | Denied:
    """Another person than the owner has seen that it is done."""
    if action.state != "done":
        return "NOT_DONE"
    if deed.by in (action.owner, action.done_by):
        return "SELF_VERIFICATION"
    return replace(action, state="verified", verified_by=deed.by, verified_at=deed.at)


def send_back(action: Action, deed: Deed) -> Action | Denied:
    """Another person found the evidence wanting: it is open again."""
    if action.state != "done":
        return "NOT_DONE"
    if deed.by in (action.owner, action.done_by):
        return "SELF_VERIFICATION"
    return replace(action, state="open", done_by=None, done_at=None, evidence=None)


def hand_over(action: Action, owner: str, due: date) -> Action | Denied:
    """Somebody else owns it from now on, or it is due on another date."""
    if action.state == "verified":
        return "VERIFIED"
    if action.state == "done":
        return "NOT_OPEN"
    return replace(action, owner=owner, due=due)


def on_the_table(actions: Iterable[Action], month: Month, since: datetime) -> tuple[Action, ...]:
    """What the review of a month talks about: its own actions, and those carried over.

    Carried over are actions of earlier reviews that nobody had verified at `since`, when the month
    was over and the review drawn. The oldest promise stands first.
    """
    talked_about = [
        action
        for action in actions
        if action.month == month
        or (action.month < month and (action.verified_at is None or action.verified_at >= since))
    ]
    return tuple(sorted(talked_about, key=lambda action: (action.month, action.due, action.key)))
