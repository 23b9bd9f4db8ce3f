"""A new ticket from the request for it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from common.domain import Rejection
from intake.directory.domain.environment import Environment
from intake.tickets.domain.prioritisation import PriorityAssessment, assess
from intake.tickets.domain.priority import DEFAULT_IMPACT_URGENCY, Impact, Matrix, Priority, Urgency
from intake.tickets.domain.ticket import Channel, Detection, Kind, Nature, Ticket
from intake.tickets.domain.ticket_key import format_key

MAX_TITLE_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class TicketScope:
    """The customer (id and key) of a ticket, and its environment where one is known.

    `is_service_known` is False where intake could not tell whether the ticket's service exists.
    `contact_id` is for whom staff open it; kind and service are those of its request form, if it has one.
    """

    customer_id: UUID
    customer: str
    environment: Environment | None = None
    is_service_known: bool = True
    contact_id: UUID | None = None
    kind: Kind | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class TicketRequest:
    """Everything that is known of a ticket before it has its id, its number and its moment.

    `scope` is None for an unknown sender: the ticket then waits for triage. `reporter` is the mail
    address that it came from, while no contact is known. `opened_at` is when the customer asked,
    where that was before the ticket is stored. A blocker `from_outside`, of a contact or a machine, waits
    for first level's word (R5).
    `suggested_priority` is the one that a contact named. `detected_by`: where it is None, the channel says.
    """

    kind: Kind
    title: str
    channel: Channel
    assessment: PriorityAssessment
    nature: Nature | None = None
    service: str | None = None
    scope: TicketScope | None = None
    contact_id: UUID | None = None
    reporter: str | None = None
    opened_at: datetime | None = None
    description: str | None = None
    from_outside: bool = False
    suggested_priority: Priority | None = None
    detected_by: Detection | None = None
    tags: tuple[str, ...] = ()


def initial_priority(
    matrix: Matrix, priority: Priority | None, impact: Impact | None, urgency: Urgency | None
) -> PriorityAssessment:
    """The given priority, else the one of impact and urgency, each "medium" where missing (R5)."""
    if priority is not None:
        return PriorityAssessment(priority, impact, urgency)
    given = (impact or DEFAULT_IMPACT_URGENCY[0], urgency or DEFAULT_IMPACT_URGENCY[1])
    return assess(matrix, *given)


def check_opened_at(request: TicketRequest, at: datetime) -> Rejection | None:
    """A rejection where the request claims to be from the future of `at`, else None."""
    if request.opened_at is None or request.opened_at <= at:
        return None
    return Rejection("IN_THE_FUTURE", "give an instant that has passed, or leave it out")


def build_ticket(request: TicketRequest, id: UUID, number: int, actor: str, at: datetime) -> Ticket:
    """The new ticket, opened by `actor` when the customer asked: clocks run from there (C2)."""
    scope = request.scope
    environment = scope.environment if scope else None
    return Ticket(
        id=id,
        key=format_key(number),
        kind=request.kind,
        nature=request.nature,
        title=request.title,
        priority=request.assessment.priority,
        impact=request.assessment.impact,
        urgency=request.assessment.urgency,
        state="new",
        opened_at=request.opened_at or at,
        opened_by=actor,
        customer_id=scope.customer_id if scope else None,
        customer=scope.customer if scope else None,
        environment_id=environment.id if environment else None,
        environment=environment.key if environment else None,
        service=request.service,
        contact_id=request.contact_id,
        reporter=request.reporter,
        channel=request.channel,
        blocker_confirmed_by=None if request.from_outside else actor,
        suggested_priority=request.suggested_priority,
        tags=request.tags,
        detected_by=request.detected_by
        or first_detected_by(request.channel, from_outside=request.from_outside),
    )


def first_detected_by(channel: Channel, *, from_outside: bool) -> Detection:
    """Who found it first, as far as the way says by which it came in; OPS corrects it (R9)."""
    if channel == "monitoring":
        return "monitoring"
    is_ours = channel == "staff" or (channel == "email" and not from_outside)
    return "ops" if is_ours else "customer"


def make_title(subject: str, text: str) -> str:
    """The subject, else the first line of the text, on one line of at most 200 characters."""
    first_line = next(iter(text.splitlines()), "")
    title = " ".join((subject or first_line or "(no subject)").split())
    return title if len(title) <= MAX_TITLE_CHARS else f"{title[: MAX_TITLE_CHARS - 1]}…"
