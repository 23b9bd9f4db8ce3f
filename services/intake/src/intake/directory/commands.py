"""Register reference data and publish it: record, event and audit entry in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from common import audit
from common.audit import JSON
from common.auth import persons
from common.domain import Actor, Rejection
from common.errors import Conflict
from common.events.directory import ContactKnown, PersonKnown
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, transaction_time
from intake.directory.domain.changes import change_contact as changed_contact
from intake.directory.domain.changes import changed_fields
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, Person
from intake.directory.events import DirectoryRecord, to_event
from intake.directory.phone_numbers import all_international
from intake.directory.store import (
    CONTACTS,
    CUSTOMERS,
    ENVIRONMENTS,
    PARTNERS,
    PEOPLE,
    DirectoryRepository,
    find_taken_address,
    lock_addresses,
)
from intake.reasons import store as reasons

BATCH_SIZE: Final = 500
"""Records that one transaction of `publish_all` announces."""
REPOSITORIES: Final = (CUSTOMERS, CONTACTS, ENVIRONMENTS, PARTNERS, PEOPLE)

_ANY: Final = UUID(int=0)

T = TypeVar("T", Customer, Contact, Environment, Partner, Person)


async def register(
    tx: Connection, actor: Actor, repository: DirectoryRepository[T], record: T, name: str
) -> T:
    """Store and publish a record; return the stored one, which may have been there before.

    Raises Conflict where another record has this name.
    """
    if not await repository.add(tx, record):
        return _same(await repository.find(tx, name), record, name)
    at = await transaction_time(tx)
    await _publish(tx, [record], at)
    kind = type(record).__name__.lower()
    subject = f"{kind}/{record.id}"
    await audit.record(tx, audit.Entry.by(actor, at, f"{kind}.add", subject, {}))
    return record


async def register_contact(tx: Connection, actor: Actor, contact: Contact, region: str) -> Contact:
    """Store and publish a contact with the numbers by which callers are found (see `register`).

    Raises Conflict where another contact has one of the addresses.
    """
    numbers = all_international((contact.phone, *contact.other_phones), region)
    registered = replace(contact, numbers=numbers, registered_at=await transaction_time(tx))
    name = contact.address or ""
    await lock_addresses(tx)
    if (existing := await CONTACTS.find(tx, name)) is not None:
        return _same(existing, registered, name)
    await check_addresses(tx, contact)
    return await register(tx, actor, CONTACTS, registered, name)


async def change_contact(
    tx: Connection, actor: Actor, before: Contact, changes: Mapping[str, Any], region: str
) -> Contact:
    """Store and publish a change of a locked contact, unless nothing changes.

    Raises Conflict where another contact has one of the addresses.
    """
    phones = replace(before, **changes)
    numbers = all_international((phones.phone, *phones.other_phones), region)
    after = changed_contact(before, changes, numbers, actor.sub, await transaction_time(tx))
    if after == before:
        return before
    await check_addresses(tx, after)
    grounds: dict[str, JSON] = {"fields": list(changed_fields(before, after))}
    stored = await change(tx, actor, "contact.update", CONTACTS, before, after, grounds)
    assert isinstance(stored, Contact), "it was no rejection before it was stored"
    return stored


async def check_addresses(tx: Connection, contact: Contact) -> None:
    """Raise Conflict where another contact has one of its addresses. Nobody takes one meanwhile."""
    await lock_addresses(tx)
    taken = await find_taken_address(tx, contact)
    if taken is not None:
        raise Conflict(f"Another contact has {taken}. Take another one.", code="NAME_TAKEN")


async def publish_all(database: Database) -> int:
    """Publish every record again with a new sequence, for new subscribers. The number of events."""
    total = 0
    for repository in REPOSITORIES:
        after: UUID | None = None
        while True:
            async with database.transaction() as tx:
                records = await repository.advance_sequences(tx, after, BATCH_SIZE)
                await _publish(tx, records, await transaction_time(tx))
            if not records:
                break
            after, total = records[-1].id, total + len(records)
    return total


async def change(
    tx: Connection,
    actor: Actor,
    action: str,
    repository: DirectoryRepository[T],
    before: T,
    outcome: T | Rejection,
    grounds: Mapping[str, JSON],
) -> T | Rejection:
    """Store and publish the outcome of a rule on a locked record; a rejection is audited, too."""
    at = await transaction_time(tx)
    subject = f"{type(before).__name__.lower()}/{before.id}"
    if isinstance(outcome, Rejection):
        denied = {**grounds, "denied": outcome.code}
        await reasons.record(tx, audit.Entry.by(actor, at, f"{action}.denied", subject, denied))
        return outcome
    stored = await repository.save(tx, outcome)
    await _publish(tx, [stored], at)
    await reasons.record(tx, audit.Entry.by(actor, at, action, subject, grounds))
    return stored


async def end_contacts(
    tx: Connection, actor: Actor, ids: Collection[UUID], grounds: Mapping[str, JSON]
) -> None:
    """End these locked contacts, who have not been ended: some statements, however many they are."""
    at = await transaction_time(tx)
    ended = await CONTACTS.retire(tx, ids)
    # Whose accounts these are has been recorded; with the end nothing of that changes.
    await publish(tx, *(OutboxEvent(to_event(one, at), one.sequence) for one in ended))
    action = "contact.end"
    entries = [audit.Entry.by(actor, at, action, f"contact/{one.id}", grounds) for one in ended]
    await audit.record(tx, *entries)


async def _publish(tx: Connection, records: Sequence[DirectoryRecord], at: datetime) -> None:
    """Publish the records, and record whose accounts these are, as every other service does."""
    events = [(to_event(record, at), record.sequence) for record in records]
    await publish(tx, *(OutboxEvent(event, sequence) for event, sequence in events))
    for event, _ in events:
        if isinstance(event, PersonKnown):
            await persons.record_person(tx, event)
        elif isinstance(event, ContactKnown):
            await persons.record_contact(tx, event)


def _same(existing: T | None, record: T, name: str) -> T:
    """Return the existing record where it says the same, whoever registered it and whatever has been confirmed.

    Raises Conflict where it says something else.
    """
    if existing is None or _facts(existing) != _facts(record):
        raise Conflict(f"{name} is taken by another record. Take another name.", code="NAME_TAKEN")
    return existing


def _facts(record: T) -> T:
    if isinstance(record, Person):
        roles = record.pending.roles if record.pending else record.roles
        return replace(
            record,
            id=_ANY,
            sequence=0,
            roles=tuple(sorted(roles)),
            pending=None,
            changed_by=None,
            confirmed_by=None,
        )
    if isinstance(record, Contact):
        return replace(
            record,
            id=_ANY,
            sequence=0,
            registered_by=None,
            registered_at=None,
            confirmed_by=None,
        )
    if isinstance(record, Customer | Environment):
        return replace(record, id=_ANY, sequence=0, end_asked_by=None, end_asked_at=None)
    return replace(record, id=_ANY, sequence=0)
