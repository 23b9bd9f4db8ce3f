"""A notice to one customer, and when it goes out. Pure.

Planned maintenance was announced by a person, an agreement proposed by one: these notices go out by themselves. An outage or a delivery is
proposed first, since a monitor may be wrong: one of us sends it, or two of us dismiss
it. What follows a notice that went out (moved, cancelled, restored) goes out, too, and what follows a dismissed one does not (R11).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.domain import Rejection

NoticeKind = Literal["maintenance", "outage", "delivery", "agreement"]
Stage = Literal["announced", "started", "moved", "cancelled", "restored"]
NoticeState = Literal["proposed", "due", "sent", "unsent", "dismissed"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One stage of one source for one customer; `source` is `outage/<id>`, `source_key` OUT-7.

    `first_id` is the notice that this one follows. It is `due` until its mails are planned, and `unsent`
    where no mail server was set then.
    """

    id: UUID
    key: str
    kind: NoticeKind
    stage: Stage
    source: str
    source_key: str
    customer_id: UUID
    customer: str
    environment: str | None
    service: str | None
    starts_at: datetime
    ends_at: datetime | None
    at: datetime
    state: NoticeState
    first_id: UUID | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    dismissal_asked_by: str | None = None
    dismissal_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What happened, for each customer that it affects."""

    kind: NoticeKind
    stage: Stage
    source: str
    source_key: str
    environment: str | None
    service: str | None
    starts_at: datetime
    ends_at: datetime | None


def initial_state(occurrence: Occurrence, first: Notice | None) -> NoticeState | None:
    """In which state its notice begins; None where there is nothing to tell."""
    if occurrence.stage in {"announced", "started"}:
        if first is not None:
            return None  # told already
        return "due" if occurrence.kind in {"maintenance", "agreement"} else "proposed"
    if first is None or first.state == "dismissed":
        return None
    return "due" if first.state in {"due", "sent"} else None


def send(notice: Notice, actor: str, at: datetime) -> Notice | Rejection:
    """Let a proposed notice go out."""
    if notice.state != "proposed":
        return Rejection("NOT_PROPOSED", f"{notice.key} is {notice.state} already.")
    return replace(notice, state="due", decided_by=actor, decided_at=at)


def dismiss(notice: Notice, actor: str, at: datetime) -> Notice | Rejection:
    """Keep a proposed notice, and what follows it, from going out, once two people ask for it (R1).

    Until the second one has asked it is proposed as before, and anybody sends it.
    """
    if notice.state != "proposed":
        return Rejection("NOT_PROPOSED", f"{notice.key} is {notice.state} already.")
    if notice.dismissal_asked_by is None:
        return replace(notice, dismissal_asked_by=actor, dismissal_asked_at=at)
    if notice.dismissal_asked_by == actor:
        return notice
    return replace(notice, state="dismissed", decided_by=actor, decided_at=at)
