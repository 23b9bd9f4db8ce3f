"""Erasures, and the statements that carry one out in intake's tables."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert

from common.erasure import ERASED
from common.persistence.database import Connection
from intake.erasures.domain import Erasure
from intake.erasures.tables import contact_erasures
from intake.mail.naming import list_naming, whole
from intake.search import store as documents
from intake.tickets.tables import tickets

MAILS_AT_ONCE: Final = 500
"""Mails that one statement empties, so that none takes as long as its limit allows."""

_CONTACT: Final = text(
    "UPDATE contacts SET name = :erased, address = NULL, phone = NULL, erased = true, other_addresses = '{}', other_phones = '{}', numbers = '{}', sequence = sequence + 1 WHERE id = :contact"
)
_IDS: Final = bindparam("ids", type_=ARRAY(Uuid))
_ACCOUNTS: Final = bindparam("accounts", type_=ARRAY(Text))
_TICKETS: Final = text(
    """
    UPDATE tickets SET title = :erased, reporter = NULL, sequence = sequence + 1,
        description = CASE WHEN description IS NOT NULL THEN :erased END,
        resolution = CASE WHEN resolution IS NOT NULL THEN :erased END,
        downgrade_reason = CASE WHEN downgrade_reason IS NOT NULL THEN :erased END,
        reclassification_reason = CASE WHEN reclassification_reason IS NOT NULL THEN :erased END,
        unmerge_reason = CASE WHEN unmerge_reason IS NOT NULL THEN :erased END,
        detection_reason = CASE WHEN detection_reason IS NOT NULL THEN :erased END
    WHERE id = ANY(:ids)
    """
).bindparams(_IDS, bindparam("erased", type_=Text))
MESSAGES: Final = text(
    """
    WITH RECURSIVE originals (id) AS (
        SELECT id FROM messages
        WHERE ticket_id = ANY(:ids) OR author IN (:name, :address) OR author = ANY(:accounts)
        UNION SELECT message_id FROM linked_messages WHERE linked_messages.tickets && :ids),
    theirs (id) AS (
        SELECT id FROM originals
        -- LATERAL and ARRAY: the planner cannot know how few they are, and would read all messages.
        UNION SELECT copies.id FROM theirs CROSS JOIN LATERAL (
            SELECT id FROM messages WHERE copied_from = theirs.id OFFSET 0) copies)
    UPDATE messages SET text = :erased, html = NULL, history = NULL,
        author = CASE WHEN author = :address THEN :name
            WHEN author LIKE 'chat:%' AND direction = 'inbound' THEN 'chat:customer' ELSE author END
    WHERE id = ANY(ARRAY(SELECT id FROM theirs)) RETURNING id, mail_id, ticket_id
    """
).bindparams(_IDS, _ACCOUNTS)
_ATTACHMENTS: Final = text(
    "UPDATE attachments SET name = :erased WHERE message_id = ANY(:ids)"
).bindparams(_IDS)
_IMPORTED_FILES: Final = text(
    "UPDATE imported_files SET name = :erased, url = '' WHERE ticket_id = ANY(:ids)"
).bindparams(_IDS)
_HAND_OVERS: Final = text(
    "UPDATE hand_overs SET seen = :erased, tried = :erased, excluded = :erased, asked = :erased, found = CASE WHEN found IS NOT NULL THEN :erased END, checked = CASE WHEN checked IS NOT NULL THEN :erased END WHERE ticket_id = ANY(:ids)"
).bindparams(_IDS)
_PROBLEMS: Final = text(
    """
    UPDATE problems SET symptoms = :erased, cause_steps = '[]',
        root_cause = CASE WHEN root_cause IS NOT NULL THEN :erased END,
        workaround = CASE WHEN workaround IS NOT NULL THEN :erased END,
        staging_checked = CASE WHEN staging_checked IS NOT NULL THEN :erased END,
        production_checked = CASE WHEN production_checked IS NOT NULL THEN :erased END,
        given_up_reason = CASE WHEN given_up_reason IS NOT NULL THEN :erased END
    WHERE ticket_id = ANY(:ids)
    """
).bindparams(_IDS, bindparam("erased", type_=Text))
_CHANGE_REQUESTS: Final = text(
    """
    UPDATE change_requests SET
        estimate_note = CASE WHEN estimate_note IS NOT NULL THEN :erased END,
        decision_reason = CASE WHEN decision_reason IS NOT NULL THEN :erased END,
        no_environment_reason = CASE WHEN no_environment_reason IS NOT NULL THEN :erased END
    WHERE ticket_id = ANY(:ids)
    """
).bindparams(_IDS, bindparam("erased", type_=Text))
_ACCESS_REQUESTS: Final = text(
    """
    UPDATE access_requests SET reason = :erased,
        decision_reason = CASE WHEN decision_reason IS NOT NULL THEN :erased END,
        removal_reason = CASE WHEN removal_reason IS NOT NULL THEN :erased END
    WHERE person = :name OR requested_by = :name
    """
)
_CHECKS: Final = text(
    "UPDATE message_checks SET overrule_reason = :erased WHERE overrule_reason IS NOT NULL AND (ticket_id = ANY(:ids) OR message_id = ANY(:messages))"
).bindparams(_IDS, bindparam("messages", type_=ARRAY(Uuid)))
_FEEDBACK: Final = text(
    "UPDATE article_feedback SET comment = CASE WHEN comment IS NOT NULL THEN :erased END WHERE author IN (:name, :address) OR author = ANY(:accounts)"
).bindparams(_ACCOUNTS)
RECEIPTS_OF_TICKETS: Final = """
raw IS NOT NULL AND (ticket_id = ANY(:ids) OR (system_id, remote_id) IN (
    SELECT l.system_id, l.remote_id FROM linked_tickets l WHERE l.id IN (SELECT links_of_tickets(:ids))))
