"""Tickets in lists: for staff with the promise that breaks next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from common.auth import Caller
from common.http import Page, ResponseModel
from intake.queue.domain import Contract, Metric, Promise, QueueEntry
from intake.tickets.domain.ticket import Detection, Ticket
from intake.tickets.schemas.responses import TicketForContact, TicketSummary


class NextPromise(ResponseModel):
    """The promise that breaks next, as sla announced it, or that broke and is still not met.

    `due_at` is null while its clock is paused. `contract`: `sla` ours to the customer, `ola` second
    level's to us, `uc` that of `partner` to us.
    """

    metric: Metric
    contract: Contract
    partner: str | None
    due_at: datetime | None
    is_breached: bool


class ListedTicket(TicketSummary):
    """A ticket in a list for staff. `assignee_name` is null where the directory knows nobody.

    `next_promise` is null where nothing is promised, or the ticket is not open. What people wrote, and the
    address of an outsider, are read on the ticket itself, where it is noted who did.
    """

    tags: list[str]
    detected_by: Detection | None
    priority_by: str | None
    assignee_name: str | None
    next_promise: NextPromise | None


_OF_TICKET: Final = tuple(ListedTicket.model_fields.keys() - {"assignee_name", "next_promise"})


class QueuePage(Page[ListedTicket]):
    """A page of the queue."""


class TicketPage(Page[ListedTicket | TicketForContact]):
    """A page of tickets, as the caller may read them."""


class TicketLister:
    """Makes items of lists from tickets, with what is looked up for a whole page at once."""

    def __init__(
        self,
        caller: Caller,
        entries: Mapping[UUID, QueueEntry],
        names: Mapping[str, str],
        now: datetime,
    ) -> None:
        self._is_staff = caller.customer is None
        self._entries, self._names, self._now = entries, names, now

    def to_item(self, ticket: Ticket) -> ListedTicket | TicketForContact:
        """The ticket as this caller may read it in a list."""
        return (
            self.to_staff_item(ticket)
            if self._is_staff
            else TicketForContact.model_validate(ticket)
        )

    def to_staff_item(self, ticket: Ticket) -> ListedTicket:
        """The ticket as staff reads it in a list."""
        entry = self._entries.get(ticket.id)
        promise = entry.promise if entry else None
        return ListedTicket.model_validate(
            {name: getattr(ticket, name) for name in _OF_TICKET}
            | {
                "assignee_name": self._names.get(ticket.assignee or ""),
                "next_promise": _next_promise(promise, self._now),
            }
        )


def _next_promise(promise: Promise | None, now: datetime) -> NextPromise | None:
    if promise is None:
        return None
    return NextPromise(
        metric=promise.metric,
        contract=promise.contract,
        partner=promise.partner,
        due_at=promise.due_at,
        is_breached=promise.due_at is not None and promise.due_at <= now,
    )
