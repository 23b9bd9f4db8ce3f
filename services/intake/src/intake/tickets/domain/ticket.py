"""A ticket, its states, and which action each state allows. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from msgspec import Struct

from common.domain import Rejection
from common.domain.ticket_state import TicketState
from intake.tickets.domain.priority import Impact, Priority, Urgency

Kind = Literal["incident", "service_request", "change_request", "problem", "question"]
Nature = Literal["corrective", "adaptive", "perfective", "preventive"]
State = TicketState
OpenState = Literal["new", "in_progress", "on_hold", "forwarded", "reopened"]
Action = Literal[
    "assign",
    "forward",
    "hand_back",
    "work_around",
    "wait",
    "resume",
    "resolve",
    "verify",
    "reject",
    "close",
    "reopen",
    "merge",
    "unmerge",
    "split",
    "prioritise",
    "reclassify",
    "confirm_blocker",
    "tag",
]
WaitingOn = Literal["customer", "partner", "second_level", "date"]
HandoverTarget = Literal["second_level", "partner"]
Channel = Literal["portal", "email", "phone", "chat", "monitoring", "staff"]
Detection = Literal["customer", "monitoring", "ops"]

NOT_WAITING: Final[Mapping[str, None]] = {"waiting_on": None, "waiting_until": None}
OPEN_STATES: Final[frozenset[State]] = frozenset(
    {"new", "in_progress", "on_hold", "forwarded", "reopened"}
)

ALLOWED_FROM: Final[dict[Action, frozenset[State]]] = {
    "assign": OPEN_STATES,
    "forward": OPEN_STATES,
    "hand_back": frozenset({"forwarded", "on_hold"}),
    "work_around": OPEN_STATES,
    "wait": OPEN_STATES - {"on_hold"},
    "resume": frozenset({"on_hold"}),
    "resolve": OPEN_STATES,
    "verify": frozenset({"resolved"}),
    "reject": frozenset({"resolved"}),
    "close": frozenset({"verified"}),
    "reopen": frozenset({"resolved", "verified", "closed"}),
    "merge": OPEN_STATES,
    "unmerge": frozenset({"merged"}),
    "split": OPEN_STATES | {"resolved", "verified", "closed"},
    "prioritise": OPEN_STATES,
    "reclassify": OPEN_STATES | {"resolved", "verified"},
    "confirm_blocker": OPEN_STATES,
    "tag": OPEN_STATES | {"resolved", "verified", "closed"},
}


@dataclass(frozen=True, slots=True)
class PendingDowngrade:
    """A lower priority that one person asked for and another has to confirm (R1)."""

    priority: Priority
    impact: Impact | None
    urgency: Urgency | None
    requested_by: str
    requested_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PendingReclassification:
    """A kind and service that one person asked for and another has to confirm (R1).

    None leaves the ticket's own.
    """

    kind: Kind | None
    nature: Nature | None
    service: str | None
    requested_by: str
    requested_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PendingUnmerge:
    """The separation of a merged ticket that one person asked for and another has to confirm (C10)."""

    requested_by: str
    requested_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PendingDetection:
    """Another finder than the customer, whom one person named and another has to confirm (R9)."""

    detected_by: Detection
    requested_by: str
    requested_at: datetime
    reason: str


def waits_since(
    pending: PendingDowngrade | PendingReclassification | PendingUnmerge | PendingDetection | None,
    at: datetime,
) -> datetime:
    """Since when a request waits that is made at `at` and replaces this one: the first moment stays."""
    return at if pending is None else pending.requested_at


class Ticket(Struct, frozen=True):
    """One request or incident. A ticket without customer waits for triage.

    `customer`, `environment`, `service`, `team` and `partner` are keys, people are `sub`s.
    `reporter` is the mail address it came from, while no contact is known. `suggested_priority` is what
    the customer asked for; it counts until first level assesses the ticket (`priority_by`). On hold until a
    date, it goes on by itself at `waiting_until`. `tags` are sorted. Until `reopenable_until` a closed
    ticket is opened again by its customer's words; later they open another one. `reopened_at` is when it last
    came back after it was resolved; a resolution that a second person rejects does not count as that.
    """

    id: UUID
    key: str
    kind: Kind
    title: str
    priority: Priority
    state: State
    opened_at: datetime
    opened_by: str
    sequence: int = 0
    nature: Nature | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    customer_id: UUID | None = None
    customer: str | None = None
    environment_id: UUID | None = None
    environment: str | None = None
    service: str | None = None
    contact_id: UUID | None = None
    channel: Channel = "portal"
    reporter: str | None = None
    assignee: str | None = None
    team: str | None = None
    forwarded_to: HandoverTarget | None = None
    partner: str | None = None
    waiting_on: WaitingOn | None = None
    pending_downgrade: PendingDowngrade | None = None
    priority_by: str | None = None
    priority_confirmed_by: str | None = None
    blocker_confirmed_by: str | None = None
    pending_reclassification: PendingReclassification | None = None
    reclassified_by: str | None = None
    reclassified_confirmed_by: str | None = None
    resolution: str | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    verified_by: str | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None
    reopenable_until: datetime | None = None
    reopened_at: datetime | None = None
    merged_into: UUID | None = None
    suggested_priority: Priority | None = None
    detected_by: Detection | None = None
    pending_detection: PendingDetection | None = None
    detection_corrected_by: str | None = None
    detection_confirmed_by: str | None = None
    pending_unmerge: PendingUnmerge | None = None
    unmerged_by: str | None = None
    unmerged_confirmed_by: str | None = None
    waiting_until: datetime | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether there is still work to do."""
        return self.state in OPEN_STATES


def is_after(moment: datetime | None, reopened_at: datetime | None) -> bool:
    """Whether this happened, and after the ticket last came back: what happened before is to be done anew."""
    return moment is not None and (reopened_at is None or moment > reopened_at)


def is_past_reopening(ticket: Ticket, at: datetime) -> bool:
    """Whether the customer's words open it no more: it was closed too long ago."""
    until = ticket.reopenable_until
    return ticket.state == "closed" and until is not None and at > until


def check_transition(ticket: Ticket, action: Action) -> Rejection | None:
    """A rejection where the ticket's state does not allow the action, else None."""
    if ticket.state in ALLOWED_FROM[action]:
        return None
    allowed = ", ".join(sorted(ALLOWED_FROM[action]))
    verb = action.replace("_", " ")
    return Rejection(
        "WRONG_STATE",
        f"{ticket.key} is {ticket.state}; to {verb}, it must be one of: {allowed}.",
        {"state": ticket.state},
    )
