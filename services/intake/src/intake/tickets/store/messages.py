"""Messages on tickets, with what is known of their attachments; hand-over records."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select

from common.persistence.database import Connection
from intake.tables import attachments, hand_overs, messages
from intake.tickets.domain.hand_over import HandOver
from intake.tickets.domain.message import Attachment, Message


async def add(tx: Connection, message: Message) -> None:
    row = {name: getattr(message, name) for name in Message.__slots__ if name != "attachments"}
    await tx.execute(insert(messages).values(**row))
    if message.attachments:
        await tx.execute(
            insert(attachments),
            [
                {"message_id": message.id, "position": position, **asdict(one)}
                for position, one in enumerate(message.attachments)
            ],
        )


async def list_of_ticket(
    tx: Connection, ticket_id: UUID, *, internal: bool, after: UUID | None, limit: int
) -> Sequence[Message]:
    """Oldest first, `limit` at most, those after the one with the id `after`."""
    query = select(messages).where(messages.c.ticket_id == ticket_id)
    if not internal:
        query = query.where(messages.c.visibility == "public")
    if after is not None:
        query = query.where(messages.c.id > after)
    rows = (await tx.execute(query.order_by(messages.c.id).limit(limit))).all()
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


async def add_hand_over(tx: Connection, record: HandOver) -> None:
    await tx.execute(insert(hand_overs).values(asdict(record)))


async def list_hand_overs(tx: Connection, ticket_id: UUID) -> Sequence[HandOver]:
    query = select(hand_overs).where(hand_overs.c.ticket_id == ticket_id).order_by(hand_overs.c.id)
    return [HandOver(**row._mapping) for row in await tx.execute(query)]


async def _attachments(tx: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[Attachment, ...]]:
    query = select(attachments).where(attachments.c.message_id.in_(ids))
    by_message: dict[UUID, tuple[Attachment, ...]] = defaultdict(tuple)
    if ids:
        for row in await tx.execute(query.order_by(attachments.c.position)):
            by_message[row.message_id] += (Attachment(row.name, row.media_type, row.size),)
    return by_message


def _message(row: Row[Any], files: tuple[Attachment, ...]) -> Message:
    return Message(**row._mapping, attachments=files)
