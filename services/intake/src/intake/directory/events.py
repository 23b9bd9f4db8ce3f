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
from common.messaging.outbox import Announcement, announce
from common.persistence.database import Connection, Database, moment
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, Person
from intake.directory.store import CONTACTS, CUSTOMERS, ENVIRONMENTS, PARTNERS, PEOPLE

Entry: TypeAlias = Customer | Contact | Environment | Partner | Person

BATCH: Final = 500
SHELVES: Final = (CUSTOMERS, CONTACTS, ENVIRONMENTS, PARTNERS, PEOPLE)


def known(entry: Entry, at: datetime) -> DirectoryEvent:
    """What the others learn of it. Of a contact neither name nor address nor phone, but a digest."""
    match entry:
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
                contact_id=entry.id,
                customer_id=entry.customer_id,
                customer=entry.customer,
                language=entry.language,
                erased=entry.address is None,
                address_digest=entry.address and address_digest(entry.address),
            )
        case Environment():
            return EnvironmentKnown(
                at=at,
                environment_id=entry.id,
                environment=entry.key,
                customer_id=entry.customer_id,
                customer=entry.customer,
                tier=entry.tier,
                name=entry.name,
            )
        case Partner(id, key, name, timezone, email):
            return PartnerKnown(
                at=at, partner_id=id, partner=key, name=name, timezone=timezone, email=email
            )
        case Person():
            return PersonKnown(
                at=at,
                person_id=entry.id,
                sub=entry.sub,
                name=entry.name,
                email=entry.email,
                phone=entry.phone,
                timezone=entry.timezone,
                roles=list(entry.roles),
            )


async def tell(tx: Connection, entry: Entry, at: datetime) -> None:
    """Announce a record whose `sequence` is new."""
    await announce(tx, Announcement(known(entry, at), entry.sequence))


async def announce_all(database: Database) -> int:
    """Say everything again with a new sequence, for subscribers that are new. How many events."""
    total = 0
    for shelf in SHELVES:
        after: UUID | None = None
        while True:
            async with database.transaction() as tx:
                again = await shelf.bump(tx, after, BATCH)
                at = await moment(tx)
                await announce(tx, *(Announcement(known(one, at), one.sequence) for one in again))
            if not again:
                break
            after, total = again[-1].id, total + len(again)
    return total
