"""Every query about stored mails, their senders, and the message ids of tickets' threads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from common.scheduling.aggregate_locks import select_existing
from intake.directory import store as directory
from intake.mail.domain.thread import Sender
from intake.mail.tables import mail_threads, mails
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store.tickets import by_ids

Outcome = Literal["received", "opened", "joined", "ignored", "unreadable"]


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail as it came, committed. Its outcome is `received` until it is processed.

    `received_by` is the `sub` of the gateway. `raw` is empty once it was deleted as too old.
    """

    id: UUID
    message_id: str
    fingerprint: str
    raw: bytes
    received_by: str
    received_at: datetime
    outcome: Outcome = "received"
    reason: str | None = None
    ticket_id: UUID | None = None
    raw_deleted_at: datetime | None = None


# The ids come sorted, so that two mails of one thread cannot wait for each other.
_LOCK_THREAD = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(id, 0)) FROM unnest(:ids) AS given (id)"
).bindparams(bindparam("ids", type_=ARRAY(Text)))


async def insert_or_get(tx: Connection, mail: StoredMail) -> UUID:
    """Store the mail unless it came before. The id of the stored one."""
    row = {name: getattr(mail, name) for name in StoredMail.__slots__}
    await tx.execute(insert(mails).values(row).on_conflict_do_nothing())
    same = (mails.c.message_id == mail.message_id) & (mails.c.fingerprint == mail.fingerprint)
    existing: UUID = (await tx.execute(select(mails.c.id).where(same))).scalar_one()
    return existing


async def lock(tx: Connection, id: UUID) -> StoredMail:
    """The mail, locked until the transaction ends."""
    row = (await tx.execute(select(mails).where(mails.c.id == id).with_for_update())).one()
    return StoredMail(**row._mapping)


async def find(tx: Connection, id: UUID) -> StoredMail | None:
    """The mail with its raw bytes; None where there is none."""
    row = (await tx.execute(select(mails).where(mails.c.id == id))).one_or_none()
    return StoredMail(**row._mapping) if row else None


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those of the mails that no other transaction has locked. One that is gone counts as locked."""
    return await lock_rows(tx, mails.c.id, ids)


async def list_existing(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Those of these ids that a mail has."""
    return await select_existing(tx, mails.c.id, ids)


async def set_outcome(tx: Connection, mail: StoredMail) -> None:
    """Store outcome, reason and ticket of a processed mail."""
    changed = {"outcome": mail.outcome, "reason": mail.reason, "ticket_id": mail.ticket_id}
    await tx.execute(update(mails).where(mails.c.id == mail.id).values(**changed))


async def find_sender(tx: Connection, address: str | None) -> Sender:
    """The contact or member of staff with this address (normalised), if there is one."""
    if address is None:
        return Sender(None)
    contact = await directory.find_contact(tx, address)
    if contact is not None:
        return Sender(address, customer_id=contact.customer_id, contact_id=contact.id)
    return Sender(address, staff=await directory.find_staff(tx, address))


async def lock_thread(tx: Connection, ids: Collection[str]) -> None:
    """Process one mail of a thread at a time; otherwise two of them could open two tickets."""
    await tx.execute(_LOCK_THREAD, {"ids": sorted(ids)})


async def tickets_of(tx: Connection, ids: Collection[str]) -> dict[str, list[Ticket]]:
    """For each message id the tickets whose mails have it or refer to it."""
    query = select(mail_threads).where(mail_threads.c.message_id.in_(ids))
    pairs = (await tx.execute(query.order_by(mail_threads.c.ticket_id))).all()
    tickets_by_id = await by_ids(tx, {pair.ticket_id for pair in pairs})
    seen: dict[str, list[Ticket]] = {}
    for pair in pairs:
        seen.setdefault(pair.message_id, []).append(tickets_by_id[pair.ticket_id])
    return seen


async def add_to_thread(tx: Connection, ids: Collection[str], ticket_id: UUID) -> None:
    """Store that these message ids belong to the ticket."""
    rows = [{"message_id": id, "ticket_id": ticket_id} for id in ids]
    if rows:
        await tx.execute(insert(mail_threads).values(rows).on_conflict_do_nothing())


async def list_by_outcome(
    tx: Connection, outcome: Outcome, after: tuple[UUID] | None, limit: int
) -> Sequence[StoredMail]:
    """Mails with that outcome, newest first, without their raw bytes; `limit` and one more."""
    columns = [column for column in mails.c if column.name != "raw"]
    query = select(*columns).where(mails.c.outcome == outcome)
    rows = await tx.execute(page_after(query, [mails.c.id.desc()], after, limit))
    return [StoredMail(**row._mapping, raw=b"") for row in rows]
