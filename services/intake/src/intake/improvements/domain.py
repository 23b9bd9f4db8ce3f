"""An improvement of the monitoring that is owed: planned, done, and verified by a second person (R9). Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection

Cause = Literal["found_by_customer", "long_investigation"]
ImprovementState = Literal["owed", "planned", "done", "verified"]

TIME_TO_IMPROVE: Final = timedelta(days=14)
"""By when an improvement is done, unless its plan says otherwise."""


@dataclass(frozen=True, slots=True)
class Improvement:
    """What is owed for a ticket (id and key). `owner` is a `sub`; `criterion` is by what it is verified."""

    id: UUID
    key: str
    ticket_id: UUID
    ticket: str
    cause: Cause
    owed_since: datetime
    due_at: datetime
    owner: str | None = None
    task: str | None = None
    criterion: str | None = None
    evidence: str | None = None
    done_by: str | None = None
    done_at: datetime | None = None
    verified_by: str | None = None
    verified_at: datetime | None = None
    overdue_at: datetime | None = None
    sequence: int = 0

    @property
    def state(self) -> ImprovementState:
        """How far it is."""
        if self.verified_by is not None:
            return "verified"
        if self.done_by is not None:
            return "done"
        return "owed" if self.owner is None else "planned"


def plan(
    improvement: Improvement, owner: str, task: str, criterion: str, due_at: datetime | None
) -> Improvement | Rejection:
    """Say who improves what, by when, and by what another person will see that it is done."""
    if improvement.state in {"done", "verified"}:
        return _wrong_state(improvement, "plan")
    return replace(
        improvement,
        owner=owner,
        task=task,
        criterion=criterion,
        due_at=due_at or improvement.due_at,
    )


def finish(
    improvement: Improvement, actor: str, evidence: str, at: datetime
) -> Improvement | Rejection:
    """Say that it is done, with evidence; also that nothing can be improved, and why."""
    if improvement.state == "owed":
        return Rejection("NOT_PLANNED", f"Plan {improvement.key} first: owner, task and criterion.")
    if improvement.state != "planned":
        return _wrong_state(improvement, "finish")
    return replace(improvement, evidence=evidence, done_by=actor, done_at=at)


def verify(improvement: Improvement, actor: str, at: datetime) -> Improvement | Rejection:
    """Confirm by the criterion that it is done, as another person than who did it and who owned it."""
    if improvement.state != "done":
        return _wrong_state(improvement, "verify")
    if actor in {improvement.done_by, improvement.owner}:
        return Rejection(
            "FOUR_EYES", f"{actor} worked on {improvement.key}; another person must verify it."
        )
    return replace(improvement, verified_by=actor, verified_at=at)


def send_back(improvement: Improvement) -> Improvement | Rejection:
    """Refuse the evidence: the work is owed still. Any person is enough, since nothing ends by it."""
    if improvement.state != "done":
        return _wrong_state(improvement, "send back")
    return replace(improvement, evidence=None, done_by=None, done_at=None)


def mark_overdue(improvement: Improvement, at: datetime) -> Improvement | None:
    """The improvement once its time is over and it is not done; None where there is nothing to say."""
    is_late = improvement.state in {"owed", "planned"} and at >= improvement.due_at
    if not is_late or improvement.overdue_at is not None:
        return None
    return replace(improvement, overdue_at=at)


def _wrong_state(improvement: Improvement, action: str) -> Rejection:
    return Rejection(
        "WRONG_STATE",
        f"{improvement.key} is {improvement.state}; it is too late, or too early, to {action}.",
    )
