"""Reference data as events: each record's whole state, on `opsdesk.directory`."""

from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from common.auth import address_digest
from common.events.directory import (
    ContactKnown,
    CustomerKnown,
    DirectoryEvent,
    EnvironmentKnown,
    PartnerKnown,
    PersonKnown,
)
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, transaction_time
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, Person
from intake.directory.store import CONTACTS, CUSTOMERS, ENVIRONMENTS, PARTNERS, PEOPLE

DirectoryRecord: TypeAlias = Customer | Contact | Environment | Partner | Person

BATCH_SIZE: Final = 500
REPOSITORIES: Final = (CUSTOMERS, CONTACTS, ENVIRONMENTS, PARTNERS, PEOPLE)


def to_event(record: DirectoryRecord, at: datetime) -> DirectoryEvent:
    """What the others learn of it. Of a contact neither name nor address nor phone, but a digest."""
    match record:
        case Customer(id, key, name, timezone, language):
            return CustomerKnown(
                at=at,
                customer_id=id,
                customer=key,
                name=name,
                timezone=timezone,
                language=language,
            )
        case Contact():
            return ContactKnown(
                at=at,
                contact_id=record.id,
                customer_id=record.customer_id,
                customer=record.customer,
                language=record.language,
                erased=record.address is None,
                address_digest=record.address and address_digest(record.address),
            )
        case Environment():
            return EnvironmentKnown(
                at=at,
                environment_id=record.id,
                environment=record.key,
                customer_id=record.customer_id,
                customer=record.customer,
                tier=record.tier,
                name=record.name,
            )
        case Partner(id, key, name, timezone, email):
            return PartnerKnown(
                at=at, partner_id=id, partner=key, name=name, timezone=timezone, email=email
            )
        case Person():
            return PersonKnown(
                at=at,
                person_id=record.id,
                sub=record.sub,
                name=record.name,
                email=record.email,
                phone=record.phone,
                timezone=record.timezone,
                roles=list(record.roles),
            )


async def publish_record(tx: Connection, record: DirectoryRecord, at: datetime) -> None:
    """Announce a record whose `sequence` is new."""
    await publish(tx, OutboxEvent(to_event(record, at), record.sequence))


async def publish_all(database: Database) -> int:
    """Say everything again with a new sequence, for subscribers that are new. How many events."""
    total = 0
    for repository in REPOSITORIES:
        after: UUID | None = None
        while True:
            async with database.transaction() as tx:
                records = await repository.advance_sequences(tx, after, BATCH_SIZE)
                at = await transaction_time(tx)
                await publish(
                    tx, *(OutboxEvent(to_event(one, at), one.sequence) for one in records)
                )
            if not records:
                break
            after, total = records[-1].id, total + len(records)
    return total
