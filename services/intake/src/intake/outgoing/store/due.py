"""What is due to be planned: answers of ours, receipts, and reports on mails of ours.

Each of them is marked in the row that its cause stored anyway, so that no request waits for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select, text, update

from common.persistence.database import Connection
from intake.mail.tables import mails
from intake.outgoing.domain.conversation import Exchanged
from intake.outgoing.domain.recipients import Participant
from intake.tickets.domain.message import Mailing
from intake.tickets.tables import messages, outgoing_mails

_LOCK: Final = text(
    "SELECT pg_try_advisory_xact_lock(hashtextextended('intake.outgoing.planning', 0))"
)
_ANYTHING: Final = text(
    "SELECT EXISTS (SELECT FROM messages WHERE mailing = 'due')"
    " OR EXISTS (SELECT FROM mails WHERE next_step IS NOT NULL)"
)
_ANSWERS: Final = text(
    """
    SELECT id, ticket_id FROM messages WHERE mailing = 'due'
    ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)
_RECEIPTS: Final = text(
    """
    SELECT mails.id AS mail_id, mails.message_id AS mime_id, messages.id AS message_id,
        tickets.id AS ticket_id, contacts.id AS contact_id,
        (SELECT count(*) FROM outgoing_mails AS earlier
            WHERE earlier.contact_id = contacts.id AND earlier.planned_at > :since
            AND earlier.purpose = 'receipt' AND earlier.state <> 'withheld') AS recent
    FROM mails
    LEFT JOIN messages ON messages.mail_id = mails.id AND messages.sender_doubt IS NULL
        AND messages.copied_from IS NULL
    LEFT JOIN tickets ON tickets.id = messages.ticket_id
    LEFT JOIN contacts ON contacts.id = tickets.contact_id
        AND contacts.customer_id = tickets.customer_id AND contacts.address IS NOT NULL
        AND NOT contacts.retired
        AND messages.author = 'contact/' || contacts.id
    WHERE mails.next_step = 'receipt'
    ORDER BY mails.id LIMIT :limit FOR UPDATE OF mails SKIP LOCKED
    """
)
_FAMILY: Final = text(
    """
    WITH RECURSIVE family (id) AS (
        SELECT CAST(:ticket AS uuid)
        UNION SELECT tickets.id FROM tickets JOIN family ON tickets.merged_into = family.id)
    SELECT id FROM family
    """
).bindparams(bindparam("ticket", type_=Uuid))
_IDS: Final = bindparam("family", type_=ARRAY(Uuid))
_PARTICIPANTS: Final = text(
    """
    SELECT contacts.id, contacts.customer_id, contacts.address, contacts.language,
        contacts.wants_mail, bool_or(part.by_mail) AS by_mail
    FROM (
        SELECT contact_id, channel = 'email' AS by_mail FROM tickets
            WHERE id = ANY(:family) AND contact_id IS NOT NULL
        UNION ALL
        SELECT contact_id, true FROM ticket_watchers
            WHERE ticket_id = ANY(:family) AND contact_id IS NOT NULL
        UNION ALL
        SELECT CAST(substring(author FROM 9) AS uuid), mail_id IS NOT NULL FROM messages
            WHERE ticket_id = ANY(:family) AND direction = 'inbound' AND visibility = 'public'
            AND author ~ '^contact/[0-9a-f-]{36}$' AND sender_doubt IS NULL
        UNION ALL
        SELECT known.id, true FROM tickets JOIN contacts AS known ON known.address = tickets.reporter
            WHERE tickets.id = ANY(:family) AND tickets.contact_id IS NULL AND NOT EXISTS (
                SELECT FROM messages WHERE messages.ticket_id = tickets.id
                AND messages.direction = 'inbound' AND messages.sender_doubt IS NOT NULL)
    ) AS part JOIN contacts ON contacts.id = part.contact_id AND NOT contacts.retired
    GROUP BY contacts.id ORDER BY contacts.id
    """
).bindparams(_IDS)
_EXCHANGED: Final = text(
    """
    SELECT message_id, is_theirs FROM (
        SELECT mails.message_id, true AS is_theirs, messages.at AS at, messages.id AS id
        FROM messages JOIN mails ON mails.id = messages.mail_id
        WHERE messages.ticket_id = ANY(:family)
            AND messages.sender_doubt IS NULL AND messages.at <= :at
            AND (messages.author = :author OR messages.author = 'unknown' AND EXISTS (
                SELECT FROM tickets JOIN contacts ON contacts.address = tickets.reporter
                WHERE tickets.id = messages.ticket_id AND contacts.id = :contact))
        UNION ALL
        SELECT own_id, false, planned_at, id FROM outgoing_mails
        WHERE ticket_id = ANY(:family) AND contact_id = :contact AND planned_at <= :at
            AND state IN ('waiting', 'sent', 'bounced')
    ) AS both_ways ORDER BY at, is_theirs DESC, id
    """
).bindparams(_IDS, bindparam("contact", type_=Uuid))
_QUOTED: Final = text(
    """
    SELECT id FROM messages
    WHERE ticket_id = ANY(:family) AND direction = 'inbound' AND visibility = 'public'
        AND author LIKE 'contact/%' AND sender_doubt IS NULL AND id < :before
    ORDER BY at DESC, id DESC LIMIT 1
    """
).bindparams(_IDS, bindparam("before", type_=Uuid))


