"""Find the ticket to which a mail belongs (J1). Pure.

A mail belongs to the ticket of its thread: of a mail that it answers, of one that answers it, or of
one that answers the same mail; so the order of arrival does not matter. A ticket key in the subject
counts only when the thread leads to no ticket. Neither counts for a sender who may not write on the
ticket: message ids and keys can be guessed, and quoted to others (I1).
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from intake.directory.domain.address import normalise
from intake.mail.domain.mail import Mail
from intake.tickets.domain.ticket import Ticket

_KEY: Final = re.compile(r"(?<![A-Z0-9-])OPS-[1-9]\d{0,11}(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sender:
    """The address that a mail is from, and the contact, member of staff (`sub`) or partner who has it (I1).

    `handed_over` are the tickets that this partner was ever given, of those to which the mail may belong.
    `doubt` is the reason why the address is not believed: then the mail acts for nobody.
    """

    address: str | None
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    staff: str | None = None
    customer: str | None = None
    doubt: str | None = None
    partner: str | None = None
    handed_over: frozenset[UUID] = frozenset()

    def may_join(self, ticket: Ticket) -> bool:
        """Whether the sender's mails may become messages of the ticket.

        It must be the sender's customer's, or have come from the same address. Staff write on tickets in
        OpsDesk, where it can be seen who reads it: their mails join only tickets that they opened so. A
        partner's join what was handed over to them, and nothing else.
        """
        if self.doubt is not None:
            return False
        if self.partner is not None:
            return ticket.id in self.handed_over
        if self.customer_id is not None and ticket.customer_id == self.customer_id:
            return True
        return self.address is not None and ticket.reporter == normalise(self.address)


def thread_ids(mail: Mail) -> tuple[str, ...]:
    """All message ids of the mail's thread: its own, then the closest ones first."""
    own = (mail.message_id,) if mail.message_id else ()
    return tuple(dict.fromkeys((*own, *mail.in_reply_to, *reversed(mail.references))))


def ticket_keys_in(subject: str) -> tuple[str, ...]:
    """The ticket keys that a subject mentions, in upper case."""
    return tuple(dict.fromkeys(key.upper() for key in _KEY.findall(subject)))


def find_ticket(
    mail: Mail,
    sender: Sender,
    by_id: Mapping[str, Collection[Ticket]],
    by_key: Mapping[str, Ticket],
) -> Ticket | None:
    """The ticket that the mail joins; None where it opens one.

    `by_id` has the tickets whose mails have a message id or refer to it, `by_key` those that the
    subject mentions.
    """
    threaded = (ticket for id in thread_ids(mail) for ticket in by_id.get(id, ()))
    keyed = (by_key[key] for key in ticket_keys_in(mail.subject) if key in by_key)
    candidates: Sequence[Ticket] = [*threaded, *keyed]
    return next((ticket for ticket in candidates if sender.may_join(ticket)), None)