"""
"""What linked systems posted of counterparts of these tickets and could not be applied; bound to `ids`."""
_RECEIPTS: Final = text(
    f"UPDATE linked_receipts SET raw = NULL WHERE {RECEIPTS_OF_TICKETS}"
).bindparams(_IDS)
_RECEIPTS_THAT_NAME: Final = text(
    "UPDATE linked_receipts SET raw = NULL WHERE raw IS NOT NULL AND raw ~* :whole"
)
_SENT: Final = text(
    "UPDATE linked_sends SET problem = :erased WHERE problem IS NOT NULL AND message_id = ANY(:ids)"
).bindparams(_IDS)
_SENDS: Final = text(
    """
    UPDATE linked_sends SET problem = CASE WHEN problem IS NOT NULL THEN :erased END,
        remote_file = CASE WHEN remote_file IS NOT NULL
            THEN jsonb_build_object('id', remote_file -> 'id', 'name', '') END
    WHERE link_id IN (SELECT links_of_tickets(:ids)) AND num_nonnulls(remote_file, problem) > 0
    """
).bindparams(_IDS, bindparam("erased", type_=Text))
_CONFLICTS: Final = text(
    """
    UPDATE linked_conflicts SET reason = :erased
    WHERE link_id IN (SELECT links_of_tickets(:ids)) AND reason IS NOT NULL
    """
).bindparams(_IDS, bindparam("erased", type_=Text))
_INVESTIGATIONS: Final = text(
    "UPDATE investigations SET cause = :erased WHERE ticket_id = ANY(:ids) AND cause IS NOT NULL"
).bindparams(_IDS)
_IMPROVEMENTS: Final = text(
    """
    UPDATE monitoring_improvements SET
        task = CASE WHEN task IS NOT NULL THEN :erased END,
        criterion = CASE WHEN criterion IS NOT NULL THEN :erased END,
        evidence = CASE WHEN evidence IS NOT NULL THEN :erased END
    WHERE ticket_id = ANY(:ids)
    """
).bindparams(_IDS, bindparam("erased", type_=Text))
_WATCHERS: Final = text("DELETE FROM ticket_watchers WHERE contact_id = :contact")
_MAILS: Final = text(
    """
    UPDATE mails SET raw = '', raw_deleted_at = intake.now(), raw_deleted_why = 'erased',
        reason = NULL, sender = NULL, sender_name = NULL, subject = NULL, text = NULL, next_step = NULL
    WHERE id = ANY(:ids) AND raw_deleted_at IS NULL AND outcome <> 'received'
    """
).bindparams(_IDS)
MAILS_OF_TICKETS: Final = text(
    "SELECT id FROM mails WHERE ticket_id = ANY(:ids) AND raw_deleted_at IS NULL"
).bindparams(_IDS)


async def find(tx: Connection, contact: UUID) -> Erasure | None:
    """The erasure of a contact, locked until the transaction ends; None without one."""
    query = select(contact_erasures).where(contact_erasures.c.contact_id == contact)
    row = (await tx.execute(query.with_for_update())).one_or_none()
    return None if row is None else Erasure(**row._mapping)


async def add(tx: Connection, erasure: Erasure) -> bool:
    """Store an erasure that is asked for. False where one was asked for before."""
    row = {column.name: getattr(erasure, column.name) for column in contact_erasures.c}
    statement = insert(contact_erasures).values(row).on_conflict_do_nothing()
    return bool((await tx.execute(statement)).rowcount)


async def save_confirmation(tx: Connection, erasure: Erasure) -> None:
    """Store who confirmed it and when."""
    changed = update(contact_erasures).where(contact_erasures.c.contact_id == erasure.contact_id)
    values = {"confirmed_by": erasure.confirmed_by, "confirmed_at": erasure.confirmed_at}
    await tx.execute(changed.values(values))


async def lock_tickets(tx: Connection, contact: UUID, address: str) -> list[UUID]:
    """The ids of the contact's tickets, locked: also of those that waited for triage."""
    is_theirs = (tickets.c.contact_id == contact) | (tickets.c.reporter == address)
    query = select(tickets.c.id).where(is_theirs).order_by(tickets.c.id).with_for_update()
    return list(await tx.scalars(query))


