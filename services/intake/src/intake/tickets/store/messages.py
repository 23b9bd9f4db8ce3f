"""Every query about messages on tickets and the names of their attachments."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.tickets.domain.attachment import Attachment
from intake.tickets.domain.message import Message
from intake.tickets.tables import attachments, messages


async def add(tx: Connection, message: Message, *, is_read_elsewhere: bool = False) -> Message:
    """Store a message with its attachments, and return it as stored: ours are due to be mailed.

    Not so those that the customer has read where they were written, as in a chat.
    """
    is_mailed = message.is_answer or message.is_to_partner
    is_due = is_mailed and message.copied_from is None and not is_read_elsewhere
    message = replace(message, mailing="due" if is_due else None)
    row = {name: getattr(message, name) for name in Message.__slots__ if name != "attachments"}
    await tx.execute(insert(messages), row)
    if message.attachments:
        await tx.execute(
            insert(attachments),
            [
                {"message_id": message.id, "position": position, **asdict(attachment)}
                for position, attachment in enumerate(message.attachments)
            ],
        )
    return message


async def replace_text(tx: Connection, id: UUID, text: str) -> None:
    """Replace the text of an internal note by a machine; what people wrote is never changed."""
    is_note = (messages.c.visibility == "internal") & messages.c.automatic
    await tx.execute(update(messages).where(messages.c.id == id, is_note).values(text=text))


async def list_of_ticket(
    tx: Connection, ticket_id: UUID, *, internal: bool, after: tuple[UUID] | None, limit: int
) -> Sequence[Message]:
    """Messages after the id `after`, oldest first, `limit` and one more; notes only if `internal`."""
    query = select(messages).where(messages.c.ticket_id == ticket_id)
    if not internal:
        query = query.where(messages.c.visibility == "public")
    rows = (await tx.execute(page_after(query, [messages.c.id], after, limit))).all()
    files = await _attachments(tx, [row.id for row in rows])
    return [_message(row, files[row.id]) for row in rows]


async def find_attachment(
    tx: Connection, ticket_id: UUID, message_id: UUID, number: int, *, internal: bool
) -> tuple[UUID | None, Attachment] | None:
    """A file of a message of the ticket; of notes if `internal`. With the id of the mail that carried it.

    That is None for an uploaded one.
    """
    query = (
        select(attachments, messages.c.mail_id)
        .join_from(attachments, messages, messages.c.id == attachments.c.message_id)
        .where(messages.c.ticket_id == ticket_id, messages.c.id == message_id)
        .where(attachments.c.position == number)
    )
    if not internal:
        query = query.where(messages.c.visibility == "public")
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else (row.mail_id, _attachment(row))


async def get_partner(tx: Connection, id: UUID) -> str:
    """The key of the partner to or from whom a message is. Raises where it is no such message."""
    partner: str = (
        await tx.execute(select(messages.c.partner).where(messages.c.id == id))
    ).scalar_one()
    return partner


async def list_chosen(tx: Connection, ticket_id: UUID, ids: Collection[UUID]) -> Sequence[Message]:
    """Those of these messages that are on the ticket, with their attachments, in the order of their moments."""
    query = select(messages).where(messages.c.ticket_id == ticket_id, messages.c.id.in_(ids))
    rows = (await tx.execute(query.order_by(messages.c.at, messages.c.id))).all()
    files = await _attachments(tx, [row.id for row in rows])
    return [_message(row, files[row.id]) for row in rows]


async def get_last_public(tx: Connection, ticket_id: UUID) -> Message | None:
    """The newest public message that a person wrote."""
    query = (
        select(messages)
        .where(messages.c.ticket_id == ticket_id, messages.c.visibility == "public")
        .where(~messages.c.automatic)
        .order_by(messages.c.at.desc(), messages.c.id.desc())
        .limit(1)
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _message(row, ())


async def _attachments(tx: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Attachment, ...]]:
    query = select(attachments).where(attachments.c.message_id.in_(ids))
    by_message: dict[UUID, tuple[Attachment, ...]] = defaultdict(tuple)
    if ids:
        for row in await tx.execute(query.order_by(attachments.c.position)):
            by_message[row.message_id] += (_attachment(row),)
    return by_message


def _attachment(row: Row[Any]) -> Attachment:
    return Attachment(row.name, row.media_type, row.size, row.digest)


def _message(row: Row[Any], files: tuple[Attachment, ...]) -> Message:
    return Message(**row._mapping, attachments=files)
