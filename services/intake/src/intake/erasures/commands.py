"""Ask for the erasure of a contact, and carry it out once another person confirms it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common import audit
from common.auth import persons
from common.domain import Actor, Rejection
from common.erasure import erase_answers, erase_contact_answers, erase_ticket_copies
from common.events.directory import ContactKnown
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, transaction_time
from intake.directory.domain.parties import Contact
from intake.directory.events import to_event
from intake.directory.store import find_contact_by_id
from intake.erasures import store
from intake.erasures.domain import Erasure, check_confirmation
from intake.files import store as files
from intake.forms import store as forms
from intake.outgoing.store.outgoing_mails import cancel_of
from intake.reasons import store as reasons
from intake.tickets.events import erased_event
from intake.tickets.store import tickets


async def request_erasure(
    tx: Connection, contact: UUID, actor: Actor, reason: str, at: datetime
) -> Erasure:
    """Store that the contact is to be erased; return what is stored, which may be an earlier one."""
    erasure = Erasure(contact, actor.sub, at, reason)
    if not await store.add(tx, erasure):
        return await store.find(tx, contact) or erasure
    await _record(tx, actor, at, "contact.request_erasure", contact, {"reason": reason})
    return erasure


async def confirm_erasure(
    tx: Connection, contact: Contact, erasure: Erasure, actor: Actor, at: datetime
) -> Erasure | Rejection:
    """Erase the contact here, and announce it; return the erasure with who confirmed it.

    `erasure` is locked. Tickets keep their facts, clocks and audit trail: they lose their words.
    """
    # Never empty: it is looked for in mails.
    addresses = [contact.address or f"contact/{contact.id}", *contact.other_addresses]
    ids = [id for one in addresses for id in await store.lock_tickets(tx, contact.id, one)]
    ids = list(dict.fromkeys(ids))
    affected = await tickets.by_ids(tx, ids)
    open_keys = [affected[id].key for id in ids if affected[id].is_open]
    person = await persons.counted_as(tx, actor.sub, erasure.requested_by)
    if (rejection := check_confirmation(erasure, person, open_keys)) is not None:
        grounds = {"denied": rejection.code}
        await _record(tx, actor, at, "contact.confirm_erasure", contact.id, grounds)
        return rejection
    await _erase(tx, contact.id, addresses, ids)
    await _announce(tx, contact.id, ids, actor, at)
    await _record(tx, actor, at, "contact.erase", contact.id, {"tickets": len(ids)})
    confirmed = replace(erasure, confirmed_by=actor.sub, confirmed_at=at)
    await store.save_confirmation(tx, confirmed)
    return confirmed


async def _erase(tx: Connection, contact: UUID, addresses: Sequence[str], ids: list[UUID]) -> None:
    await store.erase_words(tx, ids)
    await forms.erase_filled(tx, ids)
    accounts = await persons.list_accounts_of_contact(tx, contact)
    messages = [
        id
        for one in addresses
        for id in await store.erase_messages(tx, contact, one, accounts, ids)
    ]
    await files.erase(tx, messages, contact)
    await cancel_of(tx, contact, messages, await transaction_time(tx))
    await store.erase_contact(tx, contact)
    await reasons.erase(tx, contact, [*addresses, *accounts], ids)
    await erase_ticket_copies(tx, ids)
    await erase_answers(tx, messages)
    await erase_contact_answers(tx, contact)


async def _announce(
    tx: Connection, contact: UUID, ids: list[UUID], actor: Actor, at: datetime
) -> None:
    """Publish an event about each ticket, after those that told its title, and one about the contact."""
    erased = await tickets.by_ids(tx, ids)
    known = await find_contact_by_id(tx, contact)
    assert known is not None, "it was erased in this transaction"
    event = to_event(known, at)
    await publish(
        tx,
        *(erased_event(erased[id], actor.sub, at) for id in ids),
        OutboxEvent(event, known.sequence),
    )
    assert isinstance(event, ContactKnown)
    await persons.record_contact(tx, event)


async def _record(
    tx: Connection,
    actor: Actor,
    at: datetime,
    action: str,
    contact: UUID,
    grounds: Mapping[str, audit.JSON],
) -> None:
    await audit.record(tx, audit.Entry.by(actor, at, action, f"contact/{contact}", grounds))
