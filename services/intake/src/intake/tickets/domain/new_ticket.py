"""A new ticket from what is known when it comes in. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from intake.directory.domain.environment import Environment
from intake.mail.domain.mail import Mail
from intake.mail.domain.thread import Sender
from intake.tickets.domain.prioritisation import PriorityAssessment, assess
from intake.tickets.domain.priority import DEFAULT_IMPACT_URGENCY, Impact, Priority, Urgency
from intake.tickets.domain.ticket import Channel, Kind, Nature, Ticket
from intake.tickets.domain.ticket_key import format_key

MAX_TITLE_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class TicketRequest:
    """What somebody asks for. `environment` and `customer` are keys."""

    kind: Kind
    title: str
    channel: Channel
    assessment: PriorityAssessment
    nature: Nature | None = None
    service: str | None = None


def initial_priority(
    priority: Priority | None, impact: Impact | None, urgency: Urgency | None
) -> PriorityAssessment:
    """The priority that was said, else the matrix's; the middle where nothing was judged (R5)."""
    if priority is not None:
        return PriorityAssessment(priority, impact, urgency)
    return assess(impact or DEFAULT_IMPACT_URGENCY[0], urgency or DEFAULT_IMPACT_URGENCY[1])


def build_ticket(
    request: TicketRequest,
    id: UUID,
    number: int,
    actor: str,
    at: datetime,
    customer: tuple[UUID, str] | None = None,
    environment: Environment | None = None,
    contact_id: UUID | None = None,
    reporter: str | None = None,
) -> Ticket:
    """`at` is when the customer asked: clocks run from there (C2)."""
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
        opened_at=at,
        opened_by=actor,
        customer_id=customer[0] if customer else None,
        customer=customer[1] if customer else None,
        environment_id=environment.id if environment else None,
        environment=environment.key if environment else None,
        service=request.service,
        contact_id=contact_id,
        reporter=reporter,
        channel=request.channel,
    )


def request_from_mail(mail: Mail, text: str) -> TicketRequest:
    """A mail is an incident until OPS says otherwise; its title is the subject or the first line."""
    return TicketRequest(
        "incident", make_title(mail.subject, text), "email", assess(*DEFAULT_IMPACT_URGENCY)
    )


def make_title(subject: str, text: str) -> str:
    first_line = next(iter(text.splitlines()), "")
    title = " ".join((subject or first_line or "(no subject)").split())
    return title if len(title) <= MAX_TITLE_CHARS else f"{title[: MAX_TITLE_CHARS - 1]}…"


def author_of(sender: Sender) -> str:
    """How events and messages name a mail's sender: never by the address."""
    if sender.contact_id is not None:
        return f"contact/{sender.contact_id}"
    return sender.staff or "unknown"
