"""Events about our people and about contacts of customers."""

from common.auth.contacts import address_digests
from common.erasure import erase_contact_answers
from common.events.directory import ContactKnown, PersonKnown
from common.events.envelope import ReceivedEvent
from common.persistence.database import Connection
from delivery_gate.directory import store
from delivery_gate.directory.store import ContactRecord, PersonRecord


async def on_contact_known(tx: Connection, received: ReceivedEvent[ContactKnown]) -> None:
    """Store the contact with the digests of all addresses.

    One who is erased or retired has none, so On-Behalf-Of no longer resolves.
    """
    event = received.event
    digests = address_digests(event)
    record = ContactRecord(event.contact_id, event.customer, digests, received.sequence)
    await store.upsert_contact(tx, record)
    if event.erased:
        await erase_contact_answers(tx, event.contact_id)


async def on_person_known(tx: Connection, received: ReceivedEvent[PersonKnown]) -> None:
    """Store a person: work may be given to one of ours from now on, until they leave (I5)."""
    event = received.event
    record = PersonRecord(
        event.person_id, event.sub, event.retired, event.of_partner, received.sequence
    )
    await store.upsert_person(tx, record)