@dataclass(frozen=True, slots=True)
class DueAnswer:
    """A public message of ours about which nobody was mailed yet."""

    message_id: UUID
    ticket_id: UUID


@dataclass(frozen=True, slots=True)
class DueReceipt:
    """A mail that opened a ticket; the others are None where nobody may get a receipt for it (I1).

    `mime_id` is its own id, empty without one; `recent` how many receipts the contact got of late.
    """

    mail_id: UUID
    mime_id: str
    message_id: UUID | None
    ticket_id: UUID | None
    contact_id: UUID | None
    recent: int


async def is_anything_due(tx: Connection) -> bool:
    """Whether there is something to plan or to read: the one look of a quiet service."""
    return bool(await tx.scalar(_ANYTHING))


async def lock_planning(tx: Connection) -> bool:
    """Whether this replica may plan now: one at a time does, until its transaction ends."""
    return bool(await tx.scalar(_LOCK))


async def due_answers(tx: Connection, limit: int) -> Sequence[DueAnswer]:
    """Answers that nobody was mailed about yet, oldest first; locked."""
    return [
        DueAnswer(row.id, row.ticket_id) for row in await tx.execute(_ANSWERS, {"limit": limit})
    ]


async def due_receipts(tx: Connection, since: datetime, limit: int) -> Sequence[DueReceipt]:
    """Mails whose receipt is to be planned, oldest first, locked; `recent` counts from `since` on."""
    rows = await tx.execute(_RECEIPTS, {"since": since, "limit": limit})
    return [DueReceipt(**row._mapping) for row in rows]


async def due_reports(tx: Connection, limit: int, size: int) -> dict[UUID, bytes]:
    """Mails that report on a mail of ours, by id, locked: the first `size` bytes of each."""
    beginning = func.substring(mails.c.raw, 1, size)
    query = select(mails.c.id, beginning).where(mails.c.next_step == "bounce")
    rows = await tx.execute(
        query.order_by(mails.c.id).limit(limit).with_for_update(skip_locked=True)
    )
    return {id: bytes(raw) for id, raw in rows}


async def set_mailing(tx: Connection, id: UUID, mailing: Mailing) -> None:
    """Store that an answer was looked at, and with what result."""
    await tx.execute(update(messages).where(messages.c.id == id).values(mailing=mailing))


async def set_done(tx: Connection, mail_ids: Collection[UUID]) -> None:
    """Store that nothing is left to do with these mails."""
    await tx.execute(update(mails).where(mails.c.id.in_(mail_ids)).values(next_step=None))


async def list_family(tx: Connection, ticket_id: UUID) -> list[UUID]:
    """The ticket and all that were merged into it."""
    return list(await tx.scalars(_FAMILY, {"ticket": ticket_id}))


async def list_participants(tx: Connection, family: Sequence[UUID]) -> Sequence[Participant]:
    """The contacts who opened these tickets, wrote on them or watch them and were not ended, by their ids.

    Who wrote before anybody was known by that address is found by it.
    """
    rows = await tx.execute(_PARTICIPANTS, {"family": list(family)})
    return [Participant(*row) for row in rows]


async def list_exchanged(
    tx: Connection, family: Sequence[UUID], contact_id: UUID, at: datetime
) -> Sequence[Exchanged]:
    """The mails that a contact sent or got on these tickets until then, oldest first."""
    values = {"family": list(family), "contact": contact_id, "at": at}
    rows = await tx.execute(_EXCHANGED, values | {"author": f"contact/{contact_id}"})
    return [Exchanged(*row) for row in rows]


async def find_quoted(tx: Connection, family: Sequence[UUID], answer: UUID) -> UUID | None:
    """The last message of a contact before this answer; None without one."""
    found: UUID | None = await tx.scalar(_QUOTED, {"family": list(family), "before": answer})
    return found


async def count_due(tx: Connection) -> int:
    """How many answers and mails are not planned yet."""
    answers = select(func.count()).where(messages.c.mailing == "due").scalar_subquery()
    steps = select(func.count()).where(mails.c.next_step.is_not(None)).scalar_subquery()
    sent_now = (outgoing_mails.c.lease.is_not(None)) | (
        outgoing_mails.c.next_try_at <= func.statement_timestamp()
    )
    sending = select(func.count()).where(outgoing_mails.c.state == "waiting", sent_now)
    return await tx.scalar(select(answers + steps + sending.scalar_subquery())) or 0
