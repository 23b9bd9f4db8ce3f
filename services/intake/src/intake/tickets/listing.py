"""What a page of tickets needs beside the tickets: promises, names, and what time it is."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from common.auth import Caller
from common.persistence.database import Connection, transaction_time
from intake.directory import names
from intake.queue.domain import QueueEntry
from intake.queue.store import entries
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.lists import TicketLister


async def lister_of(tx: Connection, caller: Caller, found: Sequence[Ticket]) -> TicketLister:
    """Look up for these tickets what the items of a list show."""
    of_staff = caller.customer is None
    entries_by_ticket = await entries.of_tickets(tx, [one.id for one in found]) if of_staff else {}
    return await lister_with(tx, caller, found, entries_by_ticket)


async def lister_with(
    tx: Connection,
    caller: Caller,
    found: Collection[Ticket],
    entries_by_ticket: Mapping[UUID, QueueEntry],
) -> TicketLister:
    """The same, where their entries in the queue are known."""
    known = await names.of_accounts(tx, {one.assignee for one in found if one.assignee})
    return TicketLister(caller, entries_by_ticket, known, await transaction_time(tx))
