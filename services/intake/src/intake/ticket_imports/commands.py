"""Carry out an import, batch by batch: what was imported before is left as it is, so it can be resumed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from common import audit
from common.domain import Actor
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from intake.directory.domain.address import normalise
from intake.directory.domain.parties import Contact, Customer
from intake.directory.import_batches import store_in_batches
from intake.directory.store import find_contact, find_customers_by_name
from intake.ticket_imports import file_store, store
from intake.ticket_imports.domain.import_report import (
    ImportedRecord,
    RecordOutcome,
    TicketImportReport,
)
from intake.ticket_imports.domain.imported import ImportedTicket, Source
from intake.ticket_imports.domain.takeover import account_of, build_message, build_ticket, note
from intake.ticket_imports.export_parsing import ReadRecord
from intake.tickets.domain.message import Message
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import known_event, opened_event, to_outbox_events
from intake.tickets.store import messages, tickets

BATCH_SIZE: Final = 50
"""Tickets that one transaction stores."""
UNNAMED: Final = "it names no customer: give one for the whole file"

ENDED: Final = "it is open there and {customer} was ended, so nobody would work on it: close it there, then send it again"
"""Why an open ticket of a customer who left is refused; what is over is their history, and is taken."""


@dataclass(slots=True)
class TicketImport:
    """One import: from where, who asks, and whose tickets they are where a record names nobody."""

    source: Source
    actor: Actor
    customer: Customer | None
    dry_run: bool
    customers: dict[str, list[Customer]] = field(default_factory=dict)

    async def run(self, database: Database, records: Sequence[ReadRecord]) -> TicketImportReport:
        """Store the records, and report on each."""
        items = await store_in_batches(database, records, BATCH_SIZE, self._store, _refuse)
        return TicketImportReport(self.source, self.dry_run, items)

    async def _store(self, tx: Connection, records: Sequence[ReadRecord]) -> list[ImportedRecord]:
        found = [record.ticket for record in records if record.ticket]
        known = set(await store.lock_known(tx, self.source, [one.external_id for one in found]))
        names = {normalise(name) for one in found for name in _names(one)}
        staff = await store.staff_by_name(tx, sorted(names))
        items = []
        for record in records:
            item = await self._store_one(tx, record, known, staff)
            if item.outcome == "imported" and record.ticket:
                known.add(record.ticket.external_id)
            items.append(item)
        return items

    async def _store_one(
        self, tx: Connection, record: ReadRecord, known: Collection[str], staff: dict[str, str]
    ) -> ImportedRecord:
        imported = record.ticket
        if imported is None:
            return _item(record, "refused", remarks=[record.problem or "it was not understood"])
        if imported.external_id in known:
            return _item(record, "known")
        scope = await self._find_scope(tx, imported)
        if isinstance(scope, str):
            return _item(record, "refused", remarks=[scope])
        if imported.is_open and await store.has_ended(tx, scope.customer_id):
            return _item(record, "refused", remarks=[ENDED.format(customer=scope.customer)])
        remarks = list(imported.remarks)
        assignee = staff.get(normalise(imported.assignee))
        if imported.assignee and assignee is None:
            remarks.append(f"{imported.assignee} is none of our people: assigned to nobody")
        if self.dry_run:
            return _item(record, "imported", remarks=remarks)
        ticket = await self._add(tx, imported, scope, assignee, staff)
        return _item(record, "imported", ticket, remarks)

    async def _add(
        self,
        tx: Connection,
        imported: ImportedTicket,
        scope: TicketScope,
        assignee: str | None,
        staff: dict[str, str],
    ) -> Ticket:
        at = await transaction_time(tx)
        number = await tickets.next_number(tx)
        ticket = build_ticket(imported, self.source, uuid7(), number, scope, assignee, at)
        ticket, events = _events(ticket, self.actor.sub, at)
        await tickets.add(tx, ticket, imported.description or None)
        await self._add_messages(tx, ticket, imported, staff, at)
        await publish(tx, *events)
        grounds = {"source": self.source, "external_id": imported.external_id}
        subject = f"ticket/{ticket.id}"
        await audit.record(tx, audit.Entry.by(self.actor, at, "ticket.import", subject, grounds))
        await store.add(
            tx,
            self.source,
            imported.external_id,
            ticket.id,
            imported.opened_at,
            at,
            self.actor.sub,
        )
        await file_store.add(tx, self.source, imported.external_id, ticket.id, imported.files)
        return ticket

    async def _add_messages(
        self,
        tx: Connection,
        ticket: Ticket,
        imported: ImportedTicket,
        staff: dict[str, str],
        at: datetime,
    ) -> None:
        """The note about the import, then what was written there. Nobody gets any of it by mail."""
        about = Message(
            id=uuid7(),
            ticket_id=ticket.id,
            visibility="internal",
            direction="outbound",
            author=account_of(self.source),
            text=note(imported, self.source),
            at=at,
            automatic=True,
        )
        await messages.add(tx, about)
        for comment in imported.comments:
            author = staff.get(normalise(comment.author))
            if author is None and comment.author == imported.requester and ticket.contact_id:
                author = f"contact/{ticket.contact_id}"
            message = build_message(comment, self.source, uuid7(), ticket.id, author)
            await messages.add(tx, message, is_read_elsewhere=True)

    async def _find_scope(self, tx: Connection, imported: ImportedTicket) -> TicketScope | str:
        """Whose ticket it is, by the requester's address, the customer's name, or the file's; else why not."""
        contact = await _find_contact(tx, imported.requester)
        if contact is not None:
            return TicketScope(contact.customer_id, contact.customer, contact_id=contact.id)
        if not imported.account:
            customer = self.customer
            return UNNAMED if customer is None else TicketScope(customer.id, customer.key)
        if imported.account not in self.customers:
            found = await find_customers_by_name(tx, imported.account)
            self.customers[imported.account] = found
        named = self.customers[imported.account]
        if len(named) == 1:
            return TicketScope(named[0].id, named[0].key)
        return f"{len(named) or 'no'} customers are called {imported.account!r}: register one, then send it again"


def _events(ticket: Ticket, actor: str, at: datetime) -> tuple[Ticket, list[OutboxEvent]]:
    """An open ticket is opened; of one that is over only its state is told, which is no news to anybody."""
    if ticket.is_open:
        return to_outbox_events(None, ticket, actor, at, [opened_event(ticket)])
    known, event = known_event(ticket, at)
    return known, [event]


async def _find_contact(tx: Connection, requester: str) -> Contact | None:
    return await find_contact(tx, normalise(requester)) if "@" in requester else None


def _names(imported: ImportedTicket) -> list[str]:
    return [imported.assignee, *(comment.author for comment in imported.comments)]


def _refuse(record: ReadRecord, why: str) -> ImportedRecord:
    return _item(record, "refused", remarks=[why])


def _item(
    record: ReadRecord,
    outcome: RecordOutcome,
    ticket: Ticket | None = None,
    remarks: Sequence[str] = (),
) -> ImportedRecord:
    external_id = record.ticket.external_id if record.ticket else None
    key = ticket.key if ticket else None
    files = len(record.ticket.files) if record.ticket and outcome == "imported" else 0
    return ImportedRecord(record.number, external_id, outcome, key, remarks, files)
