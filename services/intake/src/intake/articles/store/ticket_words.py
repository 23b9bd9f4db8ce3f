"""What a ticket says that an article can be made of, and whom it names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection

_PEOPLE: Final = text(
    "SELECT name FROM contacts WHERE customer_id = :customer AND NOT erased UNION SELECT name FROM people"
)
_PARTIES: Final = text(
    """
    SELECT name AS word, '[customer]' AS instead FROM customers WHERE id = :customer
    UNION ALL SELECT key, '[customer]' FROM customers WHERE id = :customer
    UNION ALL SELECT key, '[environment]' FROM environments WHERE customer_id = :customer
    UNION ALL SELECT name, '[environment]' FROM environments WHERE customer_id = :customer
    """
)
_CUSTOMER_NAMES: Final = text(
    """
    SELECT name FROM customers WHERE strpos(lower(:text), lower(name)) > 0
    UNION SELECT key FROM environments WHERE strpos(lower(:text), key) > 0
    """
)


@dataclass(frozen=True, slots=True)
class NamedParties:
    """People and parties that the words of a ticket may name."""

    people: Sequence[str]
    parties: dict[str, str]


async def named_parties(tx: Connection, customer: UUID | None) -> NamedParties:
    """Who may be named on a ticket of this customer, and what stands there instead."""
    values = {"customer": customer}
    people = list(await tx.scalars(_PEOPLE, values))
    parties = {row.word: row.instead for row in await tx.execute(_PARTIES, values)}
    return NamedParties(people, parties)


async def customer_names(tx: Connection, words: str) -> list[str]:
    """Names of customers and keys of their environments that may stand in a text."""
    return list(await tx.scalars(_CUSTOMER_NAMES, {"text": words}))
