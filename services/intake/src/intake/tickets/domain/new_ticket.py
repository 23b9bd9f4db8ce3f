"""A new ticket from what is known when it comes in. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from intake.directory.domain.environment import Environment
from intake.mail.domain.mail import Mail
from intake.mail.domain.thread import Sender
from intake.tickets.domain.prioritisation import Judgement, judged
from intake.tickets.domain.priority import UNJUDGED, Impact, Priority, Urgency
from intake.tickets.domain.ticket import Channel, Kind, Nature, Ticket
from intake.tickets.domain.ticket_key import key_of

LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for. `environment` and `customer` are keys."""

    kind: Kind
    title: str
    channel: Channel
    judgement: Judgement
    nature: Nature | None = None
    service: str | None = None


def first_judgement(
    priority: Priority | None, impact: Impact | None, urgency: Urgency | None
) -> Judgement:
    """The priority that was said, else the matrix's; the middle where nothing was judged (R5)."""
    if priority is not None:
        return Judgement(priority, impact, urgency)
    return judged(impact or UNJUDGED[0], urgency or UNJUDGED[1])


def opened(
    request: Request,
    id: UUID,
    number: int,
    by: str,
    at: datetime,
    customer: tuple[UUID, str] | None = None,
    environment: Environment | None = None,
    contact_id: UUID | None = None,
    reporter: str | None = None,
) -> Ticket:
    """`at` is when the customer asked: clocks run from there (C2)."""
    return Ticket(
        id=id,
        key=key_of(number),
        kind=request.kind,
        nature=request.nature,
        title=request.title,
        priority=request.judgement.priority,
        impact=request.judgement.impact,
        urgency=request.judgement.urgency,
        state="new",
        opened_at=at,
        opened_by=by,
        customer_id=customer[0] if customer else None,
        customer=customer[1] if customer else None,
        environment_id=environment.id if environment else None,
        environment=environment.key if environment else None,
        service=request.service,
        contact_id=contact_id,
        reporter=reporter,
        channel=request.channel,
    )


def asked_by_mail(mail: Mail, text: str) -> Request:
    """A mail is an incident until OPS says otherwise; its title is the subject or the first line."""
    return Request("incident", title_of(mail.subject, text), "email", judged(*UNJUDGED))


def title_of(subject: str, text: str) -> str:
    first_line = next(iter(text.splitlines()), "")
    title = " ".join((subject or first_line or "(no subject)").split())
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def author_of(sender: Sender) -> str:
    """How events and messages name a mail's sender: never by the address."""
    if sender.contact_id is not None:
        return f"contact/{sender.contact_id}"
    return sender.staff or "unknown"
