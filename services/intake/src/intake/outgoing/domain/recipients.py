"""Who gets our answer on a ticket by mail. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from intake.tickets.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Participant:
    """A contact who opened a ticket, wrote on it or watches it, or one that was merged into it.

    `address` is the contact's own, whatever address a mail named. `wrote_by_mail`: at least once so, or
    watches the ticket. Mails
    whose sender was not believed make nobody a participant (I1).
    """

    contact_id: UUID
    customer_id: UUID
    address: str | None
    language: str
    wants_mail: bool
    wrote_by_mail: bool


def recipients_of(ticket: Ticket, participants: Iterable[Participant]) -> tuple[Participant, ...]:
    """Of the participants those who get mail: they wrote by mail, or asked for it.

    Never anybody of another customer, nor anybody on a ticket that waits for triage.
    """
    return tuple(
        one
        for one in participants
        if ticket.customer_id is not None
        and one.customer_id == ticket.customer_id
        and one.address is not None
        and (one.wrote_by_mail or one.wants_mail)
    )
