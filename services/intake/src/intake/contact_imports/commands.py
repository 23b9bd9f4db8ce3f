"""Carry out an import, batch by batch: the same file twice changes nothing the second time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from common.domain import Actor
from common.errors import Conflict
from common.persistence.database import Connection, Database
from common.persistence.ids import uuid7
from intake.contact_imports.csv_contacts import ReadFile
from intake.contact_imports.domain.contact_formats import FormatName
from intake.contact_imports.domain.contact_report import (
    ContactImportReport,
    ImportedLine,
    LineOutcome,
)
from intake.contact_imports.domain.contact_row import ContactRow
from intake.directory.commands import change_contact, check_addresses, register_contact
from intake.directory.domain.parties import Contact, Customer
from intake.directory.import_batches import store_in_batches
from intake.directory.schemas import ContactCreate
from intake.directory.store import (
    CONTACTS,
    CUSTOMERS,
    find_contact_by_id,
    find_customers_by_name,
)

BATCH_SIZE: Final = 100
"""Lines that one transaction stores."""


@dataclass(slots=True)
class ContactImport:
    """One import: who asks, for which customer where a line names none, and whether it is only tried."""

    actor: Actor
    region: str
    customer: Customer | None
    dry_run: bool
    seen: dict[str, int] = field(default_factory=dict)
    customers: dict[str, list[Customer]] = field(default_factory=dict)
    current: dict[str, Customer] = field(default_factory=dict)

    async def run(
        self, database: Database, file: ReadFile, name: FormatName
    ) -> ContactImportReport:
        """Store the rows of the file, and report on each."""
        items = await store_in_batches(database, file.rows, BATCH_SIZE, self._store, _refused)
        return ContactImportReport(name, self.dry_run, items, file.not_understood)

    async def _store(self, tx: Connection, rows: Sequence[ContactRow]) -> list[ImportedLine]:
        self.current.clear()
        before = dict(self.seen)
        try:
            return [await self._store_row(tx, row) for row in rows]
        except BaseException:
            self.seen = before  # it may be tried again
            raise

    async def _store_row(self, tx: Connection, row: ContactRow) -> ImportedLine:
        customer = await self._find_customer(tx, row)
        if isinstance(customer, str):
            return _refused(row, customer)
        try:
            wanted = _validate(row, customer)
        except ValidationError as error:
            return _refused(row, *(_describe(one) for one in error.errors()))
        if earlier := self._seen_before(row, wanted):
            return _refused(row, f"line {earlier} has the same address")
        existing = await CONTACTS.find(tx, wanted.address)
        if existing is None:
            return await self._create(tx, row, customer, wanted)
        return await self._update(tx, row, customer, wanted, existing)

    def _seen_before(self, row: ContactRow, wanted: ContactCreate) -> int | None:
        earlier = self.seen.get(wanted.address)
        self.seen.setdefault(wanted.address, row.line)
        return earlier

    async def _create(
        self, tx: Connection, row: ContactRow, customer: Customer, wanted: ContactCreate
    ) -> ImportedLine:
        contact = Contact(
            id=uuid7(),
            customer_id=customer.id,
            customer=customer.key,
            registered_by=self.actor.sub,
            **wanted.to_fields(),
        )
        try:
            if self.dry_run:
                await check_addresses(tx, contact)
                return _line(row, "created")
            stored = await register_contact(tx, self.actor, contact, self.region)
        except Conflict as conflict:
            return _refused(row, conflict.detail)
        return _line(row, "created", stored)

    async def _update(
        self,
        tx: Connection,
        row: ContactRow,
        customer: Customer,
        wanted: ContactCreate,
        existing: Contact,
    ) -> ImportedLine:
        if existing.retired:
            return _refused(
                row, "this contact was ended; register the person anew with another address"
            )
        if existing.customer_id != customer.id:
            return _refused(row, f"this address is a contact's of {existing.customer}")
        changes = _changes(row, wanted, existing)
        if not changes:
            return _line(row, "unchanged", existing)
        if self.dry_run:
            return _line(row, "updated", existing)
        before = await find_contact_by_id(tx, existing.id)
        assert before is not None, "it was found by its address"
        try:
            stored = await change_contact(tx, self.actor, before, changes, self.region)
        except Conflict as conflict:
            return _refused(row, conflict.detail)
        return _line(row, "updated", stored)

    async def _find_customer(self, tx: Connection, row: ContactRow) -> Customer | str:
        """The customer of the row, by key or name; else why there is none."""
        named = row.customer or row.account
        if not named:
            if self.customer is None:
                return "it names no customer: give one for the whole file"
            return await self._current(tx, self.customer)
        if named not in self.customers:
            self.customers[named] = await find_customers_by_name(tx, named)
        found = self.customers[named]
        if len(found) == 1:
            return await self._current(tx, found[0])
        return f"{len(found) or 'no'} customers are called {named!r}: register one, or give its key"

    async def _current(self, tx: Connection, customer: Customer) -> Customer | str:
        """The customer, who is not ended before the batch is stored; else that they were ended."""
        key = customer.key
        if key not in self.current:
            found = await CUSTOMERS.find(tx, key, is_shared_lock=True)
            assert found is not None, "customers are never deleted"
            self.current[key] = found
        return f"{key} was ended" if self.current[key].retired else self.current[key]


def _validate(row: ContactRow, customer: Customer) -> ContactCreate:
    first, *others = row.addresses or ("",)
    phone, *phones = row.phones or (None,)
    return ContactCreate.model_validate(
        {
            "name": row.name,
            "address": first,
            "other_addresses": others,
            "phone": phone,
            "other_phones": phones,
            "language": row.language or customer.language,
        }
    )


def _changes(row: ContactRow, wanted: ContactCreate, existing: Contact) -> dict[str, Any]:
    """What the row says otherwise. Addresses and numbers are added; nothing is taken away."""
    fields: dict[str, Any] = {"name": wanted.name}
    if row.language:
        fields["language"] = wanted.language
    known = (existing.address, *existing.other_addresses)
    more = [one for one in wanted.other_addresses if one not in known]
    fields["other_addresses"] = (*existing.other_addresses, *more)
    had = [phone for phone in (existing.phone, *existing.other_phones) if phone]
    given = [phone for phone in (wanted.phone, *wanted.other_phones) if phone]
    phones = [*had, *(one for one in given if one not in had)]
    fields |= {"phone": next(iter(phones), None), "other_phones": tuple(phones[1:])}
    return {name: value for name, value in fields.items() if getattr(existing, name) != value}


def _describe(error: Any) -> str:
    where = "/".join(str(step) for step in error["loc"])
    return f"{where}: {error['msg']}"


def _line(row: ContactRow, outcome: LineOutcome, contact: Contact | None = None) -> ImportedLine:
    return ImportedLine(row.line, outcome, None if contact is None else contact.id)


def _refused(row: ContactRow, *problems: str) -> ImportedLine:
    return ImportedLine(row.line, "refused", None, problems)
