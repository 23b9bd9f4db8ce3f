"""Every query about chats."""

from typing import Final
from uuid import UUID

from sqlalchemy import insert, select, text

from common.persistence.database import Connection
from intake.chats.domain.transcript import Chat
from intake.chats.tables import chat_messages, chats

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 5))")


async def lock(tx: Connection, chat: Chat) -> UUID | None:
    """The ticket of this chat; None for a new one. One request works on a chat at a time."""
    await tx.execute(_LOCK, {"name": "\n".join(_key(chat).values())})
    id: UUID | None = await tx.scalar(select(chats.c.ticket_id).filter_by(**_key(chat)))
    return id


async def add(tx: Connection, chat: Chat, ticket_id: UUID) -> None:
    """Store which ticket a new chat has."""
    await tx.execute(insert(chats).values(_key(chat) | {"ticket_id": ticket_id}))


async def known_lines(tx: Connection, chat: Chat) -> set[str]:
    """The keys of the lines that are on the ticket already."""
    query = select(chat_messages.c.line_key).filter_by(**_key(chat))
    return set(await tx.scalars(query))


async def add_lines(tx: Connection, chat: Chat, lines: dict[str, UUID]) -> None:
    """Store which messages these lines are, by their keys."""
    rows = [_key(chat) | {"line_key": key, "message_id": id} for key, id in lines.items()]
    if rows:
        await tx.execute(insert(chat_messages), rows)


def _key(chat: Chat) -> dict[str, str]:
    return {"system": chat.system, "source": chat.source, "chat_id": chat.id}