async def erase_words(tx: Connection, ids: Sequence[UUID]) -> None:
    """Erase what these tickets say, with everything that was written about them."""
    values: dict[str, Any] = {"ids": list(ids), "erased": ERASED}
    await tx.execute(_TICKETS, values)
    for statement in (
        _HAND_OVERS,
        _IMPORTED_FILES,
        _PROBLEMS,
        _CHANGE_REQUESTS,
        _INVESTIGATIONS,
        _IMPROVEMENTS,
        _CONFLICTS,
        _SENDS,
    ):
        await tx.execute(statement, values)
    await tx.execute(_RECEIPTS, {"ids": values["ids"]})


async def erase_messages(
    tx: Connection, contact: UUID, address: str, accounts: Sequence[str], ids: Sequence[UUID]
) -> list[UUID]:
    """Erase the messages of these tickets, those of the contact on others, and the mails they were.

    `accounts` are those of the contact's own. With them go what came from a counterpart of these tickets and
    stands on others, and all copies. Returns the ids of the messages.
    """
    values = {"erased": ERASED, "ids": list(ids), "name": f"contact/{contact}", "address": address}
    values["accounts"] = list(accounts)
    erased = (await tx.execute(MESSAGES, values)).all()
    # They are read again from what is left, by the loop (`intake.search`); not before this is committed.
    await documents.discard(tx, {*ids, *(row.ticket_id for row in erased)})
    messages = [row.id for row in erased]
    await tx.execute(_ATTACHMENTS, {"erased": ERASED, "ids": messages})
    await tx.execute(_SENT, {"erased": ERASED, "ids": messages})
    await tx.execute(_RECEIPTS_THAT_NAME, {"whole": whole(address)})
    await tx.execute(_CHECKS, {"erased": ERASED, "ids": list(ids), "messages": messages})
    by_them = ("erased", "name", "address", "accounts")
    await tx.execute(_FEEDBACK, {name: values[name] for name in by_them})
    mails = [row.mail_id for row in erased if row.mail_id is not None]
    of_tickets = await tx.scalars(MAILS_OF_TICKETS, {"ids": list(ids)})
    await _erase_mails(tx, {*mails, *of_tickets, *await list_naming(tx, [address])})
    return messages


async def _erase_mails(tx: Connection, ids: Collection[UUID]) -> None:
    ordered = sorted(ids)
    for start in range(0, len(ordered), MAILS_AT_ONCE):
        await tx.execute(_MAILS, {"ids": ordered[start : start + MAILS_AT_ONCE]})


async def erase_contact(tx: Connection, contact: UUID) -> None:
    """Erase name, address and phone of the contact, and why they had access; count the change."""
    await tx.execute(_CONTACT, {"contact": contact, "erased": ERASED})
    await tx.execute(_ACCESS_REQUESTS, {"name": f"contact/{contact}", "erased": ERASED})
    await tx.execute(_WATCHERS, {"contact": contact})
