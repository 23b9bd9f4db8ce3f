"""What was found in messages of ours, and everything that a check compares a message with."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select, text

from common.persistence.database import Connection
from intake.tickets.domain.message_check import FALLBACK_LANGUAGE, MessageCheck
from intake.tickets.tables import message_checks

MAX_MESSAGES: Final = 300
"""The newest messages of a ticket that a check reads."""

_READER: Final = text(
    """
    SELECT coalesce(contacts.language, customers.language) AS language, customers.name AS own_name,
        contacts.name AS contact_name
    FROM customers LEFT JOIN contacts ON contacts.id = :contact AND NOT contacts.erased
        AND contacts.customer_id = customers.id
    WHERE customers.id = :customer
    """
)
_FAMILY: Final = "SELECT id FROM tickets WHERE id = :ticket OR merged_into = :ticket"
_MESSAGES: Final = text(
    f"""
    SELECT text, visibility = 'internal' AS is_note FROM messages
    WHERE ticket_id IN ({_FAMILY}) AND NOT (visibility = 'internal' AND automatic)
    ORDER BY id DESC LIMIT {MAX_MESSAGES}
    """
)
_HAND_OVERS: Final = text(
    f"SELECT seen, tried, excluded FROM hand_overs WHERE ticket_id IN ({_FAMILY})"
)
_SHARED: Final = text(f"SELECT title, description, resolution FROM tickets WHERE id IN ({_FAMILY})")
# Compared once more in `common.wording`, word by word: this only makes the list short.
_OTHER_NAMES: Final = text(
    """
    SELECT name FROM customers WHERE id <> :customer AND strpos(lower(:text), lower(name)) > 0
    UNION
    SELECT key FROM environments
    WHERE customer_id <> :customer AND strpos(lower(:text), key) > 0
    """
)


_ALL_NAMES: Final = text(
    "SELECT name, id AS customer_id FROM customers UNION ALL SELECT key, customer_id FROM environments"
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who will read a message: their language, their company, their own name where it is known."""

    language: str
    own_name: str = ""
    contact_name: str | None = None


async def add(tx: Connection, check: MessageCheck) -> None:
    """Store what was found in a message that is sent."""
    values = {name: getattr(check, name) for name in MessageCheck.__slots__}
    await tx.execute(insert(message_checks).values(values | {"codes": list(check.codes)}))


async def of_messages(tx: Connection, ids: Collection[UUID]) -> Mapping[UUID, MessageCheck]:
    """What was found in these messages, by message; those without findings are left out."""
    if not ids:
        return {}
    query = select(message_checks).where(message_checks.c.message_id.in_(ids))
    return {row.message_id: _check(row) for row in await tx.execute(query)}


async def find_reader(tx: Connection, customer_id: UUID | None, contact_id: UUID | None) -> Reader:
    """Who reads what is written on a ticket of this customer and contact."""
    values = {"customer": customer_id, "contact": contact_id}
    row = (await tx.execute(_READER, values)).one_or_none()
    return Reader(FALLBACK_LANGUAGE) if row is None else Reader(**row._mapping)


async def load_texts(tx: Connection, ticket_id: UUID) -> tuple[list[str], list[str]]:
    """The notes among staff on a ticket, and what its customer wrote or can read."""
    notes: list[str] = []
    shared: list[str] = []
    values = {"ticket": ticket_id}
    for row in await tx.execute(_MESSAGES, values):
        (notes if row.is_note else shared).append(row.text)
    for record in await tx.execute(_HAND_OVERS, values):
        notes.extend(part for part in record if part)
    for parts in await tx.execute(_SHARED, values):
        shared.extend(part for part in parts if part)
    return notes, shared


async def other_names(tx: Connection, customer_id: UUID, message: str) -> list[str]:
    """Names of other customers and keys of their environments that may stand in a message."""
    values = {"customer": customer_id, "text": message}
    return list(await tx.scalars(_OTHER_NAMES, values))


async def all_names(tx: Connection) -> list[tuple[str, UUID]]:
    """The names of all customers and the keys of their environments, each with the customer's id."""
    return [(row.name, row.customer_id) for row in await tx.execute(_ALL_NAMES)]


def _check(row: Any) -> MessageCheck:
    return MessageCheck(**dict(row._mapping) | {"codes": tuple(row.codes)})
