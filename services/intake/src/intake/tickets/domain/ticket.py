"""A ticket, its states, and which action each state allows. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from intake.tickets.domain.priority import Impact, Priority, Urgency
from intake.tickets.domain.rejection import Refusal

Kind = Literal["incident", "service_request", "change_request", "problem", "question"]
Nature = Literal["corrective", "adaptive", "perfective", "preventive"]
State = Literal[
    "new",
    "in_progress",
    "waiting",
    "forwarded",
    "resolved",
    "verified",
    "closed",
    "reopened",
    "merged",
]
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
    "prioritise",
    "reclassify",
]
Waiting = Literal["customer", "partner", "second_level"]
Behind = Literal["second_level", "partner"]
Channel = Literal["portal", "email", "phone", "monitoring", "staff"]

OPEN: Final[frozenset[State]] = frozenset(
    {"new", "in_progress", "waiting", "forwarded", "reopened"}
)

ALLOWED: Final[dict[Action, frozenset[State]]] = {
    "assign": OPEN,
    "forward": OPEN,
    "hand_back": frozenset({"forwarded", "waiting"}),
    "work_around": OPEN,
    "wait": OPEN - {"waiting"},
    "resume": frozenset({"waiting"}),
    "resolve": OPEN,
    "verify": frozenset({"resolved"}),
    "reject": frozenset({"resolved"}),
    "close": frozenset({"verified"}),
    "reopen": frozenset({"resolved", "verified", "closed"}),
    "merge": OPEN,
    "prioritise": OPEN,
    "reclassify": OPEN | {"resolved", "verified"},
}


@dataclass(frozen=True, slots=True)
class Lowering:
    """A lower priority that one person asked for and a second has to confirm (R1)."""

    priority: Priority
    impact: Impact | None
    urgency: Urgency | None
    asked_by: str
    asked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What a ticket is, as one person says and a second has to confirm (R1); None: as it stands."""

    kind: Kind | None
    nature: Nature | None
    service: str | None
    asked_by: str
    asked_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request or incident. A ticket without customer waits for triage."""

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
    reporter: str | None = None  # the mail address it came from, while no contact is known
    assignee: str | None = None
    team: str | None = None
    forwarded_to: Behind | None = None
    partner: str | None = None
    waiting_on: Waiting | None = None
    lowering: Lowering | None = None
    priority_by: str | None = None
    priority_confirmed_by: str | None = None
    correction: Correction | None = None
    reclassified_by: str | None = None
    reclassified_confirmed_by: str | None = None
    resolution: str | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    verified_by: str | None = None
    verified_at: datetime | None = None
    closed_at: datetime | None = None
    merged_into: UUID | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


def permits(ticket: Ticket, action: Action) -> Refusal | None:
    """None when the ticket's state lets the action happen."""
    if ticket.state in ALLOWED[action]:
        return None
    wanted = ", ".join(sorted(ALLOWED[action]))
    return Refusal(
        "wrong-state",
        f"{ticket.key} is {ticket.state}; to {action} it must be one of: {wanted}.",
    )
