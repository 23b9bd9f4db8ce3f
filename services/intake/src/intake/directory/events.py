"""From a record of reference data to the event with its whole state, on `opsdesk.directory`."""

from datetime import datetime
from typing import TypeAlias

from common.auth import address_digest
from common.events.directory import (
    ContactKnown,
    CustomerKnown,
    DirectoryEvent,
    EnvironmentKnown,
    PartnerKnown,
    PersonKnown,
)
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Contact, Customer, Partner, Person

DirectoryRecord: TypeAlias = Customer | Contact | Environment | Partner | Person


def to_event(record: DirectoryRecord, at: datetime) -> DirectoryEvent:
    """The event about a record, as of `at`.

    Of a contact it has neither name, address nor phone, but a digest of the address.
    """
    match record:
        case Customer():
            return CustomerKnown(
                at=at,
                customer_id=record.id,
                customer=record.key,
                name=record.name,
                timezone=record.timezone,
                language=record.language,
                tier=record.tier,
                retired=record.retired,
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
                other_address_digests=[address_digest(one) for one in record.other_addresses],
                counts_for=record.counts_for,
                retired=record.retired,
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
                retired=record.retired,
            )
        case Partner(id, key, name, timezone, email):
            return PartnerKnown(
                at=at,
                partner_id=id,
                partner=key,
                name=name,
                timezone=timezone,
                email=email,
                retired=record.retired,
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
                retired=record.retired,
            )
